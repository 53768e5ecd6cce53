package import Foundation

/// How far one reader has come in a run's log, and where the next events are to be had.
package struct RunReader: Sendable {
    /// How many events one question to the journal brings.
    private static let page = 500
    /// How often a run that is written elsewhere is asked about when no notification comes: soon at first, while it may
    /// still begin here, and from time to time once it is announced.
    private static let pollIntervals: [Duration] = [.milliseconds(250), .seconds(1), .seconds(15)]
    /// Looks that find nothing, after which a run is likely written elsewhere.
    private static let looksBeforeWatch = 3

    package let run: UUID
    /// The last event that was handed out.
    package private(set) var place: Int64
    /// After the run's last event.
    package private(set) var isOver = false

    private let hub: EventHub
    private let journal: any Journal
    private var knowsItsPlace = false
    private var emptyLooks = 0

    package init(hub: EventHub, journal: any Journal, run: UUID, after place: Int64) {
        (self.hub, self.journal, self.run, self.place) = (hub, journal, run, place)
    }

    /// What there is after the place, which moves; nil when there is nothing yet.
    package mutating func available() async throws -> [RunEvent]? {
        guard !isOver else { return nil }
        switch hub.look(run: run, after: place) {
        case .events(let events): return passed(events)
        case .current: return nil
        case .behind:
            let events = try await stored(after: place, limit: Self.page)
            guard events.isEmpty else { return passed(events) }
            try await lookAtPlace()
            return try await lookElsewhere().map { passed($0) }
        }
    }

    /// By when to look again, whether anybody says something or not.
    package func deadline(from now: ContinuousClock.Instant) -> ContinuousClock.Instant {
        guard case .behind = hub.look(run: run, after: place) else { return now + .seconds(60) }
        let quiet = max(0, emptyLooks - Self.looksBeforeWatch - 1)
        return now + Self.pollIntervals[min(quiet / 4, Self.pollIntervals.count - 1)]
    }

    /// Calls `wake` once, when there may be more, or at the deadline; the answer is what takes that back.
    package func call(_ wake: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
        let key = hub.newKey()
        hub.call(key, of: run, after: place, until: deadline(from: .now), wake: wake)
        return { [hub, run] in hub.forget(key, of: run) }
    }

    /// A run that is not taken up here for some looks is likely written elsewhere. Announcements cost its writer half
    /// of its speed, so nobody asks for them sooner; what was written before they began is read here.
    private mutating func lookElsewhere() async throws -> [RunEvent]? {
        emptyLooks += 1
        guard emptyLooks == Self.looksBeforeWatch, !isOver else { return nil }
        try await apart { [journal, run] in try await journal.watch(run: run) }
        let events = try await stored(after: place, limit: Self.page)
        return events.isEmpty ? nil : events
    }

    /// A reader may begin where the run had ended already, or name a place that the log never had, behind which nothing
    /// is to be read: once is enough to find out.
    private mutating func lookAtPlace() async throws {
        guard !knowsItsPlace, place > 0 else { return }
        knowsItsPlace = true
        let last = try await stored(after: place - 1, limit: 1)
        isOver = last.last?.endsRun ?? true
    }

    /// Found apart: a reader may live long, and on an event loop.
    private func stored(after place: Int64, limit: Int) async throws -> [RunEvent] {
        try await apart { [journal, run] in try await journal.events(of: run, after: place, limit: limit) }
    }

    private mutating func passed(_ events: [RunEvent]) -> [RunEvent] {
        place = events.last?.sequence ?? place
        knowsItsPlace = true
        emptyLooks = min(emptyLooks, Self.looksBeforeWatch)
        isOver = events.last?.endsRun ?? false
        return events
    }
}
