import Engine
import Foundation
import Testing

@Suite struct DurabilityTests {
    private struct Away: Error {}

    @Test func aWorkerThatEndsLeavesItsRunsToTheNext() async throws {
        let journal = MemoryJournal()
        let first = Workshop(
            journal: journal,
            models: StubModels { _, receive in
                try await receive(.text("Lost words"))
                try await Task.sleep(for: .seconds(60))
            }
        )
        let run = try await first.open {
            let run = first.ask("hello")
            for try await events in first.hub.watch(run: run.id, after: 0, from: journal)
            where events.contains(where: { $0.kind == .contentStream }) { break }
            return run
        }
        #expect(journal.outcome(of: run.id) == nil)

        let second = Workshop(journal: journal, models: StubModels { _, receive in try await receive(.text("Again.")) })
        try await second.open {
            second.worker.wake()
            let log = try await second.log(of: run)
            #expect(log.isDense)
            #expect(log.filter { $0.kind == .agentStart }.count == 2)
            #expect(log.text == "Again.")
            #expect(journal.outcome(of: run.id)?.content == "Again.")
        }
    }

    @Test func aRunThatItsWorkerHasLostSightOfIsTakenUpAgain() async throws {
        let shop = Workshop(models: StubModels { _, receive in try await receive(.text("There.")) })
        let run = shop.ask("hello")
        // As when the answer to a claim gets lost, or the worker gave up what it held while the journal was away.
        let lost = try await shop.journal.claim(worker: shop.worker.id, limit: 1, silence: .seconds(60))
        #expect(lost.map(\.run.id) == [run.id])
        try await shop.open {
            let log = try await shop.log(of: run)
            #expect(log.text == "There." && log.states.last == "completed")
        }
    }

    @Test(arguments: [100, Int64.max]) func aPlaceThatTheLogNeverHadEndsTheReading(place: Int64) async throws {
        let gate = Gate()
        let shop = Workshop(
            models: StubModels { _, receive in
                try await receive(.text("First "))
                await gate.wait()
            }
        )
        try await shop.open {
            let run = shop.ask("hello")
            for try await events in shop.hub.watch(run: run.id, after: 0, from: shop.journal)
            where events.contains(where: { $0.kind == .contentStream }) { break }
            #expect(try await shop.log(of: run, after: place).isEmpty)
            gate.open()
        }
    }

    @Test func aStopIsAStopWhereThereIsNoModel() async throws {
        let shop = Workshop(models: StubModels { _, receive in try await receive(.text("There.")) })
        var brief = RunBrief.sample("hello", candidates: [])
        brief.isCancelled = true
        let stopped = brief
        let log = try await shop.open { try await shop.log(of: shop.ask(stopped)) }
        #expect(log.states.last == "cancelled")
    }

    @Test func whoLostTheLeaseWritesNothingMore() async throws {
        let journal = MemoryJournal()
        let gate = Gate()
        let first = Workshop(
            journal: journal,
            models: StubModels { _, receive in
                try await receive(.text("First "))
                await gate.wait()
                for _ in 0..<50 {
                    try await receive(.text("ghost "))
                    await Task.yield()
                }
            }
        )
        try await first.open {
            let run = first.ask("hello")
            for try await events in first.hub.watch(run: run.id, after: 0, from: journal)
            where events.contains(where: { $0.kind == .contentStream }) { break }
            let usurper = UUID.v7()
            journal.forget(worker: first.worker.id)
            let taken = try await journal.claim(worker: usurper, limit: 1, silence: .zero)
            try #require(taken.count == 1)
            gate.open()
            let claimed = taken[0]
            let end = RunEvent(
                sequence: claimed.lastSequence + 1,
                kind: .runStatus,
                data: EventData(run: claimed.run).runStatus(.completed, attempt: 2),
                timestamp: Date()
            )
            let outcome = RunOutcome(
                run: claimed.run,
                epoch: claimed.epoch,
                events: [end],
                state: .completed,
                content: "x",
                metadata: "{}",
                usage: []
            )
            #expect(try await journal.finish(outcome))
            let log = try await first.log(of: run)
            #expect(log.isDense)
            #expect(!log.contains { $0.data.contains("ghost") })
        }
    }

    @Test func aDatabaseThatIsAwayForAWhileLosesNothing() async throws {
        let journal = MemoryJournal()
        let gate = Gate()
        let shop = Workshop(
            journal: journal,
            models: StubModels { _, receive in
                try await receive(.text("Before, "))
                await gate.wait()
                for number in 0..<100 { try await receive(.text("\(number) ")) }
            }
        )
        try await shop.open {
            let run = shop.ask("hello")
            for try await events in shop.hub.watch(run: run.id, after: 0, from: journal)
            where events.contains(where: { $0.kind == .contentStream }) { break }
            journal.fail(with: Away())
            gate.open()
            await Task.yield()
            journal.fail(with: nil)
            let log = try await shop.log(of: run)
            #expect(log.isDense)
            #expect(log.text == "Before, " + (0..<100).map { "\($0) " }.joined())
        }
    }

    @Test func textIsGathered() async throws {
        let shop = Workshop(
            models: StubModels { _, receive in
                for _ in 0..<5000 { try await receive(.text("word ")) }
            }
        )
        try await shop.open {
            let log = try await shop.log(of: shop.ask("hello"))
            #expect(log.text == String(repeating: "word ", count: 5000))
            #expect(log.filter { $0.kind == .contentStream }.count < 1000)
        }
    }

    @Test func aRunThatKillsItsWorkersIsGivenUp() async throws {
        let journal = MemoryJournal()
        let shop = Workshop(journal: journal, models: StubModels { _, receive in try await receive(.text("x")) })
        let run = shop.ask("hello")
        for _ in 0..<5 {
            let dead = UUID.v7()
            _ = try await journal.claim(worker: dead, limit: 1, silence: .zero)
            journal.forget(worker: dead)
        }
        try await shop.open {
            let log = try await shop.log(of: run)
            #expect(log.first(.error)?.field("error_code") == "RUN_ATTEMPTS_EXHAUSTED")
        }
    }

    @Test func aReaderThatGoesLeavesNothingBehind() async throws {
        let shop = Workshop(models: StubModels { _, _ in })
        let run = Run.sample()
        let reader = Task { try await shop.log(of: run) }
        while shop.hub.waiting == 0 { await Task.yield() }
        reader.cancel()
        await #expect(throws: CancellationError.self) { try await reader.value }
        #expect(shop.hub.waiting == 0)
    }
}

/// Stays shut until it is opened, for any number of waiters.
final class Gate: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }
    func open() { continuation.finish() }
    func wait() async { for await _ in stream {} }
}
