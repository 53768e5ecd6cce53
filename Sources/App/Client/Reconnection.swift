/// What to do about a stream that has broken off: to come back soon, then ever less often, and not for ever.
struct Reconnection: Sendable, Equatable {
    enum Action: Sendable, Equatable {
        case again(after: Duration)
        case giveUp(CommandFailure)
    }

    private static let longestPause = Duration.seconds(5)
    /// A server may ask for more than our longest pause, but for no more than this, and not for none.
    private static let mostAsked = Duration.seconds(60)
    private static let leastAsked = Duration.milliseconds(100)
    /// A connection on which something came after so long was a good one, whatever that was.
    private static let steady = Duration.seconds(10)

    /// How long a server may be away.
    let patience: Duration
    /// The id of the last event that has come; where to go on.
    private(set) var place: String?
    private var failures = 0
    private var lostAt: ContinuousClock.Instant?
    private var openedAt: ContinuousClock.Instant?
    private var firstPause = Duration.milliseconds(250)

    init(place: String?, patience: Duration = .seconds(120)) {
        (self.place, self.patience) = (place, patience)
    }

    /// The server has taken it up again, which says little: it may end it at once.
    mutating func opened(at now: ContinuousClock.Instant) { openedAt = now }

    /// Something came, if only that the server is still there.
    mutating func lives(at now: ContinuousClock.Instant) {
        if let openedAt, now - openedAt >= Self.steady { (failures, lostAt) = (0, nil) }
    }

    /// Events came, and this is the id of the last; empty when there was none.
    mutating func heard(_ id: String) {
        moved(to: id)
        (failures, lostAt) = (0, nil)
    }

    /// Where to go on, which a server may say without an event.
    mutating func moved(to id: String) {
        if !id.isEmpty { place = id }
    }

    /// The server wants this pause before the next connection.
    mutating func asked(toWait pause: Duration) {
        firstPause = min(max(pause, Self.leastAsked), Self.mostAsked)
    }

    /// The connection has ended by itself, or for this reason.
    mutating func lost(_ why: CommandFailure?, at now: ContinuousClock.Instant) -> Action {
        if let why, !why.isPassing { return .giveUp(why) }
        openedAt = nil
        let since = lostAt ?? now
        lostAt = since
        failures += 1
        guard now - since < patience else {
            return .giveUp(why ?? CommandFailure(.unreachable, "The server ends its streams at once."))
        }
        if let seconds = why?.retryAfter { return .again(after: .seconds(min(seconds, 60))) }
        let pause = firstPause * (1 << min(failures - 1, 10))
        return .again(after: min(pause, max(firstPause, Self.longestPause)))
    }

    /// Whether its person should be told that there is no connection.
    var isNotable: Bool { failures == 2 }
}
