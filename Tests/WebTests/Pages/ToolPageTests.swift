import Engine
import Foundation
import Postgres
import Storage
import Testing

@Suite struct ToolPageTests {
    @Test func everyToolHasItsPage() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            let list = try await visitor.get("/tools")
            let address = String(try #require(list.text.firstMatch(of: /href="(\/tools\/[0-9a-f-]+)"/)).1)
            let page = try await visitor.get(address)
            #expect(page.status == 200 && page.text.contains("No agent has used it yet."))
            let denied = try await visitor.post(address + "/policy", [("decision", "deny")])
            #expect(denied.text.contains(#"<option value="deny" selected>"#))
            let levels = try await visitor.post(
                "/tools/policies",
                [("level.privileged", "ask"), ("level.read_only", "")]
            )
            #expect(levels.text.contains(#"<option value="ask" selected>"#))
            let program = try await Caller(client: caller.client).newcomer("two")
            #expect(try await program.get("/v1/tool-policies").text.contains(#""data":[]"#))
        }
    }

    @Test func useIsOnTheToolsAndTheAgentsPage() async throws {
        try await TestServer.runSite { site in
            let visitor = Visitor(Caller(client: site.client))
            try await visitor.register("one")
            try await visitor.addModel()
            _ = try await visitor.start("echo hello")
            let (administrator, agent) = (site.database.administrator, Agent.assistantID)
            try await administrator.query(
                """
                insert into tool_calls
                select run_id, 'c' || n, org_id, user_id, conversation_id, \(agent), name, '{}', 2,
                    sha256('x'), 1, 'allowed', true, false, 0.25, now()
                from runs cross join generate_series(1, 3) n cross join (select name from tools limit 1) t
                """
            )
            let list = try await visitor.get("/tools")
            let address = String(try #require(list.text.firstMatch(of: /href="(\/tools\/[0-9a-f-]+)"/)).1)
            let page = try await visitor.get(address)
            #expect(page.text.contains(">Assistant</a>") && page.text.contains("250 ms"))
            #expect(try await visitor.get("/agents/\(agent.text)").text.contains("Used 3 times."))
        }
    }

    @Test func callsAreListedWithFilters() async throws {
        try await TestServer.runSite { site in
            let program = try await Caller(client: site.client).newcomer("one")
            try await program.addModel()
            let conversation = try await program.newConversation()
            _ = try await program.post("/v1/conversations/\(conversation)/messages", #"{"content":"echo"}"#)
            try await site.database.administrator.query(
                """
                insert into tool_calls
                select run_id, 'c1', org_id, user_id, conversation_id, agent_id, 'dig', '{"a":1}', 7, sha256('x'), 1,
                    'approved', true, false, 0.25, now()
                from runs
                """
            )
            let calls = try await program.get("/v1/audit/tool-calls?tool_name=dig&decision=approved&success=true")
            #expect(calls.string("data.0.tool_name") == "dig")
            #expect(calls.text.contains(#""tool_input":{"a":1}"#) && calls.text.contains(#""result_digest":"sha256:"#))
            #expect(try await program.get("/v1/audit/tool-calls?tool_name=fly").text.contains(#""data":[]"#))
            #expect(try await program.get("/v1/audit/tool-calls?decision=maybe").status == 422)
            let other = try await Caller(client: site.client).newcomer("two")
            #expect(try await other.get("/v1/audit/tool-calls").text.contains(#""data":[]"#))
        }
    }

    @Test func whereToSearchIsChosenByAdministrators() async throws {
        try await TestServer.runSite { site in
            let visitor = Visitor(Caller(client: site.client))
            try await visitor.register("one")
            #expect(try await visitor.get("/admin/search").status == 403)
            try await site.database.administrator.query("update users set is_superuser = true")
            let wrong = try await visitor.submit(
                "/admin/search",
                [("service", "custom"), ("url", "https://one.example.org")]
            )
            #expect(
                wrong.status == 422 && wrong.text.contains("needs {query}") && wrong.text.contains("one.example.org")
            )
            #expect(try await visitor.submit("/admin/search", [("service", "brave")]).text.contains("needs a key"))
            let saved = try await visitor.post("/admin/search", [("service", "brave"), ("key", "the-key")])
            #expect(saved.text.contains(#"<option value="brave" selected>"#) && !saved.text.contains("the-key"))
            #expect(saved.text.contains("One is kept"))
            #expect(try await site.store.searchChoice()?.key?.reveal() == "the-key")
        }
    }

    @Test func instructionsAreWrittenByThoseWhoMay() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            let page = try await visitor.get("/instructions")
            #expect(page.text.contains(#"name="organization""#) && !page.text.contains(#"name="instance""#))
            let saved = try await visitor.post("/instructions", [("organization", "Line one\r\nLine <two>")])
            #expect(saved.text.contains("Line one\nLine &lt;two&gt;"))
            let long = String(repeating: "x", count: 20_001)
            let wrong = try await visitor.submit("/instructions", [("organization", long)])
            #expect(wrong.status == 422 && wrong.text.contains(long))
            #expect(try await visitor.submit("/instructions", [("instance", "Mine")]).status == 403)
        }
    }
}
