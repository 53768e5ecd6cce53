import Engine
import Foundation
import Postgres
import Storage
import Testing

/// How runs end: once, with all that belongs to it.
@Suite struct RunEndTests {
    @Test func anEndIsStoredOnceWithAllThatBelongsToIt() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let claimed = try await store.claimedRun(by: user.principal)
            var outcome = claimed.outcome("The \0 answer", after: 2)
            outcome.metadata = #"{"model":"demo","note":"\u0000 and \\u0000"}"#
            outcome.usage = [
                UsageRecord(
                    modelID: .v7(),
                    modelName: "demo",
                    tokens: TokenUsage(input: 10, output: 20, cached: 5),
                    cost: Decimal(string: "0.001234"),
                    currency: "USD",
                    responseTime: 1.5,
                    firstTokenTime: 0.2,
                    succeeded: true
                ),
                UsageRecord(
                    modelID: .v7(),
                    modelName: "free",
                    tokens: TokenUsage(input: 1, output: 2),
                    responseTime: 1,
                    succeeded: false
                ),
            ]
            #expect(try await store.finish(outcome))
            // The answer to the first one may have got lost.
            #expect(try await store.finish(outcome))
            #expect(try await store.finish(claimed.outcome("other", after: 2, state: .failed)) == false)
            let usage = try await database.administrator.query("select * from usage_records order by usage_id")
            #expect(usage.count == 2)
            #expect(try usage.map { try $0.get("cost", as: Decimal?.self) }.contains(Decimal(string: "0.001234")))
            #expect(try usage[0].get("org_id", as: UUID.self) == user.organisationID)
            let message = try await store.message(
                claimed.run.messageID,
                in: claimed.run.conversationID,
                by: user.principal
            )
            #expect(message?.content == "The \u{FFFD} answer")
            #expect(message?.modelMetadata == #"{"note": "\#u{FFFD} and \\u0000", "model": "demo"}"#)
            #expect(try await store.run(claimed.run.id, by: user.principal)?.state == .completed)
            #expect(try await store.conversation(claimed.run.conversationID, by: user.principal)?.messageCount == 2)
            #expect(try await store.append([claimed.words(["late"], after: 3)]) == [claimed.run.id])
        }
    }

    @Test func whatAnAgentIsLikeIsReadOffItsRuns() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            func agent() async throws -> Agent {
                try #require(try await store.agent(Agent.assistantID, by: user.principal))
            }
            // Ten seconds of work, and two hours of waiting for a person in between.
            let first = try await store.claimedRun(by: user.principal)
            let call = ToolCall(id: "c", name: "dig", arguments: "{}")
            #expect(try await store.suspend(first.suspended([call], after: 2)))
            try await database.administrator.query(
                """
                update runs set started_at = started_at - interval '2 hours 10 seconds',
                    resting_since = resting_since - interval '2 hours'
                """
            )
            let answer = ApprovalDecision(.approved)
            #expect(try await store.decide(answer, call: "c", of: first.run.id, by: user.principal)?.state == .queued)
            let again = try #require(try await store.claim(worker: .v7(), limit: 1, silence: .seconds(10)).first)
            #expect(try await store.finish(again.outcome("done", after: again.lastSequence)))
            let rested = try await agent()
            #expect(rested.usageCount == 1 && rested.successRate == 1)
            #expect(rested.averageResponseTime >= 10 && rested.averageResponseTime < 3600)
            // One that failed counts, and lowers the rate.
            let second = try await store.claimedRun(by: user.principal)
            #expect(try await store.finish(second.outcome("", after: 2, state: .failed)))
            let both = try await agent()
            #expect(both.usageCount == 2 && both.successRate == 0.5)
            #expect(both.averageResponseTime < rested.averageResponseTime)
        }
    }

    @Test func endsOfTheSameMomentAreStoredButForTheOneThatCannotBe() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let people = [try await store.person("ada"), try await store.person("bob")]
            var claimed: [ClaimedRun] = []
            for index in 0..<40 { claimed.append(try await store.claimedRun(by: people[index % 2].principal)) }
            claimed[7].epoch = 0
            let runs = claimed
            let answers = await withTaskGroup(of: (Int, Bool?).self) { group in
                for (index, run) in runs.enumerated() {
                    group.addTask {
                        var outcome = run.outcome("answer", after: 2)
                        if index == 13 { outcome.metadata = "{" }
                        return (index, try? await store.finish(outcome))
                    }
                }
                return await group.reduce(into: [Int: Bool?]()) { $0[$1.0] = $1.1 }
            }
            #expect(answers.filter { $0.value == true }.count == 38)
            #expect(answers[7] == .some(false))
            #expect(answers[13] == .some(nil))
            for (index, run) in runs.enumerated() {
                let state = try await store.run(run.run.id, by: people[index % 2].principal)?.state
                #expect(state == (index == 7 || index == 13 ? .running : .completed))
            }
            // Stored together, counted one by one: twenty of one person, eighteen of the other, a question and an answer each.
            let counted = try await database.administrator.query(
                "select total_messages from user_statistics order by total_messages desc"
            )
            #expect(try counted.map { try $0.get(0, as: Int.self) } == [40, 36])
            let used = try await database.administrator.query(
                "select sum(usage_count)::integer, sum(success_count)::integer from agent_statistics"
            )
            #expect(try used[0].get(0, as: Int.self) == 38)
            #expect(try used[0].get(1, as: Int.self) == 38)
        }
    }

    @Test func writingOnInTheMomentOfTheEndDisturbsNobody() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let conversation = try await store.createConversation(title: nil, by: user.principal)
            let first = TurnInput(conversationID: conversation.id, content: "first")
            _ = try await store.startTurn(first, by: user.principal)
            var turns = 1
            for index in 0..<25 {
                let claimed = try #require(try await store.claim(worker: .v7(), limit: 1, silence: .seconds(10)).first)
                async let finished = store.finish(claimed.outcome("answer", after: 2))
                // Until it is taken: whoever types is told to wait, and tries again.
                while true {
                    let next = TurnInput(conversationID: conversation.id, content: "\(index)")
                    do {
                        #expect(try await store.startTurn(next, by: user.principal)?.isNew == true)
                        break
                    } catch let error as StorageError where error.code == .conflict("run") {}
                }
                #expect(try await finished)
                turns += 1
            }
            #expect(try await store.conversation(conversation.id, by: user.principal)?.messageCount == turns * 2 - 1)
            let deadlocks = try await database.administrator.query(
                "select deadlocks from pg_stat_database where datname = current_database()"
            )
            #expect(try deadlocks[0].get(0, as: Int.self) == 0)
        }
    }
}
