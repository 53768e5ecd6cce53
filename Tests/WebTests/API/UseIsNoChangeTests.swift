import Foundation
import HTTPTypes
import Postgres
import Testing
import Web

/// What is used or tried out is not changed by it: a change that depends on what was seen goes through, and a reader is told
/// of the use. What somebody has changed refuses it still.
@Suite struct UseIsNoChangeTests {
    private typealias Use = () async throws -> Void

    /// Seen, used, changed as it was seen; that once more comes too late. At last it is seen, used and deleted, unless
    /// nobody can delete it there.
    private func follow(
        _ path: String,
        _ change: String,
        as method: HTTPRequest.Method = .patch,
        isDeleted: Bool = true,
        by caller: Caller,
        _ use: Use
    ) async throws {
        let seen = try await used(path, by: caller, use)
        let saved = try await caller.call(method, path, body: change, headers: [.ifMatch: seen])
        #expect(saved.status == 200, "\(path): \(saved.text)")
        let late = try await caller.call(method, path, body: change, headers: [.ifMatch: seen])
        #expect(late.status == 412 && late.string("error.code") == "PRECONDITION_FAILED", "\(path): \(late.text)")
        guard isDeleted else { return }
        let unseen = try await caller.call(.delete, path, body: nil, headers: [.ifMatch: seen])
        #expect(unseen.status == 412, "\(path): \(unseen.text)")
        let known = try await used(path, by: caller, use)
        let deleted = try await caller.call(.delete, path, body: nil, headers: [.ifMatch: known])
        #expect(deleted.status == 204, "\(path): \(deleted.text)")
    }

    /// Its tag from before it was used; readers have another one after that.
    private func used(_ path: String, by caller: Caller, _ use: Use) async throws -> String {
        let seen = try #require(try await caller.get(path).headers[.eTag], "\(path)")
        try await use()
        let later = try await caller.get(path, headers: [.ifNoneMatch: seen])
        #expect(later.status == 200 && later.headers[.eTag] != seen, "\(path) does not tell that it was used")
        return seen
    }

    @Test func thatSomebodySignsInAndTalksChangesNoAccount() async throws {
        try await TestServer.runSite { site in
            let root = try await site.administrator()
            let ada = try await Caller(client: site.client).newcomer("ada")
            let me = try #require(try await ada.get("/v1/users/me").string("data.user_id"))
            func use() async throws {
                _ = try await ada.newConversation()
                #expect(try await ada.signIn("ada@example.com", "correct+horse+9").status == 200)
            }
            try await follow("/v1/users/me", #"{"nickname":"Ada"}"#, as: .put, isDeleted: false, by: ada, use)
            try await follow("/v1/users/\(me)", #"{"nickname":"Countess"}"#, as: .put, by: root, use)
        }
    }

    @Test func thatAProviderIsTriedOutChangesItNot() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let body = #"{"provider":"openai","provider_name":"One","api_key":"sk-secret-1234"}"#
            let id = try #require(try await ada.post("/v1/llm-configs", body).string("data.llm_id"))
            let path = "/v1/llm-configs/\(id)"
            try await follow(path, #"{"provider_name":"Two"}"#, by: ada) {
                let tested = try await ada.post("\(path)/test")
                #expect(tested.string("data.test_status") == "success")
            }
        }
    }

