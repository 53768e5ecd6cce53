import Foundation
import Postgres
import Testing

@testable import Web

/// Long lists to choose from, and what pages count of agents, runs and people.
@Suite(.timeLimit(.minutes(10))) struct ChoicePageTests {
    @Test func manyAgentsHavePagesAndCanAllBeChosen() async throws {
        try await TestServer.runSite { site in
            let visitor = Visitor(Caller(client: site.client))
            try await visitor.register("one")
            try await visitor.addModel()
            try await site.database.administrator.query(
                """
                insert into agents (agent_id, org_id, user_id, name, display_name, description, instruction, created_at)
                select gen_random_uuid(), home_org_id, user_id, 'a' || n, 'Agent ' || n, '', '',
                    now() + n * interval '1 s'
                from users, generate_series(1, 130) n
                """
            )
            let first = try await visitor.get("/agents").text
            #expect(first.contains(#"rel="next" href="/agents?page=2""#) && !first.contains(">Agent 130</a>"))
            let second = try await visitor.get("/agents?page=2").text
            #expect(second.contains(">Agent 130</a>") && second.contains(#"rel="prev" href="/agents?page=1""#))
            #expect(!second.contains(">Agent 1</a>") && !second.contains(#"rel="next""#))
            #expect(try await visitor.get("/").text.contains(">Agent 130</option>"))
            #expect(try await visitor.get("/agents/new").text.contains(#"name="team" value="a130""#))
        }
    }

    @Test func whereNotAllAreOfferedThePagesSaySo() async throws {
        try await TestServer.runSite { site in
            let visitor = Visitor(Caller(client: site.client))
            try await visitor.register("one")
            try await visitor.addModel()
            let line = "Only the first 500 agents can be chosen here."
            #expect(try await !visitor.get("/").text.contains(line))
            try await site.database.administrator.query(
                """
                insert into agents (agent_id, org_id, user_id, name, display_name, description, instruction)
                select gen_random_uuid(), home_org_id, user_id, 'a' || n, 'Agent ' || n, '', ''
                from users, generate_series(1, 520) n
                """
            )
            #expect(try await visitor.get("/").text.contains(line))
            #expect(try await visitor.get("/agents/new").text.contains(line))
        }
    }

    @Test func anAgentsPageTellsOfTheLastDaysAndLeadsToRunsAndUsage() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            try await visitor.addModel()
            let list = try await visitor.get("/agents").text
            let address = String(try #require(list.firstMatch(of: /href="(\/agents\/[0-9a-f-]{36})">Assistant/)).1)
            let before = try await visitor.get(address).text
            #expect(before.contains("Yours, last 30 days") && !before.contains("Median time"))
            _ = try await visitor.start("echo hello")
            try await eventually("the run is counted") {
                try await visitor.get(address).text.contains("<dt>Median time</dt>")
            }
            let page = try await visitor.get(address).text
            let month = try #require(page.firstMatch(of: /(?s)id="month".*?<\/section>/)).0
            #expect(month.contains("<dt>Runs</dt><dd>1</dd>") && month.contains("<dt>Finished</dt><dd>100%</dd>"))
            let links = month.matches(of: /href="([^"]+)"/).map { String($0.1).replacing("&amp;", with: "&") }
            #expect(links.count == 2)
            let runs = try await visitor.get(links[0])
            #expect(runs.text.contains(#"href="/runs/"#) && runs.text.contains("Assistant"))
            #expect(try await visitor.get(links[1]).text.contains("<dt>Runs</dt><dd>1</dd>"))
        }
    }

    @Test func peopleAreNarrowedDownToAnOrganisation() async throws {
        try await TestServer.runSite { site in
            let root = try await site.administrator()
            let other = Visitor(root)
            try await other.register("one")
            let visitor = Visitor(root)
            try await visitor.get("/sign-in")
            try await visitor.post("/sign-in", [("email", "root@example.com"), ("password", "correct horse 9")])
            #expect(try await !visitor.get("/admin/users").text.contains(#"<select id="organisation""#))
            let made = try await root.post("/v1/organizations", #"{"name":"Harbour <b>"}"#)
            let id = try #require(made.string("data.organization_id"))
            let all = try await visitor.get("/admin/users").text
            #expect(all.contains("<option value=\"\(id)\">Harbour &lt;b&gt;</option>"))
            #expect(all.contains("one@example.com") && all.contains("root@example.com"))
            let some = try await visitor.get("/admin/users?q=&role=&status=&organisation=\(id)&sort=nickname").text
            #expect(some.contains("<option value=\"\(id)\" selected>"))
            #expect(some.contains("root@example.com") && !some.contains("one@example.com"))
            #expect(some.contains("organisation=\(id)"), "the order of the list keeps it")
        }
    }
}
