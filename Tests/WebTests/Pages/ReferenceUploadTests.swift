import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Postgres
import Testing

@testable import Web

/// Calls that are tried with files.
@Suite struct ReferenceUploadTests {
    private static let files = "/docs/calls/post_v1_conversations_id_files"

    /// A talk of the visitor's, made by the reference too.
    private static func conversation(_ visitor: Visitor) async throws -> String {
        try await visitor.get("/docs/calls/post_v1_conversations")
        let made = try await visitor.submit("/docs/calls/post_v1_conversations", [("body", #"{"title":"Tried"}"#)])
        return String(try #require(made.text.firstMatch(of: /conversation_id&quot;: &quot;([0-9a-f-]+)/)).1)
    }

    /// Over a connection, on which they come in pieces.
    @Test func filesGoIntoAConversation() async throws {
        try await TestServer.runSite(setup: .live) { site in
            let visitor = Visitor(Caller(client: site.client))
            try await visitor.register("one")
            let talk = try await Self.conversation(visitor)
            #expect(try await visitor.get("/docs/files").text.contains(">list of file<"))
            let form = try await visitor.get(Self.files)
            #expect(form.text.contains(#"enctype="multipart/form-data""#))
            #expect(form.text.contains(#"name="file" type="file""#) && form.text.contains(" required multiple"))
            let large = [UInt8](repeating: 120, count: 3 << 20)
            let fields = [("path-id", talk), ("header-Idempotency-Key", "once")]
            let both: [(name: String, bytes: [UInt8])] = [("a.txt", Array("hello".utf8)), ("large.txt", large)]
            let sent = try await visitor.submitFiles(Self.files, fields, both)
            #expect(sent.status == 200 && sent.text.contains("201 Created"))
            #expect(sent.text.contains("&quot;a.txt&quot;") && sent.text.contains("&quot;size&quot;: 3145728"))
            #expect(sent.text.contains(#"value="\#(talk)""#), "what was typed stays")
            let again = try await visitor.submitFiles(Self.files, fields, both)
            #expect(again.text.contains("201 Created") && again.text.contains("Idempotent-Replayed"))
            let list = "/docs/calls/get_v1_conversations_id_files"
            let listed = try await visitor.submit(list, [("path-id", talk)])
            #expect(listed.text.matches(of: /file_id&quot;/).count == 2)
        }
    }

    @Test func anArchiveMakesASkillAndReplacesIt() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            let head = #""---\nname: tides\ndescription: How they are read.\n---\nLook.""#
            let archive = try ZipReaderTests.packed("z.writestr('tides/SKILL.md', \(head))")
            let form = try await visitor.get("/docs/calls/post_v1_skills_archive")
            #expect(form.text.contains(#"name="file" type="file""#) && !form.text.contains(" required multiple"))
            let made = try await visitor.submitFiles("/docs/calls/post_v1_skills_archive", [], [("t.zip", archive)])
            #expect(made.text.contains("201 Created"))
            let id = try #require(made.text.firstMatch(of: /skill_id&quot;: &quot;([0-9a-f-]+)/)).1
            let other = try ZipReaderTests.packed("z.writestr('SKILL.md', \(head.replacing("Look", with: "Ask")))")
            let place = "/docs/calls/put_v1_skills_id_archive"
            let replaced = try await visitor.submitFiles(place, [("path-id", String(id))], [("t.zip", other)])
            #expect(replaced.text.contains("200 OK") && replaced.text.contains("Ask."))
            let wrong = try await visitor.submitFiles(place, [("path-id", String(id))], [("t.zip", [1, 2])])
            #expect(wrong.status == 200 && wrong.text.contains("This is no zip archive."))
        }
    }

    /// What the call says of it is what is shown.
    @Test func whatTheCallRefusesIsShown() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            let talk = try await Self.conversation(visitor)
            let none = try await visitor.submitFiles(Self.files, [("path-id", talk)], [("", [])])
            #expect(none.status == 200 && none.text.contains("There is no file in the form."))
            let large = [UInt8](repeating: 1, count: (25 << 20) + 1)
            let tooLarge = try await visitor.submitFiles(Self.files, [("path-id", talk)], [("a", large)])
            #expect(tooLarge.text.contains("413 ") && tooLarge.text.contains("25 MB"))
            // It is not read, and nobody waits for it.
            let elsewhere = [("path-id", UUID().uuidString)]
            let missing = try await visitor.submitFiles(Self.files, elsewhere, [("a", Array(large.prefix(1 << 20)))])
            #expect(missing.text.contains("404 Not Found"))
            let empty = try await visitor.submitFiles(Self.files, [("path-id", "")], [("a", [1])])
            #expect(empty.status == 422 && empty.text.contains("This is needed."))
            let unread = try await visitor.submit(Self.files, [("path-id", talk)])
            #expect(unread.text.contains("400 Bad Request"), "a form without the files")
        }
    }

