import Engine
import Foundation
import Postgres
import Storage
import Testing

/// Runs that go on from a step of another one, as they are kept.
@Suite struct ForkTests {
    @Test func aForkBeginsWithTheStepsThatAreKept() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let (model, first) = (try await store.chatModel(by: user.principal), try await store.toolRun(by: user))
            let changes = RunChanges(
                toolResults: [.init(callID: "c1", content: "77")],
                modelID: model.id,
                instruction: "Count."
            )
            let start = try #require(
                try await store.fork(first.id, after: 1, changes: changes, by: user.principal)
            )
            let run = start.run
            #expect(run.userMessageID == first.userMessageID && run.agentID == first.agentID)
            let events = try #require(try await store.events(of: run.id, after: 0, limit: 99, by: user.principal))
            #expect(events.map(\.sequence) == Array(1...6))
            #expect(
                events.map(\.kind) == [.messageReceived, .runStatus, .contentStream, .usage, .toolCall, .toolResult]
            )
            #expect(events[5].data.contains(#""result":"77""#) && events[5].data.contains(#""changed":true"#))
            let record = try #require(try await store.runRecord(run.id, by: user.principal))
            #expect(record.forkedFrom == first.id && record.forkedStep == 1 && record.modelID == model.id)
            #expect(record.changes?.contains(#""content":"77""#) == true)
            // Copied, not paid again.
            #expect(record.calls == 0 && record.costs.isEmpty)
            #expect(try await store.runRecord(first.id, by: user.principal)?.calls == 1)

            let claimed = try #require(try await store.claim(worker: .v7(), limit: 1, silence: .seconds(10)).first)
            #expect(claimed.lastSequence == 6)
            let brief = try await store.brief(for: claimed)
            #expect(brief.instruction == "Count." && brief.messages == [.user("Hello")])
            #expect(brief.candidates.first?.modelID == model.id)
            #expect(try await store.finish(claimed.outcome("forked", after: 6)))
            let shown = try await store.messages(in: run.conversationID, before: nil, limit: 9, by: user.principal)
            #expect(shown?.map(\.content) == ["Hello", "forked"])
            #expect(shown?.last?.versions == [first.messageID, run.messageID])
        }
    }

    @Test func otherWordsMakeAnotherVersionOfTheQuestion() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let first = try await store.toolRun(by: user)
            let changes = RunChanges(input: "Hello, otherwise")
            let run = try #require(try await store.fork(first.id, after: 0, changes: changes, by: user.principal)).run
            #expect(run.userMessageID != first.userMessageID)
            let shown = try await store.messages(in: run.conversationID, before: nil, limit: 9, by: user.principal)
            #expect(shown?.map(\.content) == ["Hello, otherwise"] && shown?[0].versions.count == 2)
            // One at a time, as of all turns.
            let error = await #expect(throws: StorageError.self) {
                try await store.fork(first.id, after: 0, changes: changes, by: user.principal)
            }
            #expect(error?.code == .conflict("run"))
        }
    }

    @Test func aForkThatFailedIsTriedAgainFromWhereItBegan() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let first = try await store.toolRun(by: user)
            let changes = RunChanges(toolResults: [.init(callID: "c1", content: "77")], instruction: "Count.")
            _ = try await store.fork(first.id, after: 1, changes: changes, by: user.principal)
            let claimed = try #require(try await store.claim(worker: .v7(), limit: 1, silence: .seconds(10)).first)
            #expect(try await store.finish(claimed.outcome("", after: claimed.lastSequence, state: .failed)))
            let again = try #require(try await store.retry(run: claimed.run.id, by: user.principal)).run
            let replay = try #require(try await store.replay(of: again.id, by: user.principal))
            #expect(replay.steps.first?.results["c1"]?.content == "77" && replay.usage.isEmpty)
            let second = try #require(try await store.claim(worker: .v7(), limit: 1, silence: .seconds(10)).first)
            #expect(try await store.brief(for: second).instruction == "Count.")
        }
    }

    @Test func nobodyForksOrReadsAnothersRun() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let first = try await store.toolRun(by: try await store.person())
            for stranger in [try await store.person("bob"), try await store.person("root", isSuperuser: true)] {
                let by = stranger.principal
                #expect(try await store.fork(first.id, after: 0, changes: RunChanges(), by: by) == nil)
                #expect(try await store.runRecord(first.id, by: by) == nil)
                #expect(try await store.replay(of: first.id, by: by) == nil)
            }
        }
    }

    @Test func whatDoesNotFitIsRefused() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let first = try await store.toolRun(by: user)
            for (field, step, changes) in [
                ("step", 2, RunChanges()), ("content", 0, RunChanges(input: " ")),
                ("tool_result", 1, RunChanges(toolResults: [.init(callID: "c9", content: "x")])),
                ("model_id", 1, RunChanges(modelID: .v7())),
                ("instruction", 1, RunChanges(instruction: String(repeating: "x", count: 20_001))),
            ] {
                let error = await #expect(throws: StorageError.self) {
                    try await store.fork(first.id, after: step, changes: changes, by: user.principal)
                }
                #expect(error?.code == .invalid(field))
            }
            #expect(try await store.fork(.v7(), after: 0, changes: RunChanges(), by: user.principal) == nil)
        }
    }
}

extension Store {
    /// A finished run that has called a tool in its one step, which was paid for.
    fileprivate func toolRun(by user: User) async throws -> Run {
        let claimed = try await claimedRun(by: user.principal)
        let data = EventData(run: claimed.run)
        let tokens = TokenUsage(input: 10, output: 2)
        let paid = UsageRecord(modelID: .v7(), modelName: "demo", tokens: tokens, responseTime: 0.1, succeeded: true)
        let ids = #"{"run_id":"\#(claimed.run.id.text)","agent_id":"\#(claimed.run.agentID.text)""#
        let said: [(RunEvent.Kind, String)] = [
            (.agentStart, data.agentStart(name: "assistant", attempt: 1)), (.contentStream, data.content("I look.")),
            (.usage, data.usage(paid, step: 1)),
            (.toolCall, data.toolCall(ToolCall(id: "c1", name: "count", arguments: "{}"))),
            (
                .toolResult,
                ids
                    + #","call_id":"c1","tool_name":"count","result":"1","success":true,"error":null,"execution_time":0.1}"#
            ),
        ]
        let events = said.enumerated().map { index, event in
            RunEvent(sequence: Int64(index + 3), kind: event.0, data: event.1, timestamp: Date())
        }
        _ = try await append([EventBatch(run: claimed.run.id, epoch: claimed.epoch, events: events, usage: [paid])])
        guard try await finish(claimed.outcome("one", after: 7)) else { throw TestPeople.Missing() }
        return claimed.run
    }
}
