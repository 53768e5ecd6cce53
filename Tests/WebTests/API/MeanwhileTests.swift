import Foundation
import HTTPTypes
import Postgres
import Testing
import Web

/// Between the look at what a change depends on and the change, somebody else changes it: a page's form, the writer of
/// titles, a program that says nothing of what it has seen.
@Suite struct MeanwhileTests {
    private struct Place: Sendable {
        let path: String
        let method: HTTPRequest.Method
        var body: String?
        /// As somebody else writes it.
        let writing: [Query]

        init(_ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, writing: Query...) {
            (self.method, self.path, self.body, self.writing) = (method, path, body, writing)
        }
    }

    /// Refused, as what was written comes first; then done, as it stands by then.
    private func follow(_ places: [Place], by caller: Caller, at site: TestSite) async throws {
        for place in places {
            let name = "\(place.method) \(place.path)"
            let seen = try #require(try await caller.get(place.path).headers[.eTag], "\(name)")
            let late = try await site.database.administrator.transaction { transaction in
                for statement in place.writing { _ = try await transaction.query(statement) }
                let late = Task {
                    try await caller.call(place.method, place.path, body: place.body, headers: [.ifMatch: seen])
                }
                try await site.database.waitForLocks(1)
                return late
            }
            let refused = try await late.value
            #expect(refused.status == 412, "\(name): \(refused.text)")
            #expect(refused.string("error.code") == "PRECONDITION_FAILED", "\(name)")
            let now = try #require(try await caller.get(place.path).headers[.eTag], "\(name)")
            #expect(now != seen, "\(name) does not tell what was written")
            let done = try await caller.call(place.method, place.path, body: place.body, headers: [.ifMatch: now])
            #expect([200, 204].contains(done.status), "\(name): \(done.text)")
        }
    }

    private func made(_ caller: Caller, _ path: String, _ body: String, _ id: String) async throws -> String {
        let answer = try await caller.post(path, body)
        return "\(path)/\(try #require(answer.string("data.\(id)"), "\(path): \(answer.text)"))"
    }

