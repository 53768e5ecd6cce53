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
                ApprovalDecision(isApproved: true, editedInput: #"{"depth":9}"#),
                call: "a",
                of: id,
                by: ada.principal
            )
            #expect(first?.state == .waiting)
            let second = try await store.decide(
                ApprovalDecision(isApproved: false),
                call: "b",
                of: id,
                by: ada.principal
            )
            #expect(second?.state == .queued)
            let again = try #require(try await store.claim(worker: .v7(), limit: 5, silence: .seconds(10)).first)
            #expect(again.run.attempt == 1)
            #expect(again.lastSequence == 4)
            let answers = try await store.brief(for: again).approvals.sorted { $0.callID < $1.callID }
            #expect(answers.map(\.isApproved) == [true, false])
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
            let yes = ApprovalDecision(isApproved: true)
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
                    ApprovalDecision(isApproved: true),
                    call: "a",
                    of: claimed.run.id,
                    by: ada.principal
                )
                async let other = store.decide(
                    ApprovalDecision(isApproved: true),
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
            let always = ApprovalDecision(isApproved: true, isRemembered: true)
            _ = try await store.decide(always, call: "a", of: claimed.run.id, by: ada.principal)
            #expect(try await store.tools(ofAgent: agent, by: ada.principal)?.map(\.ownDecision) == [.allow])
            #expect(try await store.tools(ofAgent: agent, by: bob.principal)?.map(\.decision) == [.ask])
            #expect(try await store.setPolicy(.deny, tool: "dig", agent: agent, by: ada.principal))
            #expect(try await store.tools(ofAgent: agent, by: ada.principal)?.map(\.decision) == [.deny])
            #expect(try await store.setPolicy(nil, tool: "dig", agent: agent, by: ada.principal))
            #expect(try await store.tools(ofAgent: agent, by: ada.principal)?.map(\.decision) == [.ask])
            #expect(try await store.setPolicy(.deny, tool: "other", agent: agent, by: ada.principal) == false)
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
            let decision = ApprovalDecision(isApproved: true)
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
            #expect(try await store.requestCancellation(of: claimed.run.id, by: ada.principal)?.state == .queued)
            let again = try #require(try await store.claim(worker: .v7(), limit: 5, silence: .seconds(10)).first)
            #expect(try await store.brief(for: again).isCancelled)
        }
    }
}
