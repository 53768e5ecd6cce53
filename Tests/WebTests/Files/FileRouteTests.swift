import Foundation
import HTTPTypes
import Testing

/// A picture of one point.
enum Picture {
    static let dot: [UInt8] = Array(
        Data(
            base64Encoded:
                "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
        ) ?? Data()
    )
}

/// Files over the API: what comes in, what goes out, and for whom.
@Suite struct FileRouteTests {
    static func form(_ files: [(name: String, content: String)], fields: [(String, String)] = []) -> String {
        let fields = fields.map { "--part\r\nContent-Disposition: form-data; name=\"\($0)\"\r\n\r\n\($1)\r\n" }
        let files = files.map {
            "--part\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\($0.name)\"\r\n\r\n\($0.content)\r\n"
        }
        return (fields + files).joined() + "--part--\r\n"
    }

    static let multipart: HTTPFields = [.contentType: "multipart/form-data; boundary=part"]

    @Test func filesComeInAreListedAndGoOut() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let files = "/v1/conversations/\(try await ada.newConversation())/files"
            let body = Self.form([("../notes.txt", "hello"), ("page.png", "<!doctype html><script>alert(1)</script>")])
            let sent = try await ada.post(files, body, headers: Self.multipart)
            #expect(sent.status == 201)
            #expect(sent.string("data.0.name") == "notes.txt")
            #expect(sent.string("data.0.path") == "uploads/notes.txt")
            #expect(sent.string("data.0.media_type") == "text/plain")
            #expect(sent.number("data.0.size") == 5)
            #expect(sent.string("data.1.media_type") == "text/html")
            #expect(try await ada.get(files).count("data") == 2)
            let content = try await ada.get(try #require(sent.string("data.1.url")))
            #expect(content.text == "<!doctype html><script>alert(1)</script>")
            #expect(content.headers[.contentType] == "application/octet-stream")
            #expect(content.headers[.contentDisposition]?.hasPrefix("attachment; filename=\"page.png\"") == true)
            #expect(content.headers[.contentSecurityPolicy]?.contains("sandbox") == true)
            #expect(content.headers[.xContentTypeOptions] == "nosniff")
            let file = files + "/" + (sent.string("data.0.file_id") ?? "")
            #expect(try await ada.delete(file).status == 204)
            #expect(try await ada.get(file).status == 404)
            #expect(try await ada.get(files).count("data") == 1)
        }
    }

    @Test func theSameFileTwiceIsOneAndAnotherGetsAnotherPlace() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let files = "/v1/conversations/\(try await ada.newConversation())/files"
            let one = try await ada.post(files, Self.form([("a.txt", "x")]), headers: Self.multipart)
            let two = try await ada.post(files, Self.form([("a.txt", "x")]), headers: Self.multipart)
            #expect(one.string("data.0.file_id") == two.string("data.0.file_id"))
            let other = try await ada.post(files, Self.form([("a.txt", "y")]), headers: Self.multipart)
            #expect(other.string("data.0.path") == "uploads/a-2.txt")
        }
    }

    @Test func aMessageCarriesFilesOfItsConversationAndNoOthers() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            try await ada.addModel()
            let (here, there) = (try await ada.newConversation(), try await ada.newConversation())
            let sent = try await ada.post(
                "/v1/conversations/\(here)/files",
                Self.form([("a.txt", "x")]),
                headers: Self.multipart
            )
            let url = try #require(sent.string("data.0.url"))
            // The rest is not believed.
            let message = #"{"content":"echo","attachments":[{"type":"file","url":"\#(url)","name":"../x","size":9}]}"#
            #expect(try await ada.post("/v1/conversations/\(here)/messages", message).status == 201)
            let told = try await ada.get("/v1/conversations/\(here)/messages")
            #expect(told.string("data.0.attachments.0.name") == "a.txt")
            #expect(told.number("data.0.attachments.0.size") == 1)
            #expect(told.string("data.0.attachments.0.url") == url)
            // What the model was told.
            #expect(
                told.string("data.1.content")?.contains("[Attached: a.txt (text/plain, 1 bytes) at uploads/a.txt]")
                    == true
            )
            #expect(try await ada.post("/v1/conversations/\(there)/messages", message).status == 422)
            let eve = try await caller.newcomer("eve")
            try await eve.addModel()
            let hers = try await eve.newConversation()
            #expect(try await eve.post("/v1/conversations/\(hers)/messages", message).status == 422)
            #expect(try await eve.get(url).status == 404)
            #expect(
                try await eve.post("/v1/conversations/\(here)/files", Self.form([("a", "x")]), headers: Self.multipart)
                    .status == 404
            )
            // Deleted, the message still says that it was there.
            let id = try #require(sent.string("data.0.file_id"))
            #expect(try await ada.delete("/v1/conversations/\(here)/files/\(id)").status == 204)
            let after = try await ada.get("/v1/conversations/\(here)/messages")
            #expect(after.flag("data.0.attachments.0.is_deleted") == true)
        }
    }

    @Test(arguments: [
        ("--part\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nhalf", 400),
        ("nothing of the kind", 400), ("--part--\r\n", 422), ("", 400),
        ("--part\r\nContent-Disposition: form-data\r\n\r\n\r\n--part--", 400),
    ])
    func brokenFormsAreRefusedAndNothingIsKept(body: String, status: Int) async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let files = "/v1/conversations/\(try await ada.newConversation())/files"
            #expect(try await ada.post(files, body, headers: Self.multipart).status == status)
            #expect(try await ada.get(files).count("data") == 0)
        }
    }

    @Test func whatIsTooLargeIsRefusedInWords() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let files = "/v1/conversations/\(try await ada.newConversation())/files"
            let large = String(repeating: "x", count: (25 << 20) + 1)
            let answer = try await ada.post(files, Self.form([("a", large)]), headers: Self.multipart)
            #expect(answer.status == 413)
            #expect(answer.string("error.message")?.contains("25 MB") == true)
            #expect(try await ada.get(files).count("data") == 0)
        }
    }
}