    @Test func whatATalkHas() async throws {
        try await TestServer.runSite { site in
            let ada = try await Caller(client: site.client).newcomer("ada")
            try await ada.addModel()
            let talk = "/v1/conversations/\(try await ada.newConversation())"
            #expect(try await ada.post("\(talk)/messages", #"{"content":"echo hello"}"#).status == 201)
            let said = try #require(try await ada.get("\(talk)/messages").string("data.1.message_id"))
            let brought = try await ada.call(
                .post,
                "\(talk)/files",
                body: RouteWorld.upload,
                headers: [.contentType: "multipart/form-data; boundary=part"]
            )
            let file = try #require(brought.string("data.0.file_id"), "\(brought.text)")
            #expect(try await ada.put("\(talk)/variables/place", #"{"value":0}"#).status == 200)
            let places = [
                Place(.patch, talk, #"{"title":"Mine"}"#, writing: "update conversations set title = 'Written'"),
                Place(
                    .put,
                    "\(talk)/variables/place",
                    #"{"value":1}"#,
                    writing: "update conversation_variables set value = '2'"
                ),
                Place(
                    .delete,
                    "\(talk)/variables/place",
                    writing: "update conversation_variables set value = '3'"
                ),
                Place(.delete, "\(talk)/files/\(file)", writing: "update files set name = 'other.txt'"),
                Place(.delete, "\(talk)/messages/\(said)", writing: "update messages set content = 'Otherwise'"),
                Place(.delete, talk, writing: "update conversations set title = 'Written again'"),
            ]
            try await follow(places, by: ada, at: site)
        }
    }

    @Test func whatAPersonHas() async throws {
        try await TestServer.runSite { site in
            let root = try await site.administrator()
            let me = try await root.get("/v1/users/me")
            let user = try #require(me.string("data.user_id").flatMap { UUID(uuidString: $0) })
            let organisation = try #require(me.string("data.organization_id").flatMap { UUID(uuidString: $0) })
            let key = try await made(root, "/v1/api-keys", #"{"name":"x"}"#, "key_id")
            let line: Query = """
                select pg_advisory_xact_lock(hashtext('alma.tool_policies'), hashtext(\(organisation)::text))
                """
            // Signed in once more, and out at the wrong moment.
            #expect(try await root.signIn("root@example.com", "correct+horse+9").status == 200)
            let places = [
                Place(.put, "/v1/users/me", #"{"nickname":"Root"}"#, writing: "update users set nickname = 'Other'"),
                Place(
                    .patch,
                    "/v1/users/me/preferences",
                    #"{"theme":"dark"}"#,
                    writing: #"update users set preferences = '{"theme":"light","own":1}'"#
                ),
                Place(.delete, key, writing: "update api_keys set name = 'other'"),
                Place(
                    .put,
                    "/v1/users/me/tool-policies",
                    #"{"tool_name":"dig","decision":"ask"}"#,
                    writing: line,
                    """
                    insert into tool_policies (policy_id, org_id, user_id, tool_name, by_organisation, decision)
                    values (gen_random_uuid(), \(organisation), \(user), 'sow', false, 'ask')
                    """
                ),
                Place(
                    .delete,
                    "/v1/users/me/sessions",
                    writing: """
                        update refresh_tokens set revoked_at = now()
                        where token_id = (select token_id from refresh_tokens order by token_id desc limit 1)
                        """
                ),
            ]
            try await follow(places, by: root, at: site)
        }
    }

    @Test func whatAnOrganisationHas() async throws {
        try await TestServer.runSite { site in
            let root = try await site.administrator()
            try await root.addModel()
            let model = try #require(try await root.get("/v1/models").string("data.0.model_id"))
            let ada = try #require(
                try await Caller(client: site.client).newcomer("ada").get("/v1/users/me").string("data.user_id")
            )
            let organisation = try #require(
                try await root.get("/v1/users/me").string("data.organization_id").flatMap { UUID(uuidString: $0) }
            )
            let team = try await made(root, "/v1/organizations", #"{"name":"Team"}"#, "organization_id")
            #expect(try await root.post("\(team)/members", #"{"user_id":"\#(ada)"}"#).status < 300)
            let body = #"{"name":"made","transport":"http","place":"https://mcp.example.org/mcp"}"#
            let server = try await made(root, "/v1/mcp-servers", body, "server_id")
            let person = try #require(UUID(uuidString: ada))
            let group = try #require(UUID(uuidString: String(team.suffix(36))))
            let ofAda: Query = "where user_id = \(person) and org_id = \(group)"
            let places = [
                Place(
                    .patch,
                    "\(team)/members/\(ada)",
                    #"{"role":"owner"}"#,
                    writing: "update memberships set role = 'admin' \(ofAda)"
                ),
                Place(.delete, "\(team)/members/\(ada)", writing: "update memberships set role = 'member' \(ofAda)"),
                Place(.patch, server, #"{"is_trusted":true}"#, writing: "update mcp_servers set place = place || '/'"),
                Place(.delete, server, writing: "update mcp_servers set is_trusted = false"),
                Place(
                    .put,
                    "/v1/tool-policies",
                    #"{"tool_name":"dig","decision":"ask"}"#,
                    writing: """
                        select pg_advisory_xact_lock(hashtext('alma.tool_policies'), hashtext(\(organisation)::text))
                        """,
                    """
                    insert into tool_policies (policy_id, org_id, tool_name, by_organisation, decision)
                    values (gen_random_uuid(), \(organisation), 'sow', true, 'ask')
                    """
                ),
                Place(
                    .put,
                    "/v1/instructions",
                    #"{"organization":"Be kind."}"#,
                    writing: "select pg_advisory_xact_lock(hashtext('alma.instructions'))",
                    "update organisations set instruction = 'Be brief.'"
                ),
                Place(
                    .patch,
                    "/v1/models/defaults",
                    #"{"writing":"\#(model)"}"#,
                    writing: "update organisations set default_model_id = null"
                ),
                Place(
                    .put,
                    "/v1/settings/tools",
                    #"{"members_may_make":true}"#,
                    writing: "update organisations set members_make_tools = not members_make_tools"
                ),
            ]
            try await follow(places, by: root, at: site)
        }
    }

    @Test func whatAnAgentHas() async throws {
        try await TestServer.runSite { site in
            let ada = try await Caller(client: site.client).newcomer("ada")
            let agent = try await made(ada, "/v1/agents", #"{"name":"scout","instruction":"Look."}"#, "agent_id")
            let draft = #"{"name":"mine","description":"x","definition":{"code":"cat"}}"#
            let tool = try #require(try await ada.post("/v1/tools", draft).string("data.tool_id"))
            #expect(try await ada.post("\(agent)/tools", #"{"tool_id":"\#(tool)"}"#).status == 201)
            let skill = #"{"skill_md":"---\nname: notes\ndescription: x\n---\nDo it."}"#
            #expect(try await ada.post("/v1/skills", skill).status == 201)
            #expect(try await ada.put("\(agent)/skills", #"{"skills":["notes"]}"#).status == 200)
            let id = try #require(UUID(uuidString: String(agent.suffix(36))))
            let places = [
                Place(
                    .patch,
                    "\(agent)/tools/\(tool)",
                    #"{"is_enabled":true}"#,
                    writing: "update agent_tools set is_enabled = false where agent_id = \(id)"
                ),
                Place(
                    .delete,
                    "\(agent)/tools/\(tool)",
                    writing: "update agent_tools set is_enabled = false where agent_id = \(id)"
                ),
                Place(.put, "\(agent)/skills", #"{"skills":[]}"#, writing: "delete from agent_skills"),
                Place(
                    .put,
                    "\(agent)/network",
                    #"{"hosts":["a.example.org"]}"#,
                    writing: "select pg_advisory_xact_lock(hashtext('alma.agent_networks'), hashtext(\(id)::text))",
                    """
                    insert into agent_networks (org_id, user_id, agent_id, hosts)
                    select org_id, user_id, agent_id, array['b.example.org'] from agents where agent_id = \(id)
                    """
                ),
                Place(
                    .delete,
                    agent,
                    writing: "update agents set version = version + 1, instruction = 'x' where agent_id = \(id)"
                ),
            ]
            try await follow(places, by: ada, at: site)
        }
    }

    /// Nothing is stopped in a talk that is not deleted; what is at work in one that is comes to an end.
    @Test func whatIsAtWorkInATalkThatStaysGoesOn() async throws {
        try await TestServer.runSite { site in
            let ada = try await Caller(client: site.client).newcomer("ada")
            try await ada.addModel()
            let talk = "/v1/conversations/\(try await ada.newConversation())"
            let later: HTTPFields = [.prefer: "respond-async"]
            let begun = try await ada.post("\(talk)/messages", #"{"content":"wait"}"#, headers: later)
            let run = "/v1/runs/\(try #require(begun.string("data.run_id"), "\(begun.text)"))"
            try await eventually("it is at work") { try await ada.get(run).string("data.state") == "running" }
            let seen = try #require(try await ada.get(talk).headers[.eTag])
            let late = try await site.database.administrator.transaction { transaction in
                _ = try await transaction.query("update conversations set title = 'Written'")
                let late = Task { try await ada.call(.delete, talk, body: nil, headers: [.ifMatch: seen]) }
                try await site.database.waitForLocks(1)
                return late
            }
            #expect(try await late.value.status == 412)
            let asked = try await site.database.administrator.query(
                "select count(*)::int as asked from runs where cancel_requested_at is not null"
            )
            #expect(try asked.first?.get("asked", as: Int.self) == 0)
            #expect(try await ada.delete(talk).status == 204)
            #expect(try await ada.get(run).status == 404)
        }
    }

    @Test func whatIsLeftOutOfAProfileStaysAsSomebodyElseMakesIt() async throws {
        try await TestServer.runSite { site in
            let ada = try await Caller(client: site.client).newcomer("ada")
            let save = try await site.database.administrator.transaction { transaction in
                _ = try await transaction.query("update users set nickname = 'Countess'")
                let save = Task { try await ada.put("/v1/users/me", #"{"timezone":"Europe/London"}"#) }
                try await site.database.waitForLocks(1)
                return save
            }
            let saved = try await save.value
            #expect(saved.status == 200 && saved.string("data.timezone") == "Europe/London", "\(saved.text)")
            #expect(saved.string("data.nickname") == "Countess")
        }
    }
}
