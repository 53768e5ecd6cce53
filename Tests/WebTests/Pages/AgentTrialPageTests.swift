import Foundation
import Postgres
import Testing

/// Trying an agent out beside its form.
@Suite struct AgentTrialPageTests {
    private func made(_ visitor: Visitor) async throws -> String {
        try await visitor.register("one")
        try await visitor.addModel()
        try await visitor.get("/agents/new")
        try await visitor.post("/agents/new", [("display_name", "Proof"), ("instruction", "Read."), ("active", "1")])
        return String(visitor.address.prefix { $0 != "?" })
    }

    @Test func itAnswersAsItIsSavedAndNoListShowsIt() async throws {
        try await TestServer.runSite { site in
            let visitor = Visitor(Caller(client: site.client))
            let address = try await made(visitor)
            let form = try await visitor.get("\(address)/edit")
            #expect(form.text.contains("Nothing was said yet"))
            // Nothing to forget, and no button that would delete the agent instead.
            #expect(!form.text.contains("Start over") && !form.text.contains("action=\"\(address)/deletion\""))
            let fields = [("display_name", "Proof"), ("instruction", "Read twice."), ("active", "1"), ("version", "1")]
            let said = try await visitor.submit("\(address)/trial", fields + [("trial", "echo tried words")])
            #expect(said.status == 303)
            let page = try await visitor.finished("\(address)/edit")
            #expect(page.text.contains("Read twice.</textarea>") && page.text.contains("<p>echo tried words"))
            #expect(try await visitor.get(address).text.contains("/versions/2"))
            for list in ["/", "/conversations", "/conversations?q=Proof"] {
                #expect(!(try await visitor.get(list).text.contains("Test of Proof")), "\(list)")
            }
            #expect(page.text.contains("action=\"\(address)/trial/deletion\""))
            try await visitor.get("\(address)/edit")
            let empty = try await visitor.post("\(address)/trial/deletion")
            #expect(empty.text.contains("Nothing was said yet"))
            let written = try await site.database.administrator.query(
                "select from audit_events where action = 'conversation.deleted'"
            )
            #expect(written.count == 1)
        }
    }

