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
}
