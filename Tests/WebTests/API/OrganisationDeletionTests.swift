import Foundation
import HTTPTypes
import Postgres
import Storage
import Testing
import Web

/// An organisation that is deleted with all that is alive in it, and opened again.
@Suite(.timeLimit(.minutes(10))) struct OrganisationDeletionTests {
    /// Two people in it, a key, a link to join by, a browser that works in it, and an answer that is being written.
    private struct Team {
        let root: Caller
        let owner: Caller
        let program: Caller
        let visitor: Visitor
        let id: String
        let run: String
        let token: String

        var path: String { "/v1/organizations/\(id)" }
        var within: HTTPFields { [.organisation: id] }

        init(_ site: TestSite) async throws {
            let caller = Caller(client: site.client)
            let root = try await site.administrator()
            let owner = try await caller.newcomer("owner")
            let member = try await caller.newcomer("member")
            let made = try await owner.post("/v1/organizations", #"{"name":"Harbour"}"#)
            let id = try #require(made.string("data.organization_id"))
            let person = try #require(try await member.get("/v1/users/me").string("data.user_id"))
            let taken = try await root.post("/v1/organizations/\(id)/members", #"{"user_id":"\#(person)"}"#)
            #expect(taken.status == 204, "\(taken.text)")
            let within: HTTPFields = [.organisation: id]
            let key = try await owner.post("/v1/api-keys", #"{"name":"x","scopes":["api"]}"#, headers: within)
            var program = caller
            program.token = try #require(key.string("data.key"))
            let link = try await owner.post("/v1/organizations/\(id)/invitations")
            let token = try #require(link.string("data.url")?.split(separator: "=").last)
            let visitor = Visitor(caller)
            try await visitor.get("/sign-in")
            try await visitor.post("/sign-in", [("email", "owner@example.com"), ("password", "correct horse 9")])
            try await visitor.get("/organisations")
            try await visitor.post("/organisations/\(id)/entry")
            try await program.addModel()
            let talk = try await program.newConversation()
            let sent = try await program.post(
                "/v1/conversations/\(talk)/messages",
                #"{"content":"wait"}"#,
                headers: [.prefer: "respond-async"]
            )
            let run = try #require(sent.string("data.run_id"))
            try await eventually("the run is at work") {
                try await program.get("/v1/runs/\(run)").string("data.state") == "running"
            }
            (self.root, self.owner, self.program, self.visitor) = (root, owner, program, visitor)
            (self.id, self.run, self.token) = (id, run, String(token))
        }

        /// All that was alive in it is not any more, and its people are still somewhere.
        func expectClosed(_ site: TestSite) async throws {
            #expect(try await owner.get(path).status == 404)
            #expect(try await owner.get("/v1/agents", headers: within).status == 403)
            #expect(try await program.get("/v1/users/me").status == 401, "its key is gone")
            let joining = try await owner.post("/v1/invitations/acceptance", #"{"token":"\#(token)"}"#)
            #expect(joining.status == 422, "the link is gone")
            #expect(try await visitor.look("/").status == 200, "still signed in")
            let homes = try await site.database.administrator.query(
                """
                select count(*)::int from sessions s join users u using (user_id)
                where u.email = 'owner@example.com' and s.org_id = u.home_org_id
                """
            )
            #expect(try homes[0].get(0) == 1)
            let run = try #require(UUID(uuidString: run))
            func state() async throws -> String {
                try await site.database.administrator.query("select state from runs where run_id = \(run)")[0].get(0)
            }
            try await eventually("the run is cancelled") { try await state() == "cancelled" }
        }

        func expectOpen(_ site: TestSite) async throws {
            #expect(try await owner.get(path).string("data.role") == "owner")
            #expect(try await owner.get("\(path)/members").count("data") == 2)
            #expect(
                try await owner.get("/v1/llm-configs", headers: within).count("data") == 1,
                "what was in it is there"
            )
            #expect(try await program.get("/v1/users/me").status == 401, "what was taken away is not")
            let rows = try await site.database.administrator.query(
                "select action, detail::text from audit_events where target = \(id) order by audit_id"
            )
            let acts: [String] = try rows.map { try $0.get(0) }
            #expect(acts.suffix(2) == ["organization.deleted", "organization.restored"])
            #expect(try rows[rows.count - 2].get(1, as: String.self).contains("Harbour"))
        }
    }

    @Test func byTheAPI() async throws {
        try await TestServer.runSite { site in
            let team = try await Team(site)
            #expect(try await team.root.post("\(team.path)/restoration").status == 404, "it is open")
            #expect(try await team.owner.delete(team.path).status == 204)
            #expect(try await team.owner.delete(team.path).status == 404)
            try await team.expectClosed(site)
            #expect(try await team.root.get(team.path).string("data.kept_until") != nil)
            #expect(try await team.owner.post("\(team.path)/restoration").status == 403)
            let opened = try await team.root.post("\(team.path)/restoration")
            #expect(opened.status == 200 && opened.string("data.name") == "Harbour")
            #expect(opened["data.kept_until"] == nil)
            try await team.expectOpen(site)
            let events = try await team.root.get("/v1/audit/events?action=organization.restored")
            #expect(events.count("data") == 1, "\(events.text)")
        }
    }

    @Test func forGoodWhenItsTimeIsOver() async throws {
        try await TestServer.runSite { site in
            let team = try await Team(site)
            #expect(try await team.owner.delete(team.path).status == 204)
            try await team.expectClosed(site)
            #expect(try await site.store.purgeOrganisations() == 0)
            try await site.database.administrator.query(
                "update organisations set kept_until = now() where kept_until is not null"
            )
            #expect(try await site.store.purgeOrganisations() == 1)
            #expect(try await team.root.get(team.path).status == 404)
            #expect(try await team.root.post("\(team.path)/restoration").status == 404)
            #expect(try await team.owner.get("/v1/organizations").count("data") == 1)
        }
    }

    @Test func byPages() async throws {
        try await TestServer.runSite { site in
            let team = try await Team(site)
            let question = try await team.visitor.get("/organisations/\(team.id)/deletion")
            #expect(question.text.contains("Harbour") && question.text.contains("2 members"))
            #expect(question.text.contains("For \(Store.organisationDays) days"))
            let deleted = try await team.visitor.post("/organisations/\(team.id)/deletion")
            #expect(deleted.status == 200 && team.visitor.address.hasPrefix("/organisations?"))
            try await team.expectClosed(site)
            let root = Visitor(Caller(client: site.client))
            try await root.get("/sign-in")
            try await root.post("/sign-in", [("email", "root@example.com"), ("password", "correct horse 9")])
            let all = try await root.get("/admin/organisations")
            #expect(all.text.contains("/organisations/\(team.id)"))
            let closed = try await root.get("/organisations/\(team.id)")
            #expect(closed.text.contains("/admin/organisations/\(team.id)/restoration"))
            #expect(closed.text.contains("it can be opened again"))
            let opened = try await root.post("/admin/organisations/\(team.id)/restoration")
            #expect(opened.status == 200 && root.address.hasPrefix("/organisations/\(team.id)"))
            try await team.expectOpen(site)
        }
    }
}
