import Foundation

/// The pages of the runs at work here: what waits to be stored, and since when.
struct EventBook {
    /// A transaction holds at most this many runs.
    private static let batchLimit = 512

    private var pages: [UUID: RunPage] = [:]

    enum Hint { case urgent, gathering, waiting }

    var hasPending: Bool { pages.values.contains { $0.hasPending } }

    mutating func open(_ claimed: ClaimedRun, stop: @escaping @Sendable (RunEnding) -> Void) {
        pages[claimed.run.id] = RunPage(claimed, stop: stop)
    }

    func change(_ run: UUID, _ change: (RunPage) -> Void) -> Hint {
        guard let page = pages[run] else { return .waiting }
        let hadPending = page.hasPending
        change(page)
        if page.isDue(at: .now) { return .urgent }
        return hadPending ? .waiting : .gathering
    }

    func isFull(_ run: UUID) -> Bool { pages[run]?.isFull ?? false }

    func takeDue(at now: ContinuousClock.Instant) -> [EventBatch] {
        var batches: [EventBatch] = []
        for page in pages.values where page.isDue(at: now) {
            batches.append(page.take(at: now))
            if batches.count == Self.batchLimit { break }
        }
        return batches
    }

    /// What is to be done after leaving the lock.
    func settled(_ run: UUID, isLost: Bool) -> [@Sendable () -> Void] {
        pages[run]?.settled(isLost: isLost) ?? []
    }

    /// The batch will never be stored, and so nothing that was to follow it. What is to be done after leaving the lock.
    func rejected(_ batch: EventBatch) -> [@Sendable () -> Void] { pages[batch.run]?.rejected(batch) ?? [] }

    /// True when the caller need not wait.
    func whenRoom(_ run: UUID, _ continuation: CheckedContinuation<Void, Never>) -> Bool {
        guard let page = pages[run], page.isFull else { return true }
        page.waitingForRoom.append(continuation)
        return false
    }

    func whenIdle(_ run: UUID, _ continuation: CheckedContinuation<Void, Never>) -> Bool {
        guard let page = pages[run], page.isUnderWay else { return true }
        page.isClosing = true
        page.waitingForIdle.append(continuation)
        return false
    }

    func whenStored(_ run: UUID, _ continuation: CheckedContinuation<Void, Never>) -> Bool {
        guard let page = pages[run], !page.isLost, page.isUnderWay || page.hasPending else { return true }
        page.waitingForStored.append(continuation)
        return false
    }

    /// nil when nothing of the run may be written any more.
    mutating func close(_ run: UUID) -> (batch: EventBatch, next: Int64)? {
        guard let page = pages.removeValue(forKey: run), !page.isLost else { return nil }
        return page.takeRest()
    }
}
