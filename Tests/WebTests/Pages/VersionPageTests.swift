import Engine
import Foundation
import HTTPTypes
import Postgres
import Storage
import Testing

@testable import Web

/// What a version of a skill or of a tool changed, and the way back past nobody.
@Suite struct VersionPageTests {
    /// What has versions, as its forms make and save it.
    enum Kind: String, CaseIterable {
        case agents, tools, skills

        func fields(_ text: String) -> [(String, String)] {
            switch self {
            case .agents: [("display_name", "Proof"), ("instruction", text), ("active", "1")]
            case .skills: [("skill_md", "---\r\nname: notes\r\ndescription: How.\r\n---\r\n\(text)")]
            case .tools:
                [
                    ("kind", "script"), ("name", "greet"), ("description", "Greets."), ("time_limit", "5"),
                    ("schema", #"{"type":"object"}"#), ("language", "shell"), ("code", text),
                ]
            }
        }

        /// Where the form of the thing at `address` goes.
        func form(_ address: String) -> String { self == .skills ? address : "\(address)/edit" }
    }

    private func made(_ kind: Kind, _ text: String, by visitor: Visitor) async throws -> String {
        try await visitor.get("/\(kind.rawValue)/new")
        try await visitor.post("/\(kind.rawValue)/new", kind.fields(text))
        return String(visitor.address.prefix { $0 != "?" })
    }

    /// The one that a page knows as the one that holds.
    private func seen(_ answer: Answer) throws -> String {
        String(try #require(answer.text.firstMatch(of: /name="version" value="([0-9]+)"/)).1)
    }

    @Test(arguments: Kind.allCases)
    func whatSomebodyElseHasSavedIsNotUndoneUnseen(_ kind: Kind) async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            let address = try await made(kind, "First.", by: visitor)
            try await visitor.post(kind.form(address), kind.fields("Second."))
            let before = try seen(try await visitor.get(address))
            // In another window, since.
            try await visitor.post(kind.form(address), kind.fields("Third."))
            let way = "\(address)/versions/1/restoration"
            let late = try await visitor.submit(way, [("version", before)])
            #expect(late.status == 409 && late.text.contains("Somebody has changed it since"), "\(late.status)")
            #expect(late.text.contains("<span>First.</span>") && late.text.contains("<span>Third.</span>"))
            let page = try await visitor.get(address)
            #expect(page.text.contains("Third.") && !page.text.contains("First."))
            let again = try await visitor.submit(way, [("version", try seen(late))])
            #expect(again.status == 303)
            let restored = try await visitor.get(address)
            #expect(restored.text.contains("First.") && restored.text.contains("/versions/3"))
            #expect(try seen(restored) == "4")
        }
    }

