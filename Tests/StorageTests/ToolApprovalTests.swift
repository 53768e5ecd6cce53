import Engine
import Foundation
import Postgres
import Storage
import Testing

/// Runs that wait for a person's word.
@Suite struct ToolApprovalTests {
    private let calls = [
        ToolCall(id: "a", name: "dig", arguments: #"{"depth":1}"#),
        ToolCall(id: "b", name: "dig", arguments: #"{"depth":2}"#),
    ]

    private func dig(_ store: Store) async throws {
        try await store.register([
            ToolSpecification(name: "dig", description: "Digs.", schema: "{}", level: .privileged, effect: .effectful)
        ])
    }

    @Test func aRestingRunIsQueuedWithTheLastAnswer() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let claimed = try await store.claimedRun(by: ada.principal)
            let id = claimed.run.id
            #expect(try await store.suspend(claimed.suspended(calls)))
            // The answer to the first one may have got lost.
            #expect(try await store.suspend(claimed.suspended(calls)))
            #expect(try await store.run(id, by: ada.principal)?.state == .waiting)
            #expect(try await store.claim(worker: .v7(), limit: 5, silence: .zero).isEmpty)
            #expect(try await store.approvals(of: id, by: ada.principal)?.map(\.toolInput) == calls.map(\.arguments))
            let first = try await store.decide(
                ApprovalDecision(.approved, editedInput: #"{"depth":9}"#),
                call: "a",
                of: id,
                by: ada.principal
            )
            #expect(first?.state == .waiting)
            let second = try await store.decide(
                ApprovalDecision(.denied),
                call: "b",
                of: id,
                by: ada.principal
            )
            #expect(second?.state == .queued)
            let again = try #require(try await store.claim(worker: .v7(), limit: 5, silence: .seconds(10)).first)
            #expect(again.run.attempt == 1)
            #expect(again.lastSequence == 4)
            let answers = try await store.brief(for: again).approvals.sorted { $0.callID < $1.callID }
            #expect(answers.map(\.decision) == [.approved, .denied])
            #expect(answers.map(\.editedInput) == [#"{"depth":9}"#, nil])
            #expect(answers.allSatisfy { $0.decidedBy == ada.id })
        }
    }

    @Test func anAnswerCountsOnceAndFromItsOwnerOnly() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, bob) = (try await store.person("ada"), try await store.person("bob"))
            let claimed = try await store.claimedRun(by: ada.principal)
            let id = claimed.run.id
            #expect(try await store.suspend(claimed.suspended([calls[0]])))
            let yes = ApprovalDecision(.approved)
            #expect(try await store.decide(yes, call: "a", of: id, by: bob.principal) == nil)
            #expect(try await store.approvals(of: id, by: bob.principal) == nil)
            #expect(try await store.decide(yes, call: "other", of: id, by: ada.principal) == nil)
            _ = try await store.decide(yes, call: "a", of: id, by: ada.principal)
            await #expect(throws: StorageError.self) {
                try await store.decide(yes, call: "a", of: id, by: ada.principal)
            }
        }
    }

    @Test func answersAtTheSameMomentQueueTheRun() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            for _ in 0..<10 {
                let claimed = try await store.claimedRun(by: ada.principal)
                #expect(try await store.suspend(claimed.suspended(calls)))
                async let one = store.decide(
                    ApprovalDecision(.approved),
                    call: "a",
                    of: claimed.run.id,
                    by: ada.principal
                )
                async let other = store.decide(
                    ApprovalDecision(.approved),
                    call: "b",
                    of: claimed.run.id,
                    by: ada.principal
                )
                _ = try await (one, other)
                #expect(try await store.run(claimed.run.id, by: ada.principal)?.state == .queued)
            }
        }
    }

    @Test func whatIsRememberedIsNotAskedAgain() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, bob) = (try await store.person("ada"), try await store.person("bob"))
            try await dig(store)
            let claimed = try await store.claimedRun(by: ada.principal)
            let agent = claimed.run.agentID
            #expect(try await store.tools(ofAgent: agent, by: ada.principal)?.map(\.decision) == [.ask])
            #expect(try await store.suspend(claimed.suspended([calls[0]])))
            let always = ApprovalDecision(.approved, isRemembered: true)
            _ = try await store.decide(always, call: "a", of: claimed.run.id, by: ada.principal)
            #expect(try await store.tools(ofAgent: agent, by: ada.principal)?.map(\.ownDecision) == [.allow])
            #expect(try await store.tools(ofAgent: agent, by: bob.principal)?.map(\.decision) == [.ask])
            // For this agent: another one that has the tool asks as before.
            let other = try await database.agent(of: ada)
            let tool = try #require(try await store.tools(by: ada.principal).first { $0.name == "dig" })
            #expect(try await store.grantTool(tool.id, to: other, by: ada.principal)?.decision == .ask)
            let policy = try await store.brief(for: store.claimedRun(by: ada.principal)).policy
            let dig = ToolSpecification(
                name: "dig",
                description: "",
                schema: "{}",
                level: .privileged,
                effect: .effectful
            )
            #expect(policy.decision(on: dig, agent: agent) == .allow)
            #expect(policy.decision(on: dig, agent: other) == .ask)
            #expect(try await store.setPolicy(.deny, tool: "dig", agent: agent, by: ada.principal))
            #expect(try await store.tools(ofAgent: agent, by: ada.principal)?.map(\.decision) == [.deny])
            #expect(try await store.setPolicy(nil, tool: "dig", agent: agent, by: ada.principal))
            #expect(try await store.tools(ofAgent: agent, by: ada.principal)?.map(\.decision) == [.ask])
            #expect(try await store.setPolicy(.deny, tool: "other", agent: agent, by: ada.principal) == false)
        }
    }

    @Test func aRunWaitsForDaysAndIsAnswered() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, root) = (try await store.person(), try await store.person("root", isSuperuser: true))
            let claimed = try await store.claimedRun(by: ada.principal)
            #expect(try await store.suspend(claimed.suspended([calls[0]])))
            let past = [
                "runs set created_at = created_at - interval '3 days', started_at = started_at - interval '3 days'",
                "tool_approvals set created_at = created_at - interval '3 days'",
                "conversations set last_message_at = last_message_at - interval '3 days'",
            ]
            for change in past { try await database.administrator.query("update \(unescaped: change)") }
            var settings = try await store.instanceSettings()
            (settings.conversationDays, settings.logDays) = (1, 1)
            #expect(try await store.setInstanceSettings(settings, known: InstanceSettings(), by: root.principal))
            #expect(try await store.applyRetention().conversations == 0)
            #expect(try await store.expireApprovals() == 0)
            #expect(try await store.claim(worker: .v7(), limit: 5, silence: .zero).isEmpty)
            #expect(try await store.pendingApprovals(by: ada.principal).map(\.callID) == ["a"])
            let answer = ApprovalDecision(.approved)
            let answered = try await store.decide(answer, call: "a", of: claimed.run.id, by: ada.principal)
            #expect(answered?.state == .queued)
            let again = try #require(try await store.claim(worker: .v7(), limit: 5, silence: .seconds(10)).first)
            #expect(again.run.id == claimed.run.id && again.run.attempt == 1)
            #expect(try await store.brief(for: again).approvals.map(\.decision) == [.approved])
        }
    }

    @Test func aRunThatWasTakenOverAndRestedGoesOnInTheSameAttempt() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let first = try await store.claimedRun(by: ada.principal)
            let second = try #require(try await store.claim(worker: .v7(), limit: 5, silence: .zero).first)
            #expect(second.run.id == first.run.id && second.run.attempt == 2)
            #expect(try await store.suspend(second.suspended([calls[0]])))
            let decision = ApprovalDecision(.approved)
            _ = try await store.decide(decision, call: "a", of: first.run.id, by: ada.principal)
            let third = try #require(try await store.claim(worker: .v7(), limit: 5, silence: .seconds(10)).first)
            #expect(third.run.attempt == 2)
        }
    }

    @Test func aRestingRunThatIsStoppedIsTakenUpToEnd() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let claimed = try await store.claimedRun(by: ada.principal)
            #expect(try await store.suspend(claimed.suspended(calls)))
            #expect(try await store.requestCancellation(of: claimed.run.id, by: ada.principal)?.state == .stopping)
            let again = try #require(try await store.claim(worker: .v7(), limit: 5, silence: .seconds(10)).first)
            #expect(try await store.brief(for: again).isCancelled)
        }
    }

    @Test func theSameCallIsAskedAboutInItsWay() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            var claimed = try await store.claimedRun(by: ada.principal)
            let id = claimed.run.id
            for (kind, wrong, right) in [
                (CallRequest.Kind.approval, ApprovalDecision(.answered, text: "x"), ApprovalDecision(.approved)),
                (.maybeExecuted, ApprovalDecision(.approved), ApprovalDecision(.again)),
                // It was cut short once more: the first answer does not hold for that.
                (.maybeExecuted, ApprovalDecision(.denied), ApprovalDecision(.done, text: "I saw it.")),
                (.question, ApprovalDecision(.again), ApprovalDecision(.answered, text: "blue")),
            ] {
                #expect(try await store.suspend(claimed.suspended([calls[0]], kind)))
                #expect(try await store.run(id, by: ada.principal)?.state == .waiting)
                await #expect(throws: StorageError.self) {
                    try await store.decide(wrong, call: "a", of: id, by: ada.principal)
                }
                #expect(try await store.pendingApprovals(by: ada.principal).map(\.kind) == [kind])
                #expect(try await store.decide(right, call: "a", of: id, by: ada.principal)?.state == .queued)
                claimed = try #require(try await store.claim(worker: .v7(), limit: 5, silence: .seconds(10)).first)
            }
            let answers = try await store.brief(for: claimed).approvals.sorted { $0.kind.rawValue < $1.kind.rawValue }
            #expect(answers.map(\.decision) == [.approved, .done, .answered])
            #expect(answers.map(\.text) == [nil, "I saw it.", "blue"])
            #expect(try await store.pendingApprovals(by: ada.principal).isEmpty)
        }
    }

    @Test func whatNobodyAnswersInTimeIsRefused() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let late = try await store.claimedRun(by: ada.principal)
            let early = try await store.claimedRun(by: ada.principal)
            #expect(try await store.suspend(late.suspended(calls, expiresAt: Date(timeIntervalSinceNow: -1))))
            #expect(try await store.suspend(early.suspended(calls, expiresAt: Date(timeIntervalSinceNow: 600))))
            #expect(try await store.expireApprovals() == 2)
            #expect(try await store.expireApprovals() == 0)
            #expect(try await store.run(late.run.id, by: ada.principal)?.state == .queued)
            #expect(try await store.run(early.run.id, by: ada.principal)?.state == .waiting)
            let again = try #require(try await store.claim(worker: .v7(), limit: 5, silence: .seconds(10)).first)
            let answers = try await store.brief(for: again).approvals
            #expect(answers.map(\.decision) == [.expired, .expired] && answers.allSatisfy { $0.decidedBy == nil })
        }
    }

    @Test func patienceIsTheTools() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, root) = (try await store.person("ada"), try await store.person("root", isSuperuser: true))
            try await dig(store)
            let agent = try await store.claimedRun(by: ada.principal).run.agentID
            func patience() async throws -> Int? {
                try await store.tools(ofAgent: agent, by: ada.principal)?.first?.patience
            }
            #expect(try await patience() == nil)
            #expect(try await store.setApprovalPatience(60, by: ada.principal) == false)
            #expect(try await store.setApprovalPatience(60, by: root.principal))
            #expect(try await patience() == 60)
            #expect(try await store.setPolicy(.ask, patience: 5, tool: "dig", agent: agent, by: ada.principal))
            // A page that says how, and nothing of how long, leaves that as it is.
            #expect(try await store.setPolicy(.allow, tool: "dig", agent: agent, by: ada.principal))
            #expect(try await store.setPolicy(.ask, tool: "dig", agent: agent, by: ada.principal))
            #expect(try await patience() == 5)
            #expect(try await store.setPolicy(nil, tool: "dig", agent: agent, by: ada.principal))
            #expect(try await store.setApprovalPatience(nil, by: root.principal))
            #expect(try await patience() == nil)
        }
    }
}
