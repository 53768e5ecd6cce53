import Engine
import Foundation
import HTTPTypes
import Testing

/// Versions of agents and agents as files, by the forms and by the API.
@Suite struct AgentVersionPageTests {
    private let fields = [
        ("display_name", "Proof"), ("instruction", "Read it twice.\nThen once more."), ("active", "1"),
    ]

    private func made(_ visitor: Visitor, _ more: [(String, String)] = []) async throws -> String {
        try await visitor.register("one")
        try await visitor.get("/agents/new")
        try await visitor.post("/agents/new", fields + more)
        return String(visitor.address.prefix { $0 != "?" })
    }

    private func version(_ answer: Answer) throws -> String {
        String(try #require(answer.text.firstMatch(of: /name="version" value="([0-9]+)"/)).1)
    }

    @Test func aVersionIsLookedAtAndGivenAgain() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            let address = try await made(visitor)
            let form = try await visitor.get("\(address)/edit")
            let change = [
                ("display_name", "Proof"), ("instruction", "Read it <b>thrice</b>.\nThen once more."),
                ("version", try version(form)),
            ]
            let page = try await visitor.post("\(address)/edit", change)
            #expect(page.text.contains("Instruction, Status"))
            let old = try await visitor.get("\(address)/versions/1")
            #expect(old.text.contains("Version 1 of Proof") && old.text.contains("Read it twice."))
            #expect(old.text.contains("&lt;b&gt;thrice"))
            #expect(try await visitor.get("\(address)/versions/2").text.contains("the same as what holds"))
            #expect(try await visitor.look("\(address)/versions/9").status == 404)
            let again = try await visitor.post("\(address)/versions/1/restoration")
            #expect(again.status == 200 && again.text.contains("version 1 again"))
            #expect(try await visitor.get("\(address)/versions/1").text.contains("the same as what holds"))
        }
    }

    @Test func whatAVersionNamesAndIsGoneIsTheReadersToDecide() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            try await visitor.get("/agents/new")
            try await visitor.post(
                "/agents/new",
                [("display_name", "Helper"), ("instruction", "Help."), ("active", "1")]
            )
            let helper = String(visitor.address.prefix { $0 != "?" })
            try await visitor.get("/agents/new")
            try await visitor.post("/agents/new", fields + [("team", "Helper"), ("temperature", "0.5")])
            let address = String(visitor.address.prefix { $0 != "?" })
            let form = try await visitor.get("\(address)/edit")
            try await visitor.post("\(address)/edit", fields + [("version", try version(form))])
            try await visitor.get("\(helper)/deletion")
            try await visitor.post("\(helper)/deletion")
            try await visitor.get(address)
            let asked = try await visitor.submit("\(address)/versions/1/restoration")
            #expect(asked.status == 200 && asked.text.contains("the colleague Helper"))
            #expect(asked.text.contains(#"name="restoring" value="1""#) && asked.text.contains(#"value="0.5""#))
            let rest = [("temperature", "0.5"), ("version", "2"), ("restoring", "1")]
            let page = try await visitor.post("\(address)/edit", fields + rest)
            #expect(page.text.contains("version 1 again: More settings"))
        }
    }

    @Test func theSecondOfTwoEditorsLosesNothing() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            let address = try await made(visitor)
            let seen = try version(try await visitor.get("\(address)/edit"))
            func save(_ text: String, at version: String) async throws -> Answer {
                let fields = [("display_name", "Proof"), ("instruction", text), ("active", "1"), ("version", version)]
                return try await visitor.submit("\(address)/edit", fields)
            }
            #expect(try await save("First.", at: seen).status == 303)
            let late = try await save("Second.", at: seen)
            #expect(late.status == 409 && late.text.contains("Second.</textarea>"))
            #expect(late.text.contains("has changed this agent since"))
            #expect(try await visitor.get(address).text.contains("First."))
            #expect(try await save("Second.", at: version(late)).status == 303)
            #expect(try await visitor.get(address).text.contains("Second."))
        }
    }

    @Test func anAgentGoesIntoAFileAndComesBack() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            let address = try await made(visitor, [("team", "web"), ("temperature", "0.5")])
            let file = try await visitor.get("\(address)/export")
            #expect(file.headers[.contentDisposition]?.contains("Proof.agent.json") == true)
            var text = file.text.replacing(#""web""#, with: #""web", "nobody""#)
            text = text.replacing("0.5", with: #"0.5, "own": 7"#)
            try await visitor.get("/agents/import")
            let form = try await visitor.submitFiles("/agents/import", [], [("a.json", Array(text.utf8))])
            #expect(form.status == 200 && form.text.contains("Then once more.</textarea>"))
            #expect(form.text.contains("the colleague nobody"))
            let rest = String(try #require(form.text.firstMatch(of: /name="rest" value="([^"]+)"/)).1)
                .replacing("&quot;", with: "\"")
            // The name is taken: that is said beside its field, and the rest stays.
            let more = [("team", "web"), ("temperature", "0.5"), ("rest", rest)]
            let clash = try await visitor.submit("/agents/new", fields + more)
            #expect(clash.status == 422 && clash.text.contains("an agent of this name"))
            let other = [("display_name", "Other"), ("instruction", "Read.")] + more
            try await visitor.post("/agents/new", other)
            let copy = try await visitor.get(String(visitor.address.prefix { $0 != "?" }) + "/export")
            #expect(copy.text.contains("\"own\": 7") && copy.text.contains("\"Other\""))
            let twin = try await visitor.get("/agents/new?from=\(address.dropFirst(8))")
            #expect(twin.text.contains("value=\"Proof (copy)\"") && twin.text.contains("Then once more.</textarea>"))
        }
    }

    @Test func aHostileFileIsRefusedInWords() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            try await visitor.get("/agents/import")
            let large = [UInt8](repeating: 32, count: 600 * 1024)
            let deep = Array(String(repeating: "[", count: 5000).utf8)
            for bytes in [[], [0xFF, 0xFE], deep, Array("{}".utf8), Array(#"{"format":"alma.agent"}"#.utf8), large] {
                let answer = try await visitor.submitFiles("/agents/import", [], [("a.json", bytes)])
                #expect([413, 422].contains(answer.status), "\(bytes.count) got \(answer.status)")
            }
        }
    }

    @Test func programsGoTheSameWays() async throws {
        try await TestServer.run { caller in
            let program = try await caller.newcomer("one")
            let body = #"{"name":"scout","instruction":"Look.","parameters":{"temperature":1}}"#
            let agent = try #require(try await program.post("/v1/agents", body).string("data.agent_id"))
            _ = try await program.patch("/v1/agents/\(agent)", #"{"instruction":"Look twice."}"#)
            let versions = try await program.get("/v1/agents/\(agent)/versions")
            #expect(versions.count("data") == 2 && versions.string("data.0.changes.0") == "instruction")
            let first = try await program.get("/v1/agents/\(agent)/versions/1")
            #expect(first.string("data.definition.instruction") == "Look.")
            #expect(first.string("data.differs_in.0") == "instruction")
            let restored = try await program.post("/v1/agents/\(agent)/versions/1/restoration")
            #expect(restored.string("data.instruction") == "Look.")
            let file = try await program.get("/v1/agents/\(agent)/export")
            let known: HTTPFields = [.ifNoneMatch: try #require(file.headers[.eTag])]
            #expect(try await program.get("/v1/agents/\(agent)/export", headers: known).status == 304)
            let clash = try await program.post("/v1/agents/import", file.text)
            #expect(clash.status == 409)
            let twin = try await program.post("/v1/agents/import?name=twin", file.text)
            #expect(twin.status == 201 && twin.string("data.name") == "twin")
            let poor = file.text.replacing(#""tools": []"#, with: #""tools": [{"name": "fly"}]"#)
            let refused = try await program.post("/v1/agents/import?name=poor", poor)
            #expect(refused.status == 422 && refused.string("error.details.0.field") == "tools")
            #expect(try await program.post("/v1/agents/import?name=poor&missing=skip", poor).status == 201)
            #expect(try await program.post("/v1/agents/import", "[]").status == 400)
            let unknown = file.text.replacing(#""skills": []"#, with: #""owner": "root""#)
            let said = try await program.post("/v1/agents/import?name=x", unknown)
            #expect(said.status == 422 && said.string("error.details.0.field") == "owner")
            // Nobody else sees them, not even those whom the agent is shared with.
            _ = try await program.patch("/v1/agents/\(agent)", #"{"is_shared":true}"#)
            let other = try await caller.newcomer("two")
            #expect(try await other.get("/v1/agents/\(agent)/versions").status == 404)
        }
    }
}
