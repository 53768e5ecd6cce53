import Foundation
import HTTPTypes
import Postgres
import Testing

@testable import Web

/// Files in the pages' forms, as browsers without scripts send them.
@Suite struct FilePageTests {
    @Test func aMessageWithFilesIsSentAndShown() async throws {
        try await TestServer.run { caller in
            let ada = Visitor(caller)
            try await ada.register("ada")
            try await ada.addModel()
            try await ada.get("/")
            let sent = try await ada.submitFiles("/conversations", [("content", "echo")], [("dot.png", Picture.dot)])
            #expect(sent.status == 303)
            let page = try await ada.get(try #require(sent.headers[.location]))
            let picture = try #require(page.text.firstMatch(of: /src="([^"]+\/picture)"/)).1
            let shown = try await ada.look(String(picture))
            #expect(shown.headers[.contentType] == "image/png")
            #expect(shown.headers[.contentDisposition]?.hasPrefix("inline") == true)
            #expect(shown.headers[.contentSecurityPolicy]?.contains("sandbox") == true)
            let saved = try await ada.look(String(picture.dropLast("/picture".count)))
            #expect(saved.headers[.contentDisposition]?.hasPrefix("attachment") == true)
            let eve = Visitor(caller)
            try await eve.register("eve")
            #expect(try await eve.look(String(picture)).status == 404)
        }
    }

    @Test func withoutTheFormsProofNothingIsKept() async throws {
        try await TestServer.runSite { site in
            let ada = Visitor(Caller(client: site.client))
            try await ada.register("ada")
            let forged = try await ada.submitFiles("/conversations", [], [("a.txt", [97])], proof: "guessed")
            #expect(forged.status == 403)
            // Only where files are wanted.
            #expect(try await ada.submitFiles("/preferences", [("theme", "dark")], []).status == 415)
            for table in ["conversations", "files", "file_parts"] {
                let rows = try await site.database.administrator.query("select from \(unescaped: table)")
                #expect(rows.isEmpty, "\(table)")
            }
        }
    }

    /// The words stay in the field, and the other files with the form.
    @Test func nothingIsLostWhenAFileIsTooLarge() async throws {
        try await TestServer.run { caller in
            let ada = Visitor(caller)
            try await ada.register("ada")
            try await ada.addModel()
            let talk = try await ada.start("echo")
            let large = [UInt8](repeating: 1, count: (25 << 20) + 1)
            let answer = try await ada.submitFiles(
                "\(talk)/messages",
                [("content", "What is this?"), ("mode", "queue")],
                [("small.txt", [97]), ("large.bin", large)]
            )
            #expect(answer.status == 422)
            #expect(answer.text.contains("What is this?") && answer.text.contains("small.txt"))
            #expect(answer.text.contains("25 MB"))
            let kept = try #require(answer.text.firstMatch(of: /name="attachment" value="([^"]+)" checked/)).1
            let fields = [("content", "What is this?"), ("attachment", String(kept)), ("mode", "queue")]
            #expect(try await ada.submitFiles("\(talk)/messages", fields, []).status == 303)
        }
    }
}
