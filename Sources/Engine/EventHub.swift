package import Foundation

/// Brings the log to its readers: recent events of the runs at work here from memory, everything else from the journal.
///
/// A reader is only a place in the log. What it has not read yet is kept for nobody in particular, so a reader that
/// stops costs nothing, and one that is late reads the journal.
package final class EventHub: Sendable {
    private let channels = Locked<[UUID: EventChannel]>([:])
    private let ticker = Locked(false)
    private let closed = Locked(false)
    private let nextKey = Locked(0)

    package init() {}

    /// Ends every reader's sequence where it is, because the server ends; they come back with their place.
    package func endReading() {
        closed.withLock { $0 = true }
        for run in channels.withLock({ Array($0.keys) }) { wake(run) { $0.takeWaiters() } }
    }

    package var isReadingEnded: Bool { closed.withLock { $0 } }

    /// The stored events after `sequence`, as they come, until the run has ended. With a `tick`, an empty batch says
    /// after that much silence that the stream still lives.
    package func watch(
        run: UUID,
        after sequence: Int64,
        from journal: any Journal,
        tick: Duration? = nil
    ) -> RunEventSequence {
        RunEventSequence(hub: self, journal: journal, run: run, place: sequence, tick: tick)
    }

    /// Says that the log of a run elsewhere has grown: its readers look again.
    package func notify(run: UUID) { wake(run) { $0.wasNotified() } }

    /// Says that announcements may have been missed: all that wait look again.
    package func notifyAll() {
        for run in channels.withLock({ Array($0.keys) }) { notify(run: run) }
    }

    /// How many readers wait just now.
    package var waiting: Int { channels.withLock { $0.values.reduce(0) { $0 + $1.waiterCount } } }

    /// The run is written here from now on; its log holds `last` events.
    func open(run: UUID, last: Int64) {
        wake(run) { channel in
            channel.begin(after: last)
            return channel.takeWaiters()
        }
    }

    /// Hands on what has just been stored.
    func publish(_ events: [RunEvent], of run: UUID) { wake(run) { $0.publish(events) } }

    /// The same for the last events of a run that has ended; they are kept for a moment.
    func publishEnd(_ events: [RunEvent], of run: UUID) {
        wake(run) { $0.finish(events, at: .now) }
        startTicker()
    }

    /// The run is not written here any more.
    func close(run: UUID) {
        wake(run) { channel in
            channel.end()
            return channel.takeWaiters()
        }
    }

    private func wake(_ run: UUID, _ change: (inout EventChannel) -> [EventChannel.Wake]) {
        let waiters = channels.withLock { channels in
            // Changed where it lies: a copy would take all recent events along.
            let waiters = change(&channels[run, default: EventChannel()])
            if channels[run]?.isOfUse == false { channels[run] = nil }
            return waiters
        }
        for waiter in waiters { waiter() }
    }
}

// MARK: - The reader's side

extension EventHub {
    func look(run: UUID, after place: Int64) -> EventChannel.View {
        channels.withLock { $0[run]?.view(after: place) ?? .behind }
    }

    /// Waits until there may be more after `place`, until `deadline`, or until the task is cancelled.
    func wait(run: UUID, after place: Int64, until deadline: ContinuousClock.Instant) async {
        let key = newKey()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                call(key, of: run, after: place, until: deadline) { continuation.resume() }
            }
        } onCancel: {
            wake(run) { $0.takeWaiter(key) }
        }
    }

    func newKey() -> Int {
        nextKey.withLock { key in
            key += 1
            return key
        }
    }

    /// Calls `wake` once: as soon as there may be more after `place`, at `deadline`, or at once.
    func call(
        _ key: Int,
        of run: UUID,
        after place: Int64,
        until deadline: ContinuousClock.Instant,
        wake: @escaping EventChannel.Wake
    ) {
        let goesOn = channels.withLock { channels in
            if Task.isCancelled || isReadingEnded || channels[run]?.hasNews(after: place) == true { return true }
            channels[run, default: EventChannel()].add(EventChannel.Waiter(wake: wake, deadline: deadline), key: key)
            return false
        }
        if goesOn { wake() } else { startTicker() }
    }

    /// Nobody is called by this key any more.
    func forget(_ key: Int, of run: UUID) { wake(run) { $0.drop(key) } }

    /// Wakes those whose time has come, and forgets runs. It outlives the task that started it, and ends when nobody waits for
    /// the time.
    private func startTicker() {
        let isFirst = ticker.withLock { isRunning in
            defer { isRunning = true }
            return !isRunning
        }
        guard isFirst else { return }
        Task {
            while stillTicks() {
                try? await Task.sleep(for: .milliseconds(100))
                for waiter in takeLate(at: .now) { waiter() }
            }
        }
    }

    private func stillTicks() -> Bool {
        channels.withLock { channels in
            let isNeeded = channels.values.contains(where: \.isTimed)
            if !isNeeded { ticker.withLock { $0 = false } }
            return isNeeded
        }
    }

    private func takeLate(at now: ContinuousClock.Instant) -> [EventChannel.Wake] {
        channels.withLock { channels in
            var late: [EventChannel.Wake] = []
            for run in channels.keys {
                late += channels[run]?.takeLate(at: now) ?? []
                if channels[run]?.isOfUse == false { channels[run] = nil }
            }
            return late
        }
    }
}
