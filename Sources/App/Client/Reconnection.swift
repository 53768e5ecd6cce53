/// What to do about a stream that has broken off: to come back soon, then ever less often, and not for ever.
struct Reconnection: Sendable, Equatable {
    enum Action: Sendable, Equatable {
        case again(after: Duration)
        case giveUp(CommandFailure)
    }

    private static let longestPause = Duration.seconds(5)

    /// How long a server may be away.
    let patience: Duration
    /// The id of the last event that has come; where to go on.
    private(set) var place: String?
    private var failures = 0
    private var lostAt: ContinuousClock.Instant?

    init(place: String?, patience: Duration = .seconds(120)) {
        (self.place, self.patience) = (place, patience)
    }

    /// Something came, and with it the id of the last event; empty when there was none.
    mutating func heard(_ id: String) {
        if !id.isEmpty { place = id }
        (failures, lostAt) = (0, nil)
    }

    /// The connection has ended by itself, or for this reason.
    mutating func lost(_ why: CommandFailure?, at now: ContinuousClock.Instant) -> Action {
        if let why, !why.isPassing { return .giveUp(why) }
        let since = lostAt ?? now
        lostAt = since
        failures += 1
        guard now - since < patience else {
            return .giveUp(why ?? CommandFailure(.unreachable, "The server ends its streams at once."))
        }
        if let seconds = why?.retryAfter { return .again(after: .seconds(min(seconds, 60))) }
        let pause = Duration.milliseconds(125) * (1 << min(failures, 10))
        return .again(after: min(pause, Self.longestPause))
    }

    /// Whether its person should be told that there is no connection.
    var isNotable: Bool { failures == 2 }
}
