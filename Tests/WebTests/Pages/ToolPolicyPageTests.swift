import Foundation
import Postgres
import Testing

/// Rules on tools: what makes no sense is refused, and what a rule is about may go before it.
@Suite(.timeLimit(.minutes(10))) struct ToolPolicyPageTests {
    private func program(of person: String, _ caller: Caller) async throws -> Caller {
        var program = caller
        program.token = try await caller.signIn("\(person)@example.com", "correct+horse+9").string("data.access_token")
        return program
    }

    @Test func aRuleThatMakesNoSenseIsRefused() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            let program = try await program(of: "one", caller)
            let list = try await visitor.get("/tools")
            let rule = [("about", "tool:dig"), ("user", ""), ("agent", ""), ("decision", "deny")]
            #expect(try await visitor.submit("/tools/rules", rule).status == 303)
            for (field, value, sentence) in [
                ("user", "nobody", "This is not a UUID."), ("agent", "none", "This is not a UUID."),
                ("decision", "perhaps", "Use allow, ask, deny or null."),
                ("about", "level:all", "Use read_only, safe_execute or privileged."),
                ("about", "dig", "Name a tool or a level."),
            ] {
                let wrong = rule.map { $0.0 == field ? (field, value) : $0 }
                let refused = try await visitor.submit("/tools/rules", wrong)
                #expect(refused.status == 422 && refused.text.contains(sentence), "\(field) \(refused.text)")
            }
            let tool = String(try #require(list.text.firstMatch(of: /href="(\/tools\/[0-9a-f-]+)"/)).1)
            for (path, field) in [
                ("/tools/policies", "level.privileged"), ("/tools/own-policies", "own.privileged"),
                ("\(tool)/policy", "decision"),
            ] {
                #expect(try await visitor.submit(path, [(field, "perhaps")]).status == 422, "\(path)")
            }
            let kept = try await program.get("/v1/tool-policies")
            #expect(kept.count("data") == 1 && kept.string("data.0.decision") == "deny", "\(kept.text)")
            let gone = rule.map { $0.0 == "decision" ? ("decision", "") : $0 }
            #expect(try await visitor.submit("/tools/rules", gone).status == 303)
            #expect(try await program.get("/v1/tool-policies").count("data") == 0)
        }
    }

    @Test func aRuleOutlivesWhatItIsAboutAndIsTakenAway() async throws {
        try await TestServer.runSite { site in
            let caller = Caller(client: site.client)
            let visitor = Visitor(caller)
            try await visitor.register("ada")
            let (ada, bob) = (try await program(of: "ada", caller), try await caller.newcomer("bob"))
            let home = try await ada.get("/v1/users/me").string("data.organization_id").flatMap { UUID(uuidString: $0) }
            let guest = try await bob.get("/v1/users/me").string("data.user_id").flatMap { UUID(uuidString: $0) }
            let (organisation, person, agent) = (try #require(home), try #require(guest), UUID())
            let administrator = site.database.administrator
            try await administrator.query(
                "insert into memberships (org_id, user_id) values (\(organisation), \(person))"
            )
            try await administrator.query(
                """
                insert into agents (agent_id, org_id, user_id, name, display_name, instruction, agent_type)
                values (\(agent), \(organisation), \(person), 'his', 'His', 'Be brief.', 'shared')
                """
            )
            let rules = [
                ("/v1/tool-policies", #""user_id":"\#(person)""#), ("/v1/tool-policies", #""agent_id":"\#(agent)""#),
                ("/v1/users/me/tool-policies", #""agent_id":"\#(agent)""#),
            ]
            func put(_ decision: String) async throws -> [Int] {
                var statuses: [Int] = []
                for (path, about) in rules {
                    let body = #"{"tool_name":"dig",\#(about),"decision":\#(decision)}"#
                    statuses.append(try await ada.put(path, body).status)
                }
                return statuses
            }
            #expect(try await put(#""deny""#) == [200, 200, 200])
            try await administrator.query(
                "delete from memberships where user_id = \(person) and org_id = \(organisation)"
            )
            try await administrator.query("update agents set agent_type = 'custom' where agent_id = \(agent)")
            #expect(try await put(#""allow""#) == [404, 404, 404], "no rule is made on what is not there")
            // One by its form, the others by the API.
            let page = try await visitor.get("/tools")
            #expect(page.text.contains(#"name="user" value="\#(person.uuidString.lowercased())""#))
            let fields = [("about", "tool:dig"), ("user", person.uuidString), ("agent", "")]
            #expect(try await visitor.submit("/tools/rules", fields).status == 303)
            #expect(try await put("null") == [200, 200, 200])
            for (path, _) in rules { #expect(try await ada.get(path).count("data") == 0, "\(path)") }
        }
    }

    /// The box beside an approval: the same tool of the same agent is not asked for again, another agent's is.
    @Test func whatIsAllowedAlwaysIsNotAskedForAgain() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            try await visitor.addModel()
            let program = try await program(of: "one", caller)
            let tool = try await program.post(
                "/v1/tools",
                #"{"name":"greet","description":"Greets.","security_level":"privileged","definition":{"code":"cat"}}"#
            )
            #expect(tool.status == 201, "\(tool.text)")
            var agents: [String] = []
            for name in ["host", "guest"] {
                let body = #"{"name":"\#(name)","instruction":"Greet.","tools":["greet"]}"#
                agents.append(try #require(try await program.post("/v1/agents", body).string("data.agent_id")))
            }
            func say(_ name: String, to agent: String) async throws -> Answer {
                try await visitor.get("/")
                let content = #"call greet {"name":"\#(name)"}"#
                try await visitor.post("/conversations", [("content", content), ("agent_id", agent)])
                let talk = String(visitor.address.prefix { $0 != "#" })
                try await eventually("the run rests or has ended") {
                    try await ["waiting", "completed"].contains(
                        program.get("/v1/runs").string("data.0.state") ?? ""
                    )
                }
                return try await visitor.get(talk)
            }
            let asked = try await say("Ada", to: agents[0])
            #expect(asked.text.contains(#"type="checkbox" name="remember" value="1""#), "\(asked.text)")
            let form = String(try #require(asked.text.firstMatch(of: /action="(\/runs\/[^"]+\/approvals\/[^"]+)"/)).1)
            let fields = [("decision", "approve"), ("remember", "1"), ("input", #"{"name":"Ada"}"#)]
            #expect(try await visitor.submit(form, fields).status == 303)
            try await eventually("the run has ended") {
                try await program.get("/v1/runs").string("data.0.state") == "completed"
            }
            let again = try await say("Eve", to: agents[0])
            #expect(again.text.contains("told ") && !again.text.contains(#"name="remember""#))
            #expect(try await program.get("/v1/approvals").count("data") == 0)
            let other = try await say("Eve", to: agents[1])
            #expect(other.text.contains(#"name="remember""#), "that was the other agent's")
        }
    }
}
