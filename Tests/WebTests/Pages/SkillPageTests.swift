import Foundation
import HTTPTypes
import Testing

@Suite struct SkillPageTests {
    private static let text = "---\r\nname: notes\r\ndescription: How we <write> them.\r\n---\r\nShort."

    @Test func aSkillIsMadeAndGivenToAnAgent() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            try await visitor.get("/skills/new")
            let wrong = try await visitor.submit("/skills/new", [("skill_md", "Just <text>")])
            #expect(wrong.status == 422 && wrong.text.contains("Just &lt;text&gt;"))
            #expect(wrong.text.contains(#"id="skill_md-error""#))
            let made = try await visitor.post("/skills/new", [("skill_md", Self.text)])
            #expect(made.text.contains("<h1>notes</h1>"))
            let address = String(visitor.address.prefix { $0 != "?" })
            let refused = try await visitor.submit(address + "/files", [("path", "../x"), ("content", "kept")])
            #expect(refused.status == 422 && refused.text.contains("kept") && refused.text.contains(#"value="../x""#))
            let added = try await visitor.post(address + "/files", [("path", "a.py"), ("content", "print(1)")])
            #expect(added.text.contains("a.py") && added.text.contains("8 bytes"))
            let form = try await visitor.get("/agents/new")
            #expect(form.text.contains("How we &lt;write&gt; them."))
            try await visitor.post(
                "/agents/new",
                [("display_name", "Host"), ("instruction", "x"), ("active", "1"), ("skill", "notes")]
            )
            let agent = String(visitor.address.prefix { $0 != "?" })
            #expect(try await visitor.get(agent + "/edit").text.contains(#"name="skill" value="notes" checked"#))
            try await visitor.get(address)
            let without = try await visitor.post(address + "/files/deletion", [("path", "a.py")])
            #expect(!without.text.contains("8 bytes"))
            try await visitor.get(address + "/deletion")
            #expect(!(try await visitor.post(address + "/deletion")).text.contains(address))
        }
    }

    @Test func theSameOverTheAPI() async throws {
        try await TestServer.run { caller in
            let program = try await caller.newcomer("one")
            let body = #"{"skill_md":"---\nname: notes\ndescription: x\n---\nShort."}"#
            let made = try await program.post("/v1/skills", body)
            #expect(made.status == 201)
            #expect(try await program.post("/v1/skills", body).status == 409)
            #expect(try await program.post("/v1/skills", #"{"skill_md":"x"}"#).status == 422)
            let path = "/v1/skills/\(made.string("data.skill_id") ?? "")"
            let put = try await program.put(path + "/files", #"{"path":"a","content_base64":"AP8="}"#)
            #expect(put.text.contains(#"{"path":"a","size":2}"#))
            let agent = try await program.post("/v1/agents", #"{"name":"host","instruction":"x"}"#)
            let skills = "/v1/agents/\(agent.string("data.agent_id") ?? "")/skills"
            #expect(try await program.put(skills, #"{"skills":["notes"]}"#).text.contains(#""skills":["notes"]"#))
            #expect(try await program.put(skills, #"{"skills":["none"]}"#).status == 422)
            #expect(try await program.delete(path).status == 204)
        }
    }

    @Test func aFolderIsUploadedReplacedAndGivenAgain() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            let head = #""---\nname: tides\ndescription: How they are read.\n---\nLook.""#
            let archive = try ZipReaderTests.packed(
                "z.writestr('tides/SKILL.md', \(head)); z.writestr('tides/a.py', 'print(1)')"
            )
            try await visitor.get("/skills/new")
            let forged = try await visitor.submitFiles("/skills/upload", [], [("t.zip", archive)], proof: "forged")
            #expect(forged.status == 403)
            let none = try await visitor.submitFiles("/skills/upload", [], [("", [])])
            #expect(none.status == 422 && none.text.contains(#"id="file-error""#))
            let wrong = try await visitor.submitFiles("/skills/upload", [], [("t.zip", [1, 2, 3])])
            #expect(wrong.status == 422 && wrong.text.contains("This is no zip archive."))
            let sent = try await visitor.submitFiles("/skills/upload", [], [("t.zip", archive)])
            let address = try #require(sent.headers[.location]).prefix { $0 != "?" }
            let page = try await visitor.get(String(address))
            #expect(page.text.contains("<h1>tides</h1>") && page.text.contains("a.py"))
            let other = try ZipReaderTests.packed("z.writestr('SKILL.md', \(head.replacing("Look", with: "Ask")))")
            let replaced = try await visitor.submitFiles("\(address)/archive", [], [("t.zip", other)])
            #expect(replaced.status == 303)
            let second = try await visitor.get(String(address))
            #expect(second.text.contains("Ask.") && !second.text.contains("a.py"))
            let back = try await visitor.post("\(address)/versions/1/restoration")
            #expect(back.text.contains("Look.") && back.text.contains("a.py"))
            let download = try await visitor.look("\(address)/archive")
            #expect(download.headers[.contentDisposition]?.contains("tides.zip") == true)
            #expect(download.headers[.contentType] == "application/octet-stream")

            try await visitor.get("/agents/new")
            try await visitor.post("/agents/new", [("display_name", "Host"), ("instruction", "x"), ("active", "1")])
            let agent = String(visitor.address.prefix { $0 != "?" })
            #expect(try await visitor.get(agent).text.contains("How they are read."))
            let chosen = try await visitor.post(agent + "/skills", [("skill", "tides")])
            #expect(chosen.text.contains(#"name="skill" value="tides" checked"#))
            #expect(try await visitor.get(String(address)).text.contains(#"href="\#(agent)">Host"#))
            let cleared = try await visitor.post(agent + "/skills")
            #expect(!cleared.text.contains("checked"))
        }
    }
}
