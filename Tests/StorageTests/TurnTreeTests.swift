import Engine
import Foundation
import Postgres
import Storage
import Testing

/// What a page and a program are told of a turn's runs.
extension RunTreeTests {
    private func usage(_ input: Int, _ cost: Decimal, _ currency: String = "USD") -> UsageRecord {
        UsageRecord(
            modelID: .v7(),
            modelName: "demo",
            tokens: TokenUsage(input: input, output: 5),
            cost: cost,
            currency: currency,
            responseTime: 1,
            succeeded: true
        )
    }

    @Test func aTurnIsToldWithAllItsRunsAndWhatEachHasCost() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let worker = UUID.v7()
            let parent = try await store.claimedRun(worker: worker, by: ada.principal)
            let children = [child(of: parent.run, "c/a"), child(of: parent.run, "c/b", agent: Agent.orchestratorID)]
            var resting = rest(parent, children: children)
            resting.usage = [usage(10, 0.25)]
            #expect(try await store.suspend(resting))
            let claimed = try await store.claim(worker: worker, limit: 10, silence: silence)
            let first = try #require(claimed.first { $0.run.id == children[0].run.id })
            let below = child(of: first.run, "d/1")
            #expect(try await store.suspend(rest(first, children: [below])))
            let second = try #require(claimed.first { $0.run.id == children[1].run.id })
            #expect(try await store.append([second.words(["not a word of it"])]).isEmpty)
            var outcome = second.outcome("two", after: 3)
            outcome.usage = [usage(20, 0.5), usage(1, 2, "CNY")]
            #expect(try await store.finish(outcome))