    @Test func whatCannotBeSaidOrSavedStaysTyped() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            let address = try await made(visitor)
            try await visitor.get("\(address)/edit")
            let wrong = [("display_name", ""), ("instruction", "Read thrice."), ("active", "1"), ("trial", "echo a")]
            let refused = try await visitor.submit("\(address)/trial", wrong)
            #expect(refused.status == 422 && refused.text.contains("Read thrice.</textarea>"))
            #expect(refused.text.contains("echo a</textarea>"))
            let silent = [("display_name", "Proof"), ("instruction", "Read thrice."), ("active", "1"), ("trial", " ")]
            let nothing = try await visitor.submit("\(address)/trial", silent)
            #expect(nothing.status == 422 && nothing.text.contains("trial-error"))
        }
    }

    /// Without scripts a page loads again while an answer grows: not one that holds what somebody has typed.
    @Test func whatWasTypedIsNotLoadedAway() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            let address = try await made(visitor)
            let refresh = "http-equiv=\"refresh\""
            let fields = [("display_name", "Proof"), ("instruction", "Read."), ("active", "1"), ("version", "1")]
            let nameless = [("display_name", ""), ("instruction", "Read thrice."), ("active", "1"), ("version", "1")]
            let late = [("display_name", "Proof"), ("instruction", "Read thrice."), ("active", "1"), ("version", "0")]
            try await visitor.get("\(address)/edit")
            #expect(try await visitor.submit("\(address)/trial", fields + [("trial", "wait")]).status == 303)
            #expect(try await visitor.get("\(address)/edit").text.contains(refresh))
            #expect(try await !visitor.get("\(address)/edit?write=1").text.contains(refresh))
            for (path, typed, status) in [
                ("edit", nameless, 422), ("trial", nameless, 422), ("edit", late, 409), ("trial", late, 409),
                ("trial", fields + [("trial", "echo while busy")], 422),
            ] {
                let refused = try await visitor.submit("\(address)/\(path)", typed)
                #expect(refused.status == status && !refused.text.contains(refresh), "\(path) \(refused.status)")
            }
            try await visitor.post("\(address)/trial/deletion")
        }
    }

    /// The button stops the answer, and nothing else: what stands in the form is neither saved nor lost.
    @Test func anAnswerThatGrowsIsStopped() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            let address = try await made(visitor)
            let stop = "formaction=\"\(address)/trial/cancellation#try\""
            #expect(try await !visitor.get("\(address)/edit").text.contains(stop))
            let fields = [("display_name", "Proof"), ("instruction", "Read."), ("active", "1"), ("version", "1")]
            #expect(try await visitor.submit("\(address)/trial", fields + [("trial", "wait")]).status == 303)
            #expect(try await visitor.get("\(address)/edit").text.contains(stop))
            let typed = [
                ("display_name", ""), ("instruction", "Read <thrice>."), ("version", "1"), ("tool", "ask_person"),
                ("timeout.ask_person", "soon"), ("trial", "Half a thou"),
            ]
            // Once more when it is over: somebody may have pressed it in that moment.
            for _ in 0..<2 {
                let page = try await visitor.submit("\(address)/trial/cancellation", typed)
                #expect(page.status == 200 && !page.text.contains(stop), "\(page.status)")
                #expect(!page.text.contains("http-equiv=\"refresh\"") && !page.text.contains("aria-invalid"))
                #expect(page.text.contains("Read &lt;thrice&gt;.</textarea>"))
                #expect(page.text.contains("Half a thou</textarea>") && page.text.contains("value=\"soon\""))
                #expect(page.text.contains("name=\"version\" value=\"1\""))
                let over = try await visitor.finished("\(address)/edit")
                #expect(over.text.contains("Stopped.") && over.text.contains("Read.</textarea>"))
                #expect(!over.text.contains(stop) && over.text.contains("value=\"Proof\""))
            }
        }
    }

    @Test func anAnswerThatIsToStopHasNoButtonAnyMore() async throws {
        try await TestServer.runSite { site in
            let visitor = Visitor(Caller(client: site.client))
            let address = try await made(visitor)
            try await visitor.get("\(address)/edit")
            let asking = [
                ("display_name", "Proof"), ("instruction", "Read."), ("active", "1"), ("tool", "ask_person"),
                ("version", "1"), ("trial", "ask"),
            ]
            #expect(try await visitor.submit("\(address)/trial", asking).status == 303)
            var asked = try await visitor.get("\(address)/edit")
            try await eventually("the agent asks") {
                if asked.text.contains("The agent asks you") { return true }
                asked = try await visitor.get("\(address)/edit")
                return false
            }
            #expect(asked.text.contains("/trial/cancellation#try\""))
            // As it is from the press of the button until a worker has taken the run up to end it.
            try await site.database.administrator.query("update runs set cancel_requested_at = now()")
            let stopping = try await visitor.get("\(address)/edit")
            #expect(stopping.text.contains("Stopping") && !stopping.text.contains("/trial/cancellation"))
        }
    }

    @Test func aFormSentTwiceIsSaidOnce() async throws {
        try await TestServer.runSite { site in
            let visitor = Visitor(Caller(client: site.client))
            let address = try await made(visitor)
            let form = try await visitor.get("\(address)/edit")
            let key = String(try #require(form.text.firstMatch(of: /name="key" value="([^"]+)"/)).1)
            let fields = [("display_name", "Proof"), ("instruction", "Read."), ("active", "1"), ("version", "1")]
            for _ in 0..<2 {
                let said = try await visitor.submit(
                    "\(address)/trial",
                    fields + [("trial", "echo once"), ("key", key)]
                )
                #expect(said.status == 303)
            }
            _ = try await visitor.finished("\(address)/edit")
            let messages = try await site.database.administrator.query("select from messages where role = 'user'")
            #expect(messages.count == 1)
        }
    }

    @Test func whatIsSwitchedOffIsTriedOutToo() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            let address = try await made(visitor)
            try await visitor.get("\(address)/edit")
            let off = [("display_name", "Proof"), ("instruction", "Read."), ("trial", "echo while off")]
            #expect(try await visitor.submit("\(address)/trial", off).status == 303)
            let page = try await visitor.finished("\(address)/edit")
            #expect(page.text.contains("<p>echo while off") && page.text.contains("<strong>Proof</strong>"))
            let id = String(address.dropFirst(8))
            try await visitor.get("/")
            let elsewhere = try await visitor.submit("/conversations", [("content", "echo x"), ("agent_id", id)])
            #expect(elsewhere.status == 422)
        }
    }

    @Test func anAgentThatIsDeletedLeavesNothingAtWork() async throws {
        try await TestServer.runSite { site in
            let visitor = Visitor(Caller(client: site.client))
            let address = try await made(visitor)
            try await visitor.get("\(address)/edit")
            let fields = [("display_name", "Proof"), ("instruction", "Read."), ("active", "1"), ("version", "1")]
            #expect(try await visitor.submit("\(address)/trial", fields + [("trial", "wait")]).status == 303)
            try await visitor.post("\(address)/deletion")
            #expect(try await visitor.get(address).status == 404)
            // As if somebody had deleted the conversation: what is at work in it is stopped first.
            let database = site.database.administrator
            let written = try await database.query("select from audit_events where action = 'conversation.deleted'")
            #expect(written.count == 1)
            #expect(try await database.query("select from runs").isEmpty)
        }
    }

    @Test func programsTryOutToo() async throws {
        try await TestServer.run { caller in
            let program = try await caller.newcomer("one")
            try await program.addModel()
            let body = #"{"name":"scout","instruction":"Look."}"#
            let agent = try #require(try await program.post("/v1/agents", body).string("data.agent_id"))
            let begin = #"{"title":"Try","test_agent_id":"\#(agent)"}"#
            let talk = try await program.post("/v1/conversations", begin)
            #expect(talk.status == 201 && talk.string("data.test_agent_id") == agent)
            #expect(try await program.post("/v1/conversations", begin).status == 409)
            _ = try await program.post("/v1/conversations", "{}")
            #expect(try await program.get("/v1/conversations").count("data") == 1)
            #expect(try await program.get("/v1/conversations").number("pagination.total") == 1)
            let tests = try await program.get("/v1/conversations?is_test=true")
            #expect(tests.count("data") == 1 && tests.string("data.0.title") == "Try")
            let other = try await caller.newcomer("two")
            #expect(try await other.post("/v1/conversations", begin).status == 422)
            #expect(try await program.delete("/v1/agents/\(agent)").status == 204)
            #expect(try await program.get("/v1/conversations?is_test=true").count("data") == 0)
            #expect(try await program.get("/v1/conversations").number("pagination.total") == 1)
        }
    }
}