    @Test func withoutTheFormsProofNothingIsDone() async throws {
        try await TestServer.runSite { site in
            let visitor = Visitor(Caller(client: site.client))
            try await visitor.register("one")
            let talk = try await Self.conversation(visitor)
            let file: [(name: String, bytes: [UInt8])] = [("a.txt", [97])]
            let forged = try await visitor.submitFiles(Self.files, [("path-id", talk)], file, proof: "guessed")
            #expect(forged.status == 403)
            // A form of this kind has been read by nobody before, so a call without files does not read it either.
            let body = [("body", #"{"title":"Forged"}"#)]
            for proof in ["guessed", nil] {
                let other = try await visitor.submitFiles("/docs/calls/post_v1_conversations", body, [], proof: proof)
                #expect(other.status == 415)
            }
            let database = site.database.administrator
            #expect(try await database.query("select from files").isEmpty)
            #expect(try await database.query("select from conversations").count == 1)
        }
    }

    private static let proof = "--part\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nproof\r\n"

    private static func upload(_ pieces: [String], type: String = "multipart/form-data; boundary=part") -> TriedUpload {
        let (body, source) = AsyncStream.makeStream(of: ByteBuffer.self)
        for piece in pieces { source.yield(ByteBuffer(string: piece)) }
        source.finish()
        let head = HTTPRequest(
            method: .post,
            scheme: nil,
            authority: nil,
            path: "/",
            headerFields: [.contentType: type]
        )
        return TriedUpload(request: Request(head: head, body: RequestBody(asyncSequence: body)), proof: "proof")
    }

    @Test func aFormThatIsNoneBeginsNothing() async throws {
        let file = "--part\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nx\r\n"
        let field = "--part\r\nContent-Disposition: form-data; name=\"path-id\"\r\n\r\n"
        let wrong: [([String], WebError.Code)] = [
            ([], .badRequest), (["--part--\r\n"], .forbidden), ([Self.proof], .badRequest),
            ([file, Self.proof, "--part--\r\n"], .forbidden), ([Self.proof, "--part and more\r\n"], .badRequest),
            ([Self.proof, field, String(repeating: "x", count: 1 << 17), "\r\n--part--\r\n"], .tooLarge),
        ]
        for (pieces, code) in wrong {
            let error = await #expect(throws: WebError.self) {
                _ = try await Self.upload(pieces).answer { _, _ in
                    Issue.record("it was begun")
                    return Response(status: .ok)
                }
            }
            #expect(error?.code == code, "\(pieces.joined().prefix(200))")
        }
        let unbounded = Self.upload([Self.proof], type: "multipart/form-data")
        let error = await #expect(throws: WebError.self) {
            _ = try await unbounded.answer { _, _ in Response(status: .ok) }
        }
        #expect(error?.code == .badRequest)
    }

    /// All of it arrives in order, the fields too; of a call that has its answer, nobody waits for the rest.
    @Test func theFormGoesOnAsItComes() async throws {
        let begin = "--part\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n"
        let lines = (0..<400).map { "\($0) " + String(repeating: ".", count: 999) }
        let pieces = [Self.proof, begin] + lines + ["\r\n--part--\r\n"]
        let whole = try await Self.upload(pieces).answer { form, body in
            #expect(form["csrf"] == "proof")
            return Response(status: .ok, body: .init(byteBuffer: try await body.collect(upTo: 1 << 20)))
        }
        let collected = CollectingWriter()
        try await whole.body.write(collected)
        #expect(String(buffer: collected.collected) == pieces.joined())
        let began = ContinuousClock.now
        let early = try await Self.upload(pieces).answer { _, _ in Response(status: .notFound) }
        #expect(early.status == .notFound && ContinuousClock.now - began < .seconds(30))
    }
}
