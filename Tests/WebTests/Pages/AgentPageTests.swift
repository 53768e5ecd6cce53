import Foundation
import Postgres
import Testing

@Suite struct AgentPageTests {
    @Test func theSystemsAgentsSpeakTheReadersLanguage() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            try await visitor.addModel()
            let english = try await visitor.get("/agents")
            #expect(english.text.contains(">Assistant</a>") && english.text.contains("Answers questions"))
            let talk = try await visitor.start("echo hello")
            let chinese = try await visitor.post("/preferences", [("language", "zh-CN"), ("return", "/agents")])
            #expect(chinese.text.contains(">助手</a>") && chinese.text.contains("回答问题、讲解、写作"))
            let address = try #require(chinese.text.firstMatch(of: /href="(\/agents\/[0-9a-f-]+)"/)).1
            for path in ["/", "/agents", String(address), talk] {
                let page = try await visitor.get(path)
                #expect(page.text.contains("助手") && !page.text.contains("Assistant"), "\(path)")
            }
            #expect(try await visitor.get(String(address)).text.contains("<span class=\"tag\">写作</span>"))
        }
    }

    /// A name that happens to be the system's is its maker's own.
    @Test func othersKeepTheNamesThatTheirMakersGaveThem() async throws {
        try await TestServer.runSite { site in
            let visitor = Visitor(Caller(client: site.client))
            try await visitor.register("one")
            try await site.database.administrator.query(
                """
                insert into agents (agent_id, org_id, user_id, name, display_name, description, instruction)
                select gen_random_uuid(), home_org_id, user_id, 'assistant', 'My own', 'Knows my ways.', 'Be brief.' from users
                """
            )
            let page = try await visitor.post("/preferences", [("language", "zh-CN"), ("return", "/agents")])
            #expect(page.text.contains(">My own</a>") && page.text.contains("Knows my ways."))
        }
    }

    @Test func anAgentIsMadeChangedAndTakenAwayByItsForms() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            let empty = try await visitor.get("/agents/new")
            let tool = String(try #require(empty.text.firstMatch(of: /name="tool" value="([^"]+)"/)).1)
            let fields = [
                ("display_name", "Proof <b>"), ("name", "proof"), ("instruction", "Read it twice."),
                ("temperature", "0.5"), ("max_tokens", "1,000"), ("max_concurrent", "none"),
                ("capabilities", "写作，reading"),
                ("tool", tool), ("team", "web"), ("active", "1"),
            ]
            let wrong = try await visitor.submit("/agents/new", fields)
            // What was typed stays, and the error stands beside its field.
            #expect(wrong.status == 422 && wrong.text.contains(#"id="max_concurrent-error""#))
            #expect(wrong.text.contains(#"value="none""#) && wrong.text.contains("Proof &lt;b&gt;"))
            // How it is to use a tool, too.
            let settings = [("timeout.\(tool)", "soon"), ("retries.\(tool)", "99")]
            let wrongly = try await visitor.submit("/agents/new", fields + settings)
            #expect(wrongly.text.contains(#"id="timeout.\#(tool)-error""#) && wrongly.text.contains("from 0 to"))
            #expect(wrongly.text.contains(#"value="soon""#) && wrongly.text.contains(##"href="#retries.\##(tool)""##))
            let right = fields.map { $0.0 == "max_concurrent" ? ("max_concurrent", "2") : $0 }
            let made = try await visitor.post("/agents/new", right)
            #expect(made.text.contains("<h1>Proof &lt;b&gt;</h1>") && made.text.contains("Read it twice."))
            let address = String(try #require(made.text.firstMatch(of: /href="(\/agents\/[0-9a-f-]+)\/edit"/)).1)
            let form = try await visitor.get(address + "/edit")
            for value in ["0.5", "1000", "2", "写作, reading"] {
                #expect(form.text.contains("value=\"\(value)\""), "\(value)")
            }
            #expect(form.text.contains(#"name="team" value="web" checked"#))
            #expect(form.text.contains("name=\"tool\" value=\"\(tool)\" checked"))
            let changed = try await visitor.post(
                address + "/edit",
                [("display_name", "Proof"), ("name", "proof"), ("instruction", "Once."), ("active", "1")]
            )
            #expect(changed.text.contains("<h1>Proof</h1>") && changed.text.contains("Once."))
            // A number that is taken away is gone, not kept.
            #expect(
                !(try await visitor.get(address + "/edit")).text.contains(
                    #"name="max_concurrent" type="text" value="2""#
                )
            )
            try await visitor.get(address + "/deletion")
            let gone = try await visitor.post(address + "/deletion")
            #expect(!gone.text.contains(address))
        }
    }
}
