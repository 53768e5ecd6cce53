import Engine
import Foundation
import Testing

/// A tool is made, tried out, changed, given to an agent and taken away, by forms and by the API.
@Suite struct CustomToolPageTests {
    private static let fields = [
        ("kind", "script"), ("name", "greet"), ("description", "Greets."), ("schema", #"{"type":"object"}"#),
        ("parameters", #"{"type":"object","properties":{"tone":{"type":"string"},"times":{"type":"integer"}}}"#),
        ("time_limit", "5"), ("language", "shell"), ("code", "cat\r\ncat"),
    ]

    private static func fields(_ changes: [String: String]) -> [(String, String)] {
        fields.map { ($0.0, changes[$0.0] ?? $0.1) }
    }

    @Test func aToolIsMadeTriedAndChangedByItsForms() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            let form = try await visitor.get("/tools/new?kind=script")
            #expect(form.text.contains("<h1>New script</h1>"))
            let wrong = try await visitor.submit(
                "/tools/new",
                Self.fields(["name": "9 lives", "schema": "{", "code": "<b>"])
            )
            #expect(wrong.status == 422 && wrong.text.contains(#"value="9 lives""#) && wrong.text.contains("&lt;b&gt;"))
            for field in ["name", "schema"] { #expect(wrong.text.contains(#"id="\#(field)-error""#)) }
            // The scripted maker refuses what says so.
            let refused = try await visitor.submit("/tools/new", Self.fields(["code": "refuse"]))
            #expect(refused.status == 422 && refused.text.contains("It cannot be made."))
            let made = try await visitor.post("/tools/new", Self.fields)
            #expect(made.text.contains("<h1>greet</h1>") && made.text.contains("cat\ncat"))
            let address = String(visitor.address.prefix { $0 != "?" })
            let tried = try await visitor.post(address + "/test", [("input", #"{"name":"Ada <b>"}"#), ("params", "")])
            #expect(tried.text.contains("Ada &lt;b&gt;") && tried.text.contains("It answered."))
            let broken = try await visitor.post(address + "/test", [("input", "{"), ("params", "")])
            #expect(broken.text.contains("This is not JSON"))
            let changed = try await visitor.post(address + "/edit", Self.fields(["code": "tac"]))
            #expect(changed.text.contains("tac") && changed.text.contains("/versions/1/restoration"))
            let restored = try await visitor.post(address + "/versions/1/restoration")
            #expect(restored.text.contains("cat\ncat") && restored.text.contains("/versions/2/restoration"))
            try await visitor.get(address + "/deletion")
            let gone = try await visitor.post(address + "/deletion")
            #expect(!gone.text.contains(address))
        }
    }

    @Test func anAgentUsesItAsItsFormSays() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            try await visitor.get("/tools/new?kind=script")
            try await visitor.post("/tools/new", Self.fields)
            try await visitor.get("/agents/new")
            let fields = [
                ("display_name", "Host"), ("instruction", "Greet."), ("active", "1"), ("tool", "greet"),
                ("timeout.greet", "soon"), ("retries.greet", "2"), ("param.tone.greet", "kind"),
                ("param.times.greet", "3"),
            ]
            let wrong = try await visitor.submit("/agents/new", fields)
            #expect(wrong.status == 422 && wrong.text.contains(#"value="soon""#))
            #expect(wrong.text.contains(#"id="timeout.greet-error""#))
            let right = fields.map { $0.0 == "timeout.greet" ? ($0.0, "20") : $0 }
            try await visitor.post("/agents/new", right)
            let address = String(visitor.address.prefix { $0 != "?" })
            let form = try await visitor.get(address + "/edit")
            for (name, value) in [("timeout", "20"), ("retries", "2"), ("param.tone", "kind"), ("param.times", "3")] {
                let field = #"name="\#(name).greet" type="text" value="\#(value)""#
                #expect(form.text.contains(field), "\(name)")
            }
        }
    }

    @Test func theSameOverTheAPI() async throws {
        try await TestServer.run { caller in
            let program = try await caller.newcomer("one")
            let made = try await program.post(
                "/v1/tools",
                #"{"name":"greet","description":"Greets.","schema":{"type":"object"},"definition":{"code":"cat"}}"#
            )
            #expect(made.status == 201 && made.string("data.security_level") == "safe_execute")
            let tool = try #require(made.string("data.tool_id"))
            #expect(try await program.post("/v1/tools", #"{"name":"greet"}"#).status == 422)
            let tried = try await program.post("/v1/tools/\(tool)/test", #"{"input":{"name":"Ada"}}"#)
            #expect(tried.text.contains(#""result":"{\"name\":\"Ada\"}""#))
            #expect(try await program.patch("/v1/tools/\(tool)", #"{"security_level":"read_only"}"#).status == 422)
            #expect(try await program.patch("/v1/tools/\(tool)", #"{"effect":"pure"}"#).string("data.version") == "2")
            #expect(try await program.get("/v1/tools/\(tool)/versions").count("data") == 2)
            let agent = try await program.post("/v1/agents", #"{"name":"host","instruction":"Greet."}"#)
            let path = "/v1/agents/\(agent.string("data.agent_id") ?? "")/tools"
            let granted = try await program.post(
                path,
                #"{"tool_id":"\#(tool)","configuration":{"timeout":30,"max_retries":3,"custom_params":{"depth":5}}}"#
            )
            #expect(granted.status == 201 && granted.text.contains(#""timeout":30"#))
            #expect(try await program.post(path, #"{"tool_id":"\#(tool)"}"#).status == 409)
            let changed = try await program.patch(
                "\(path)/\(tool)",
                #"{"is_enabled":false,"configuration":{"timeout":60,"custom_params":{"depth":10}}}"#
            )
            #expect(changed.text.contains(#"{"custom_params":{"depth":10},"max_retries":3,"timeout":60}"#))
            #expect(changed.text.contains(#""is_enabled":false"#))
            #expect(try await program.get(path).string("data.0.tool_id") == tool)
            #expect(try await program.delete("\(path)/\(tool)").status == 204)
            #expect(try await program.delete("/v1/tools/\(tool)").status == 204)
        }
    }

    @Test func whatTheOrganisationForbidsIsNotTried() async throws {
        try await TestServer.run { caller in
            let program = try await caller.newcomer("one")
            let made = try await program.post(
                "/v1/tools",
                #"{"name":"greet","description":"Greets.","definition":{"code":"cat"}}"#
            )
            _ = try await program.put("/v1/tool-policies", #"{"tool_name":"greet","decision":"deny"}"#)
            let tried = try await program.post("/v1/tools/\(made.string("data.tool_id") ?? "")/test", "{}")
            #expect(tried.text.contains("The organisation does not allow it."))
        }
    }
}
