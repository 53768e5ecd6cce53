import Foundation
import Logging

/// Puts the events of all runs at work here into the journal, many runs in one transaction, and then before readers.
///
/// Text is gathered for some tens of milliseconds, but a run's first words and everything that is not text go at once.
/// While one transaction is under way the next one gathers.
final class EventLog: Sendable {
    private let journal: any Journal
    private let hub: EventHub
    private let logger: Logger
    private let book = Locked(EventBook())
    private let urgent = Signal()
    private let gathering = Signal()

    init(journal: any Journal, hub: EventHub, logger: Logger) {
        self.journal = journal
        self.hub = hub
        self.logger = logger
    }

    /// The only way to write this run's log. `stop` is called when another worker has taken the run over, or the journal
    /// refuses for good what was written.
    func open(_ claimed: ClaimedRun, stop: @escaping @Sendable (RunEnding) -> Void) -> RunWriter {
        hub.open(run: claimed.run.id, last: claimed.lastSequence)
        book.withLock { $0.open(claimed, stop: stop) }
        return RunWriter(log: self, run: claimed.run)
    }

    /// Writes until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.ringForGatheredText() }
            while !Task.isCancelled {
                let batches = book.withLock { $0.takeDue(at: .now) }
                if batches.isEmpty { await urgent.wait() } else { await store(batches) }
            }
            group.cancelAll()
        }
    }

    func add(_ run: UUID, _ change: (RunPage) -> Void) async throws {
        let hint = book.withLock { $0.change(run, change) }
        switch hint {
        case .urgent: urgent.ring()
        case .gathering: gathering.ring()
        case .waiting: break
        }
        if book.withLock({ $0.isFull(run) }) { try await waitForRoom(run) }
    }

    /// Returns when everything that was added before is stored, or the run is another worker's.
    func flush(_ run: UUID) async {
        await withCheckedContinuation { continuation in
            let goesOn = book.withLock { $0.whenStored(run, continuation) }
            if goesOn { continuation.resume() } else { urgent.ring() }
        }
    }

    /// What is not stored yet, once nothing of the run is under way; nothing more is stored by this log afterwards.
    @discardableResult
    func close(_ run: UUID) async -> (batch: EventBatch, next: Int64)? {
        await withCheckedContinuation { continuation in
            let goesOn = book.withLock { $0.whenIdle(run, continuation) }
            if goesOn { continuation.resume() }
        }
        return book.withLock { $0.close(run) }
    }

    /// Brings the last events before the readers, after `Journal.finish` has stored them.
    func publishEnd(_ events: [RunEvent], of run: UUID) { hub.publishEnd(events, of: run) }

    /// Gives the run up without an end.
    func abandon(_ run: UUID) { hub.close(run: run) }

    private func waitForRoom(_ run: UUID) async throws {
        await withCheckedContinuation { continuation in
            let goesOn = book.withLock { $0.whenRoom(run, continuation) }
            if goesOn { continuation.resume() }
        }
        try Task.checkCancellation()
    }

    /// Rings the bell as long as text is being gathered; sleeps for good otherwise.
    private func ringForGatheredText() async {
        while !Task.isCancelled {
            await gathering.wait()
            while !Task.isCancelled, book.withLock({ $0.hasPending }) {
                try? await Task.sleep(for: .milliseconds(10))
                urgent.ring()
            }
        }
    }

    private func store(_ batches: [EventBatch]) async {
        var delay = Duration.milliseconds(20)
        while true {
            do {
                let refused = try await journal.append(batches)
                settle(batches, refused: refused)
                return
            } catch let failure as any JournalFailure where !failure.isTransient {
                return await reject(batches, failure)
            } catch {
                if Task.isCancelled { return settle(batches, refused: Set(batches.map(\.run))) }
                logger.warning("The log could not be written; it will be tried again", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: delay)
                delay = min(delay * 2, .seconds(1))
            }
        }
    }

    /// One of these can never be stored: that one's run ends, and the others do not wait for it.
    private func reject(_ batches: [EventBatch], _ failure: any Error) async {
        guard batches.count == 1, let batch = batches.first else {
            for batch in batches { await store([batch]) }
            return
        }
        logger.error(
            "The log refuses what a run has to say",
            metadata: ["run": "\(batch.run.text)", "error": "\(failure)"]
        )
        for action in book.withLock({ $0.rejected(batch) }) { action() }
        urgent.ring()
    }

    private func settle(_ batches: [EventBatch], refused: Set<UUID>) {
        for batch in batches where !refused.contains(batch.run) { hub.publish(batch.events, of: batch.run) }
        let actions = book.withLock { book in batches.flatMap { book.settled($0.run, isLost: refused.contains($0.run)) }
        }
        for action in actions { action() }
        urgent.ring()
    }
}
