import Foundation

/// What the hub knows of one run: its latest events while it is written here, and who waits for more.
struct EventChannel {
    /// Called once, outside of every lock.
    typealias Wake = @Sendable () -> Void

    struct Waiter {
        var wake: Wake
        var deadline: ContinuousClock.Instant
    }

    enum View {
        case events([RunEvent])
        /// Nothing after the place yet; a wait will end when there is.
        case current
        /// The journal knows more than memory does.
        case behind
    }

    /// A second or two of an answer: who is further behind reads the journal, and a thousand runs stay small.
    static let maximumEvents = 24
    static let maximumBytes = 64 * 1024
    /// How long a run's last events are kept for those who read along: they need not ask the journal for them.
    static let afterglow = Duration.seconds(1)

    private var recent: [RunEvent] = []
    private var bytes = 0
    /// The last sequence number in the log, known only while the run is written here.
    private var last: Int64?
    /// Of a run that has ended here, by when it is forgotten.
    private var forgottenAt: ContinuousClock.Instant?
    private var waiters: [Int: Waiter] = [:]

    var waiterCount: Int { waiters.count }

    /// Kept only while the run is written here, or was a moment ago, or somebody waits.
    var isOfUse: Bool { last != nil || !waiters.isEmpty }

    /// Whether time alone will change something.
    var isTimed: Bool { forgottenAt != nil || !waiters.isEmpty }

    func view(after place: Int64) -> View {
        guard let last else { return .behind }
        // After an end nothing comes: the journal says so to who asks nevertheless.
        if place == last { return forgottenAt == nil ? .current : .behind }
        guard let first = recent.first, place < last, place >= first.sequence - 1 else { return .behind }
        return .events(Array(recent[Int(place + 1 - first.sequence)...]))
    }

    /// A reader may know more than is written here: of a run that rests, another node writes on.
    func hasNews(after place: Int64) -> Bool { last.map { place < $0 } ?? false }

    /// The last events of a run that has ended.
    mutating func finish(_ events: [RunEvent], at now: ContinuousClock.Instant) -> [Wake] {
        if last != nil { forgottenAt = now + Self.afterglow }
        return publish(events)
    }

    mutating func begin(after last: Int64) {
        self.last = last
        forgottenAt = nil
        recent = []
        bytes = 0
    }

    mutating func end() {
        last = nil
        forgottenAt = nil
        recent = []
        bytes = 0
    }

    mutating func publish(_ events: [RunEvent]) -> [Wake] {
        guard last != nil, let newest = events.last else { return takeWaiters() }
        recent += events
        last = newest.sequence
        bytes += events.reduce(0) { $0 + $1.data.utf8.count }
        while recent.count > Self.maximumEvents || (bytes > Self.maximumBytes && recent.count > 1) {
            // Half at once: removing one by one would move the rest each time.
            let excess = max(1, recent.count / 2)
            bytes -= recent.prefix(excess).reduce(0) { $0 + $1.data.utf8.count }
            recent.removeFirst(excess)
        }
        return takeWaiters()
    }

    mutating func wasNotified() -> [Wake] { takeWaiters() }

    mutating func add(_ waiter: Waiter, key: Int) { waiters[key] = waiter }

    mutating func takeWaiter(_ key: Int) -> [Wake] {
        waiters.removeValue(forKey: key).map { [$0.wake] } ?? []
    }

    mutating func drop(_ key: Int) -> [Wake] {
        waiters[key] = nil
        return []
    }

    mutating func takeWaiters() -> [Wake] {
        guard !waiters.isEmpty else { return [] }
        defer { waiters = [:] }
        return waiters.values.map(\.wake)
    }

    mutating func takeLate(at now: ContinuousClock.Instant) -> [Wake] {
        if let forgottenAt, forgottenAt <= now { end() }
        guard waiters.values.contains(where: { $0.deadline <= now }) else { return [] }
        let late = waiters.filter { $0.value.deadline <= now }
        for key in late.keys { waiters[key] = nil }
        return late.values.map(\.wake)
    }
}