            // Whichever run is named, its whole turn is told, each run after the one that asked for it.
            let leaf = try #require(try await store.run(below.run.id, by: ada.principal))
            let tree = try #require(try await store.tree(of: leaf, by: ada.principal))
            let ids = [parent.run.id] + children.map(\.run.id) + [below.run.id]
            #expect(tree.runs.map(\.run.id) == ids)
            #expect(tree.runs.map(\.task) == [nil, "c/a", "c/b", "d/1"])
            #expect(tree.runs[2].agent?.name == "orchestrator" && tree.runs[2].agent?.isSystemAgent == true)
            #expect(tree.runs[0].spend == RunSpend(input: 10, output: 5, costs: ["USD": 0.25]))
            #expect(tree.runs[2].spend == RunSpend(input: 21, output: 10, costs: ["USD": 0.5, "CNY": 2]))
            #expect(tree.runs[2].startedAt != nil && tree.runs[3].startedAt == nil)
            #expect(tree.runs.allSatisfy { $0.events.allSatisfy { $0.kind != .contentStream } })
            #expect(tree.runs[2].events.last?.data.contains("completed") == true)
            #expect(tree.below(first.run.id)?.runs.map(\.run.id) == [first.run.id, below.run.id])
            #expect(try await store.children(of: parent.run.id, by: ada.principal)?.map(\.id) == Array(ids[1...2]))
            #expect(try await store.task(of: second.run.id, by: ada.principal)?.result == "two")
            #expect(try await store.task(of: parent.run.id, by: ada.principal) == nil)
        }
    }

    @Test func whatACallBringsIsToldWhileItsRunGoesOn() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let claimed = try await store.claimedRun(by: ada.principal)
            let data = EventData(run: claimed.run)
            let call = ToolCall(id: "c", name: "run_code", arguments: "{}")
            let said: [(RunEvent.Kind, String)] = [
                (.toolCall, data.toolCall(call)), (.toolProgress, data.toolProgress(call, "one\n")),
                (.toolProgress, data.toolProgress(call, String(repeating: "x", count: TurnTree.textLimit - 1))),
                (.toolProgress, data.toolProgress(call, "\n")),
            ]
            let events = said.enumerated().map { index, event in
                RunEvent(sequence: Int64(index) + 3, kind: event.0, data: event.1, timestamp: Date())
            }
            let batch = EventBatch(run: claimed.run.id, epoch: claimed.epoch, events: events)
            #expect(try await store.append([batch]).isEmpty)
            let newest = String(repeating: "x", count: TurnTree.textLimit - 1) + "\n"
            #expect(try await store.tree(of: claimed.run, by: ada.principal)?.runs.first?.progress == ["c": newest])
            #expect(try await store.finish(claimed.outcome("done", after: 6)))
            #expect(try await store.tree(of: claimed.run, by: ada.principal)?.runs.first?.progress == [:])
        }
    }

    @Test func longAndOddValuesAreToldAsFarAsTheyCanBe() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let parent = try await store.claimedRun(by: ada.principal)
            let data = EventData(run: parent.run)
            let input = #"{"a":"\#(String(repeating: "x", count: 9000))","b":"\u0000"}"#
            let call = ToolCall(id: "c", name: "dig", arguments: input)
            let event = RunEvent(
                sequence: parent.lastSequence + 1,
                kind: .toolCall,
                data: data.toolCall(call),
                timestamp: Date()
            )
            let batch = EventBatch(run: parent.run.id, epoch: parent.epoch, events: [event])
            #expect(try await store.append([batch]).isEmpty)
            let tree = try #require(try await store.tree(of: parent.run, by: ada.principal))
            let told = try JSONValue(parsing: #require(tree.runs.first?.events.last?.data))
            #expect(told["tool_input"]?.string?.count == TurnTree.textLimit)
            #expect(told["tool_name"]?.string == "dig")
        }
    }

    @Test func theListSaysThatAChildWaitsForItsPerson() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let worker = UUID.v7()
            let parent = try await store.claimedRun(worker: worker, by: ada.principal)
            func state() async throws -> RunState? {
                try await store.conversation(parent.run.conversationID, by: ada.principal)?.activeRunState
            }
            let asking = child(of: parent.run, "c/a")
            #expect(try await store.suspend(rest(parent, children: [asking])))
            // A parent that rests for its children keeps nobody waiting.
            #expect(try await state() == .running)
            let claimed = try #require(try await store.claim(worker: worker, limit: 1, silence: silence).first)
            let call = ToolCall(id: "k", name: "dig", arguments: "{}")
            #expect(try await store.suspend(claimed.suspended([call])))
            #expect(try await state() == .waiting)
            let tree = try await store.tree(of: parent.run, by: ada.principal)
            #expect(tree?.runs.last?.approvals.map(\.callID) == ["k"])
            let decision = ApprovalDecision(.approved)
            _ = try await store.decide(decision, call: "k", of: claimed.run.id, by: ada.principal)
            #expect(try await state() == .running)
        }
    }

    /// A turn rests only when all who work for it do: one that asks keeps nobody from looking at the other.
    @Test func aTurnIsAtWorkAsLongAsAnyOfItsRuns() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, bob) = (try await store.person(), try await store.person("bob"))
            let worker = UUID.v7()
            let parent = try await store.claimedRun(worker: worker, by: ada.principal)
            func isAtWork() async throws -> Bool {
                try await store.isAtWork(turn: parent.run.id, by: ada.principal)
            }
            #expect(try await isAtWork())
            let children = [child(of: parent.run, "c/a"), child(of: parent.run, "c/b")]
            #expect(try await store.suspend(rest(parent, children: children)))
            let claimed = try await store.claim(worker: worker, limit: 2, silence: silence)
            #expect(claimed.count == 2)
            for (index, one) in claimed.enumerated() {
                #expect(try await isAtWork())
                let call = ToolCall(id: "k\(index)", name: "dig", arguments: "{}")
                #expect(try await store.suspend(one.suspended([call])))
            }
            #expect(try await !isAtWork())
            _ = try await store.decide(.init(.approved), call: "k0", of: claimed[0].run.id, by: ada.principal)
            #expect(try await isAtWork())
            #expect(try await !store.isAtWork(turn: parent.run.id, by: bob.principal))
        }
    }
}
