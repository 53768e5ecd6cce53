import Foundation
import Testing

/// What was said is found by its words, on the page and by programs.
@Suite struct MessageSearchPageTests {
    @Test func theListShowsWhatWasSaid() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            try await visitor.addModel()
            let address = try await visitor.start("echo first words\nthen a <b>needle</b> in it")
            _ = try await visitor.finished(address)
            let page = try await visitor.get("/conversations?q=NEEDLE")
            #expect(page.text.contains("<mark>needle</mark>") && page.text.contains("&lt;b&gt;"))
            let link = try #require(page.text.firstMatch(of: /href="(\/conversations\/[^"]+message=[^"]+)"/)).1
            let there = try await visitor.get(String(link).replacing("&amp;", with: "&"))
            let anchor = String(link.split(separator: "#").last ?? "")
            #expect(there.text.contains("id=\"\(anchor)\""))
            #expect(try await visitor.get("/conversations?q=nowhere").text.contains("Show all"))
        }
    }

    /// A page of what was said is beside the list that it was looked for in.
    @Test func theArchiveStaysTheArchiveOnTheNextPage() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            try await visitor.addModel()
            var program = caller
            program.token = try await caller.signIn("one@example.com", "correct+horse+9").string("data.access_token")
            let talk = try await program.newConversation()
            for _ in 0..<11 {
                _ = try await program.post("/v1/conversations/\(talk)/messages", #"{"content":"echo needle"}"#)
            }
            let archive = try await visitor.get("/conversations?archived=1&q=needle")
            #expect(archive.text.contains("/conversations?archived=1&amp;q=needle&amp;messages=2#messages"))
            let present = try await visitor.get("/conversations?q=needle")
            #expect(present.text.contains("/conversations?q=needle&amp;messages=2#messages"))
        }
    }

    @Test func programsSearchAndChooseModels() async throws {
        try await TestServer.run { caller in
            let program = try await caller.newcomer("one")
            try await program.addModel()
            let talk = try await program.newConversation()
            _ = try await program.post("/v1/conversations/\(talk)/messages", #"{"content":"echo 我们星期二见面"}"#)
            let found = try await program.get("/v1/messages?search=%E6%98%9F%E6%9C%9F%E4%BA%8C&per_page=1")
            #expect(found.status == 200 && found.number("pagination.total") == 2 && found.count("data") == 1)
            #expect(found.flag("data.0.excerpt_parts.1.is_match") == true)
            let said = try await program.get("/v1/messages?search=%E6%98%9F%E6%9C%9F%E4%BA%8C&role=user")
            #expect(said.number("pagination.total") == 1 && said.string("data.0.conversation_id") == talk)
            for wrong in ["", "?search=", "?search=%20", "?search=x&role=tool", "?search=x&conversation_id=y"] {
                #expect(try await program.get("/v1/messages\(wrong)").status == 422, "\(wrong)")
            }
            let me = try #require(try await program.get("/v1/users/me").string("data.user_id"))
            #expect(try await program.get("/v1/users/\(me)/conversations").count("data") == 1)
            let other = try await caller.newcomer("two")
            #expect(try await other.get("/v1/users/\(me)/conversations").status == 404)

            let model = try #require(try await program.get("/v1/models").string("data.0.model_id"))
            let chosen = try await program.patch("/v1/models/defaults", #"{"writing":"\#(model)"}"#)
            #expect(chosen.string("data.writing") == model && chosen.string("data.chat") == model)
            for wrong in [#"{"transcription":"\#(model)"}"#, #"{"writing":"\#(UUID())"}"#, #"{"chat":"\#(UUID())"}"#] {
                #expect(try await program.patch("/v1/models/defaults", wrong).status == 422)
            }
            let none = try await program.patch("/v1/models/defaults", #"{"chat":null}"#)
            #expect(none.status == 422 && none.string("error.details.0.field") == "chat")
            #expect(try await program.get("/v1/models/defaults").string("data.chat") == model)
            // All of it, or nothing.
            let mixed = #"{"writing":null,"transcription":"\#(model)"}"#
            #expect(try await program.patch("/v1/models/defaults", mixed).status == 422)
            #expect(try await program.get("/v1/models/defaults").string("data.writing") == model)
            #expect(try await other.patch("/v1/models/defaults", #"{"writing":"\#(model)"}"#).status == 422)
            #expect(try await program.delete("/v1/models/\(model)").status == 204)
            let gone = try await program.get("/v1/models/defaults")
            #expect(gone.string("data.writing") == nil && gone.string("data.gone.0.purpose") == "writing")
        }
    }
}