    /// Nobody is told a key, and who saw the provider with another one has not seen it as it is.
    @Test func anotherKeyIsAChange() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let body = #"{"provider":"openai","provider_name":"One","api_key":"sk-secret-1234"}"#
            let id = try #require(try await ada.post("/v1/llm-configs", body).string("data.llm_id"))
            let path = "/v1/llm-configs/\(id)"
            let seen = try #require(try await ada.get(path).headers[.eTag])
            #expect(try await ada.patch(path, #"{"api_key":"sk-other-1234"}"#).status == 200)
            let late = try await ada.patch(path, #"{"provider_name":"Two"}"#, headers: [.ifMatch: seen])
            #expect(late.status == 412, "\(late.text)")
        }
    }

    @Test func thatMoneyIsSpentChangesNoBudget() async throws {
        try await TestServer.runSite { site in
            let ada = try await Caller(client: site.client).newcomer("ada")
            let made = try await ada.post("/v1/budgets", #"{"scope":"user","period":"total","amount":5}"#)
            let path = "/v1/budgets/\(try #require(made.string("data.budget_id")))"
            // As the end of a call writes it.
            let spending: Query = """
                insert into budget_spending as s (budget_id, period_key, spent)
                select budget_id, budget_period_key(period, null), 1 from budgets
                on conflict (budget_id, period_key) do update set spent = s.spent + 1
                """
            try await follow(path, #"{"amount":7}"#, by: ada) {
                try await site.database.administrator.query(spending)
            }
        }
    }

    @Test func thatAnMCPServerAnswersChangesItNot() async throws {
        try await TestServer.runSite { site in
            let root = try await site.administrator()
            let body = #"{"name":"made","transport":"http","place":"https://mcp.example.org/mcp","secrets":{"X":"a"}}"#
            let made = try await root.post("/v1/mcp-servers", body)
            let path = "/v1/mcp-servers/\(try #require(made.string("data.server_id"), "\(made.text)"))"
            // As its connection writes it.
            let answer: Query = """
                update mcp_servers set state = 'connected', last_seen_at = clock_timestamp(), latency_ms = 7,
                    title = 'Harbour', resources = '[{"name": "log", "address": "file:///log"}]'
                """
            try await follow(path, #"{"is_trusted":true}"#, isDeleted: false, by: root) {
                try await site.database.administrator.query(answer)
            }
            let seen = try #require(try await root.get(path).headers[.eTag])
            #expect(try await root.patch(path, #"{"secrets":{"X":"b"}}"#).status == 200)
            let late = try await root.call(.delete, path, body: nil, headers: [.ifMatch: seen])
            #expect(late.status == 412, "another secret is a change, though nobody is told it: \(late.text)")
        }
    }

    @Test func thatAKeyIsUsedChangesItNot() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let made = try await ada.post("/v1/api-keys", #"{"name":"x","scopes":["api"]}"#)
            let path = "/v1/api-keys/\(try #require(made.string("data.key_id"), "\(made.text)"))"
            let seen = try await used(path, by: ada) {
                let program = Caller(client: ada.client, token: made.string("data.key"))
                let seen = try await program.get("/v1/users/me")
                #expect(seen.status == 200)
            }
            let shown = try await ada.get(path)
            #expect(shown.string("data.name") == "x" && shown.string("data.last_used_at") != nil)
            #expect(shown.string("data.key") == nil)
            let other = try await ada.call(.delete, path, body: nil, headers: [.ifMatch: "\"other\""])
            #expect(other.status == 412, "\(other.text)")
            let revoked = try await ada.call(.delete, path, body: nil, headers: [.ifMatch: seen])
            #expect(revoked.status == 204, "\(revoked.text)")
            #expect(try await ada.get(path).status == 404)
        }
    }

    /// What one lets an agent do with a tool is a rule, and no part of how the agent has it.
    @Test func aRuleOnAnAgentsToolChangesItNot() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let body = #"{"name":"scout","instruction":"Look."}"#
            let agent = "/v1/agents/\(try #require(try await ada.post("/v1/agents", body).string("data.agent_id")))"
            let draft = #"{"name":"mine","description":"x","definition":{"code":"cat"}}"#
            let tool = try #require(try await ada.post("/v1/tools", draft).string("data.tool_id"))
            #expect(try await ada.post("\(agent)/tools", #"{"tool_id":"\#(tool)"}"#).status == 201)
            let path = "\(agent)/tools/\(tool)"
            #expect(try await ada.get(path).string("data.name") == "mine")
            #expect(try await caller.newcomer("bob").get(path).status == 404)
            var decisions = ["deny", "ask"]
            try await follow(path, #"{"is_enabled":false}"#, by: ada) {
                let rule = #"{"decision":"\#(decisions.removeFirst())"}"#
                let ruled = try await ada.put("\(agent)/tools/mine/policy", rule)
                #expect(ruled.status == 200)
            }
        }
    }

    @Test func thatSomebodyIsStillSignedInChangesNoList() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let path = "/v1/users/me/sessions"
            var refresh = try await caller.signIn("ada@example.com", "correct+horse+9").string("data.refresh_token")
            let seen = try await used(path, by: ada) {
                let body = #"{"refresh_token":"\#(refresh ?? "")"}"#
                let next = try await caller.post("/v1/login/refresh-token", body)
                refresh = try #require(next.string("data.refresh_token"))
            }
            let ended = try await ada.call(.delete, path, body: nil, headers: [.ifMatch: seen])
            #expect(ended.status == 204, "\(ended.text)")
            let known = try #require(try await ada.get(path).headers[.eTag])
            #expect(try await caller.signIn("ada@example.com", "correct+horse+9").status == 200)
            let late = try await ada.call(.delete, path, body: nil, headers: [.ifMatch: known])
            #expect(late.status == 412, "somebody has signed in whom they have not seen")
        }
    }
}