    @Test func aSkillShowsWhichWordsAndFilesAreOthers() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            let address = try await made(.skills, "Short.\r\nAlways.", by: visitor)
            for (path, content) in [("a.py", "print(1)"), ("b.txt", "a"), ("a.py", "print(22)"), ("b.txt", "b")] {
                try await visitor.post("\(address)/files", [("path", path), ("content", content)])
            }
            try await visitor.post(address, Kind.skills.fields("Long <b>.\r\nAlways."))
            let page = try await visitor.get(address)
            #expect(page.text.contains(#"href="\#(address)/versions/1""#) && page.text.contains(">Changes</a>"))
            let first = try await visitor.get("\(address)/versions/1").text
            #expect(first.contains("<h1>Version 1 of notes</h1>") && first.contains("<h2>Files</h2>"))
            #expect(first.contains("<span>Short.</span>") && first.contains("<span>Long &lt;b&gt;.</span>"))
            #expect(first.contains("<p class=\"same\">") && first.contains("<span>Always.</span>"))
            #expect(first.contains("<span>a.py: 9 bytes, SHA-256 07ef205120291e68</span>"))
            #expect(!first.contains("<h2>Description</h2>"), "that is the same")
            let third = try await visitor.get("\(address)/versions/3").text
            #expect(third.contains("a.py: 8 bytes"))
            // As long as before, and another.
            #expect(third.contains("b.txt: 1 bytes, SHA-256 ca978112ca1bbdca"))
            #expect(third.contains("b.txt: 1 bytes, SHA-256 3e23e8160039594a"))
            #expect(try await visitor.get("\(address)/versions/6").text.contains("the same as what holds"))
            for none in ["7", "0", "-1", "x", "99999999999999"] {
                #expect(try await visitor.look("\(address)/versions/\(none)").status == 404, "\(none)")
            }
        }
    }

    @Test func aToolShowsWhichFieldsAreOthers() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            let list = try await visitor.get("/tools")
            let builtin = String(try #require(list.text.firstMatch(of: /href="(\/tools\/[0-9a-f-]{36})"/)).1)
            #expect(try await visitor.look("\(builtin)/versions/1").status == 404, "nobody made it here")
            let address = try await made(.tools, "cat\r\ncat", by: visitor)
            let changes = [
                "description": "Greets <b>.", "time_limit": "9", "code": "cat\r\ntac",
                "schema": #"{"type":"object","required":["who"],"properties":{"who":{"type":"string"}}}"#,
            ]
            let fields = Kind.tools.fields("").map { ($0.0, changes[$0.0] ?? $0.1) }
            let page = try await visitor.post("\(address)/edit", fields)
            #expect(page.text.contains(#"href="\#(address)/versions/1""#) && page.text.contains(">Changes</a>"))
            let first = try await visitor.get("\(address)/versions/1").text
            #expect(first.contains("<h1>Version 1 of greet</h1>") && first.contains("<span>Greets &lt;b&gt;.</span>"))
            let titles = first.matches(of: /<h2>([^<]*)<\/h2>/).map { String($0.1) }
            #expect(titles == ["Description", "Input (JSON Schema)", "Seconds at most", "Script"], "\(titles)")
            #expect(first.contains("<span>tac</span>") && first.contains("&quot;who&quot;"))
            #expect(try await visitor.get("\(address)/versions/2").text.contains("the same as what holds"))
        }
    }

    /// Where a request takes a secret, its name is what its maker wrote, and all that there is to be seen.
    @Test func aSecretStandsInAToolByItsName() throws {
        let words = try Fixtures.voice().words
        func tool(_ definition: String) -> ToolDraft {
            ToolDraft(name: "ask", description: "Asks.", type: "http", schema: "{}", definition: definition)
        }
        let then = tool(#"{"method":"GET","headers":{"A":"b","X-Key":"{{secret:OLD}}"},"note":{"by":"ada"}}"#)
        let now = tool(#"{"method":"POST","headers":{"A":"b","X-Key":"{{secret:KEY}}"},"body":[1]}"#)
        let parts = VersionView.Part.all(then.parts(words), now.parts(words))
        #expect(parts.map(\.title) == ["Method", "Headers", "Body", "What else its definition says"])
        #expect(parts[1].pairs.map { $0.left?.text } == ["A: b", "X-Key: {{secret:OLD}}"])
        #expect(parts[1].pairs.map { $0.right?.text } == ["A: b", "X-Key: {{secret:KEY}}"])
        #expect(parts[1].pairs.map(\.kind) == ["both", "changed"])
        #expect(then.differs(from: now) == ["definition"] && then.differs(from: then) == [])
    }

    /// Whoever sees a tool or a skill sees what it was; giving it again is for those who may change it.
    @Test func aMemberLooksAndGivesNothingAgain() async throws {
        try await RouteWorld.run { world in
            let bob = Caller(client: world.site.client, token: world.stranger.token)
            let member = try #require(try await bob.get("/v1/users/me").string("data.user_id").flatMap(UUID.init))
            let home = try #require(UUID(uuidString: world.things["organisation"] ?? ""))
            try await world.site.database.administrator.batch([
                "insert into memberships (org_id, user_id) values (\(home), \(member))",
                "update users set home_org_id = \(home) where user_id = \(member)",
                "update sessions set org_id = \(home) where user_id = \(member)",
            ])
            var moved = world.stranger
            moved.proof = FormProof(session: String(moved.proof.prefix { $0 != "." }), organisation: home).text
            for thing in ["tools/{own}", "skills/{skill}"] {
                for place in ["/\(thing)", "/\(thing)/versions/1"] {
                    let page = try await world.answer(.get, place, body: nil, to: world.stranger)
                    #expect(page.status == 200 && !page.text.contains("/restoration"), "\(place) \(page.status)")
                }
                let (path, way) = ("/v1/\(thing)/versions/1", "/\(thing)/versions/1/restoration")
                #expect(try await world.answer(.get, path, body: nil, to: world.stranger).status == 200)
                for (way, body) in [("\(path)/restoration", "{}"), (way, "version=1")] {
                    let refused = try await world.answer(.post, way, body: body, to: moved)
                    #expect(refused.status == 404, "\(way) \(refused.status)")
                }
            }
        }
    }

    @Test func programsAreToldTheSame() async throws {
        try await TestServer.run { caller in
            let (ada, eve) = (try await caller.newcomer("ada"), try await caller.newcomer("eve"))
            let body = #"{"name":"mine","description":"First.","definition":{"code":"cat"}}"#
            let tool = "/v1/tools/\(try #require(try await ada.post("/v1/tools", body).string("data.tool_id")))"
            _ = try await ada.patch(tool, #"{"description":"Second.","definition":{"code":"tac"}}"#)
            let first = try await ada.get("\(tool)/versions/1")
            #expect(first.string("data.description") == "First." && first.string("data.definition.code") == "cat")
            #expect(first["data.differs_in"] as? [String] == ["definition", "description"])
            #expect(try await ada.get("\(tool)/versions/2").count("data.differs_in") == 0)

            let text = #"{"skill_md":"---\nname: notes\ndescription: x\n---\nShort."}"#
            let made = try await ada.post("/v1/skills", text)
            let skill = "/v1/skills/\(try #require(made.string("data.skill_id")))"
            _ = try await ada.put("\(skill)/files", #"{"path":"a","content":"a"}"#)
            let empty = try await ada.get("\(skill)/versions/1")
            #expect(empty["data.differs_in"] as? [String] == ["files"])
            #expect(empty.count("data.files") == 0 && empty.string("data.skill_md")?.contains("Short.") == true)
            let present = try await ada.get("\(skill)/versions/2")
            #expect(present.string("data.files.0.sha256")?.hasPrefix("ca978112ca1bbdca") == true)
            #expect(present.number("data.files.0.size") == 1 && present.count("data.differs_in") == 0)
            for path in [tool, skill] {
                #expect(try await ada.get("\(path)/versions/9").status == 404)
                #expect(try await eve.get("\(path)/versions/1").status == 404)
            }
        }
    }
}
