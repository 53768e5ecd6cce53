import Engine
import Foundation
import Postgres
import Storage
import Testing

/// The audit of tool calls, and what it adds up to.
@Suite struct ToolCallTests {
    private func record(
        _ call: String,
        tool: String = "dig",
        result: String = "earth",
        succeeded: Bool = true,
        isCached: Bool = false
    ) -> ToolCallRecord {
        ToolCallRecord(
            callID: call,
            toolName: tool,
            input: #"{"where":"here"}"#,
            result: result,
            decision: .allowed,
            succeeded: succeeded,
            isCached: isCached,
            seconds: 0.5,
            calledAt: Date()
        )
    }

    @Test func aCallIsWrittenOnceWithItsEvent() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let claimed = try await store.claimedRun(by: user.principal)
            var batch = claimed.words(["a"])
            batch.toolCalls = [record("c1"), record("c2", result: "\0 \u{1F600}", succeeded: false)]
            #expect(try await store.append([batch]).isEmpty)
            // The answer to the first one got lost; and a writer whose time has passed says nothing.
            #expect(try await store.append([batch]).isEmpty)
            var late = claimed.words(["b"], after: 3)
            late.epoch -= 1
            late.toolCalls = [record("c3")]
            #expect(try await store.append([late]) == [claimed.run.id])
            let calls = try await store.toolCalls(ToolCallFilter(), page: Page(), by: user.principal)
            #expect(calls.total == 2)
            let first = try #require(calls.items.first { $0.callID == "c1" })
            // `printf earth | sha256sum`
            #expect(first.resultDigest == "7b74b418a352d67108173c20c1b16b4b726bad8606be65711ff924dbf9a40670")
            #expect(first.resultBytes == 5)
            #expect(first.input == #"{"where":"here"}"# && first.decision == .allowed && first.seconds == 0.5)
            #expect(first.userID == user.id && first.agentID == claimed.run.agentID)
        }
    }

    @Test func theLastCallsOfARunAreNotLost() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let claimed = try await store.claimedRun(by: user.principal)
            var rest = claimed.suspended([ToolCall(id: "q", name: "ask", arguments: "{}")])
            rest.toolCalls = [record("c1")]
            #expect(try await store.suspend(rest))
            let other = try await store.claimedRun(by: user.principal)
            var outcome = other.outcome("a", after: 2)
            outcome.toolCalls = [record("c2", tool: "fly")]
            #expect(try await store.finish(outcome))
            let calls = try await store.toolCalls(ToolCallFilter(), page: Page(), by: user.principal)
            #expect(Set(calls.items.map(\.toolName)) == ["dig", "fly"])
            let filtered = try await store.toolCalls(ToolCallFilter(tool: "fly"), page: Page(), by: user.principal)
            #expect(filtered.items.map(\.callID) == ["c2"] && filtered.total == 1)
        }
    }

    @Test func useIsCountedByToolAndAgent() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let claimed = try await store.claimedRun(by: user.principal)
            var batch = claimed.words(["a"])
            batch.toolCalls = [
                record("c1"), record("c2", isCached: true), record("c3", succeeded: false), record("c4", tool: "fly"),
            ]
            _ = try await store.append([batch])
            let use = try await store.toolUse(by: user.principal)
            #expect(use.map(\.toolName) == ["dig", "fly"])
            #expect(use[0].calls == 3 && use[0].failedCalls == 1 && use[0].cachedCalls == 1)
            #expect(use[0].agentID == claimed.run.agentID && use[0].agentName == "Assistant")
            #expect(try await store.toolUse(tool: "fly", by: user.principal).count == 1)
            #expect(try await store.toolUse(agent: .v7(), by: user.principal).isEmpty)
        }
    }

    @Test func whoSeesWhat() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (user, stranger) = (try await store.person(), try await store.person("eve"))
            let administrator = try await store.person("root", isSuperuser: true)
            let claimed = try await store.claimedRun(by: user.principal)
            var batch = claimed.words(["a"])
            batch.toolCalls = [record("c1")]
            _ = try await store.append([batch])
            func count(_ principal: Principal) async throws -> Int {
                try await store.toolCalls(ToolCallFilter(), page: Page(), by: principal).total
            }
            #expect(try await count(user.principal) == 1)
            #expect(try await count(stranger.principal) == 0)
            #expect(try await count(administrator.principal) == 1)
            // Not even by a question that forgets to ask who asks.
            let colleague = Principal.member(
                user: stranger.id,
                organisation: user.organisationID,
                isSuperuser: false
            )
            #expect(try await count(colleague) == 0)
            #expect(try await store.toolUse(by: stranger.principal).isEmpty)
        }
    }

    @Test func whatWasSaidGoesWithTheConversation() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let claimed = try await store.claimedRun(by: user.principal)
            var outcome = claimed.outcome("a", after: 2)
            outcome.toolCalls = [record("c1")]
            #expect(try await store.finish(outcome))
            #expect(try await store.deleteConversation(claimed.run.conversationID, by: user.principal))
            let call = try await store.toolCalls(ToolCallFilter(), page: Page(), by: user.principal).items.first
            #expect(call?.callID == "c1" && call?.input == nil && call?.inputBytes == 16)
        }
    }

    @Test func anOrganisationsRulesAreItsLeadersToSay() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (user, stranger) = (try await store.person(), try await store.person("eve"))
            let own = user.principal
            #expect(try await store.setOrganisationPolicy(.deny, for: .init(tool: "dig"), by: own))
            #expect(try await store.setOrganisationPolicy(.ask, for: .init(level: .readOnly), patience: 60, by: own))
            #expect(try await store.setOrganisationPolicy(.allow, for: .init(level: .readOnly), by: own))
            let rules = try await store.organisationPolicies(by: own)
            #expect(rules.map(\.decision) == [.allow, .deny] && rules.map(\.toolName) == [nil, "dig"])
            #expect(rules[0].expiresAfter == 60, "nothing was said of it")
            let claimed = try await store.claimedRun(by: own)
            #expect(try await store.brief(for: claimed).policy.rules.count == 2)
            let colleague = Principal.member(
                user: stranger.id,
                organisation: user.organisationID,
                isSuperuser: false
            )
            try await database.administrator.query(
                "insert into memberships (org_id, user_id) values (\(user.organisationID), \(stranger.id))"
            )
            #expect(try await !store.setOrganisationPolicy(.allow, for: .init(tool: "dig"), by: colleague))
            #expect(try await store.organisationPolicies(by: stranger.principal).isEmpty)
            #expect(try await store.setOrganisationPolicy(nil, for: .init(tool: "dig"), by: own))
            #expect(try await store.organisationPolicies(by: own).count == 1)
        }
    }
}
