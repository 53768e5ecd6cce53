import Foundation

/// The pages of the runs at work here: what waits to be stored, and since when.
struct EventBook {
    /// A transaction holds at most this many runs.
    private static let batchLimit = 512

    private var pages: [UUID: RunPage] = [:]

    enum Hint { case urgent, gathering, waiting }

    var hasPending: Bool { pages.values.contains { $0.hasPending } }

    mutating func open(_ claimed: ClaimedRun, lost: @escaping @Sendable () -> Void) {
        pages[claimed.run.id] = RunPage(claimed, lost: lost)
    }

    mutating func change(_ run: UUID, _ change: (inout RunPage) -> Void) -> Hint {
        guard let index = pages.index(forKey: run) else { return .waiting }
        let hadPending = pages.values[index].hasPending
        change(&pages.values[index])
        if pages.values[index].isDue(at: .now) { return .urgent }
        return hadPending ? .waiting : .gathering
    }

    func isFull(_ run: UUID) -> Bool { pages[run]?.isFull ?? false }

    mutating func takeDue(at now: ContinuousClock.Instant) -> [EventBatch] {
        var batches: [EventBatch] = []
        var index = pages.startIndex
        while index != pages.endIndex, batches.count < Self.batchLimit {
            if pages.values[index].isDue(at: now) { batches.append(pages.values[index].take(at: now)) }
            pages.formIndex(after: &index)
        }
        return batches
    }

    /// What is to be done after leaving the lock.
    mutating func settled(_ run: UUID, isLost: Bool) -> [@Sendable () -> Void] {
        guard let index = pages.index(forKey: run) else { return [] }
        return pages.values[index].settled(isLost: isLost)
    }

    /// True when the caller need not wait.
    mutating func whenRoom(_ run: UUID, _ continuation: CheckedContinuation<Void, Never>) -> Bool {
        guard let index = pages.index(forKey: run), pages.values[index].isFull else { return true }
        pages.values[index].waitingForRoom.append(continuation)
        return false
    }

    mutating func whenIdle(_ run: UUID, _ continuation: CheckedContinuation<Void, Never>) -> Bool {
        guard let index = pages.index(forKey: run), pages.values[index].isUnderWay else { return true }
        pages.values[index].isClosing = true
        pages.values[index].waitingForIdle.append(continuation)
        return false
    }

    mutating func close(_ run: UUID) -> [RunEvent] {
        guard var page = pages.removeValue(forKey: run) else { return [] }
        return page.isLost ? [] : page.take(at: .now).events
    }
}
