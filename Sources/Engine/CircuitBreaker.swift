/// Whether a provider is worth a call, told from how the last ones went: closed while it answers, open for a while after
/// some failures in a row, then half-open: one call tries it, and the others wait for what comes of that.
package struct CircuitBreaker: Sendable, Equatable {
    package typealias Instant = ContinuousClock.Instant

    /// Failures in a row that open it.
    package static let threshold = 5
    /// How long it is open at first; each probe that fails doubles that, up to the longest.
    package static let firstRest = Duration.seconds(15)
    package static let longestRest = Duration.seconds(120)
    /// The longest that a provider's own word keeps everybody away.
    package static let longestLimit = Duration.seconds(600)
    /// How soon to look again while another call tries it.
    package static let probeTime = Duration.seconds(5)

    package enum State: Sendable, Equatable {
        case closed(failures: Int)
        case open(until: Instant, openings: Int)
        case halfOpen(openings: Int)
    }

    /// What came of a call.
    package enum Outcome: Sendable, Equatable {
        /// It is there, whatever it said to the request.
        case answered
        case failed
        /// It asked to be left alone for so long.
        case limited(Duration)
        /// Nothing that says how the provider is.
        case unknown
    }

    /// Why there is no call now, and until when.
    package enum Refusal: Sendable, Equatable {
        case open(until: Instant)
        case limited(until: Instant)
    }

    package private(set) var state = State.closed(failures: 0)
    private var limitedUntil: Instant?

    package init() {}

    /// Nothing is known against the provider.
    package var isSpotless: Bool { state == .closed(failures: 0) && limitedUntil == nil }

    /// nil lets a call go; its outcome must then be told, for it may be the one that tries.
    package mutating func refusal(at now: Instant) -> Refusal? {
        if let limitedUntil {
            if limitedUntil > now { return .limited(until: limitedUntil) }
            self.limitedUntil = nil
        }
        switch state {
        case .closed: return nil
        case .open(let until, _) where until > now: return .open(until: until)
        case .open(_, let openings):
            state = .halfOpen(openings: openings)
            return nil
        case .halfOpen: return .open(until: now + Self.probeTime)
        }
    }

    package mutating func ended(_ outcome: Outcome, at now: Instant) {
        switch (outcome, state) {
        case (.answered, _): state = .closed(failures: 0)
        case (.limited(let time), _):
            state = .closed(failures: 0)
            limitedUntil = max(limitedUntil ?? now, now + min(time, Self.longestLimit))
        case (.failed, .closed(let failures)) where failures + 1 < Self.threshold:
            state = .closed(failures: failures + 1)
        case (.failed, .closed): state = .open(until: now + Self.firstRest, openings: 1)
        case (.failed, .halfOpen(let openings)):
            let rest = min(Self.firstRest * (1 << min(openings, 8)), Self.longestRest)
            state = .open(until: now + rest, openings: openings + 1)
        // The next one tries in its place.
        case (.unknown, .halfOpen(let openings)): state = .open(until: now, openings: openings)
        case (.failed, .open), (.unknown, _): break
        }
    }
}

extension CircuitBreaker.Outcome {
    init(_ error: ModelError) {
        self =
            switch error.code {
            case .unreachable, .unavailable, .timeout, .interrupted: .failed
            case .rateLimited: .limited(.seconds(error.retryAfter ?? 0))
            case .unauthorized, .notFound, .rejected: .answered
            case .malformed, .unsupported, .notConfigured, .contextTooLong: .unknown
            }
    }
}
