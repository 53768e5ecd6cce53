import Engine
import Foundation
import Storage

/// How many requests there may be in a minute; as many may come at once after a minute's rest. 0 for any number.
package struct RateLimits: Sendable, Equatable {
    package var perUser: Int
    package var perKey: Int
    /// Of those who are not signed in.
    package var perAddress: Int
    /// Signing in, registering, asking for a new password: from one address.
    package var signIn: Int

    package init(perUser: Int = 6000, perKey: Int = 6000, perAddress: Int = 1200, signIn: Int = 60) {
        self.perUser = perUser
        self.perKey = perKey
        self.perAddress = perAddress
        self.signIn = signIn
    }
}

/// Counts requests by who sends them: token buckets in this process's memory. With several processes behind a balancer each
/// counts for itself.
package final class RateLimiter: Sendable {
    enum Subject: Hashable, Sendable {
        case user(UUID)
        case key(UUID)
        case address(String)
        case signIn(String)
    }

    /// Those that are full again are forgotten when there are more; all of them, when that does not help: a flood from many
    /// addresses shall not take the memory.
    private static let mostBuckets = 50_000

    private let limits: RateLimits
    private let buckets = Locked<[Subject: TokenBucket]>([:])
    private let clock = ContinuousClock()

    package init(_ limits: RateLimits) { self.limits = limits }

    /// What a request of these may; nil where nothing is limited. The scarcest of what counts it decides.
    func take(_ identity: Identity?, from address: String?) -> RateVerdict? {
        guard let identity else { return take(.address(Self.network(address)), limits.perAddress) }
        let person = take(.user(identity.user.id), limits.perUser)
        let key = identity.key.flatMap { take(.key($0.id), limits.perKey) }
        return [person, key].compactMap(\.self).min {
            ($0.isAllowed ? 1 : 0, $0.remaining) < ($1.isAllowed ? 1 : 0, $1.remaining)
        }
    }

    /// Throws when there were too many of the kind.
    func signIn(from address: String?) throws(WebError) {
        guard let verdict = take(.signIn(Self.network(address)), limits.signIn), !verdict.isAllowed else { return }
        throw verdict.error
    }

    /// Counts what somebody asks otherwise than by a request. Throws when it is too much.
    func message(of identity: Identity) throws(WebError) {
        guard let verdict = take(identity, from: nil), !verdict.isAllowed else { return }
        throw verdict.error
    }

    private static func network(_ address: String?) -> String { address.map(CallerNetwork.of) ?? "" }

    private static func forget(in buckets: inout [Subject: TokenBucket], at now: ContinuousClock.Instant) {
        buckets = buckets.filter { !$0.value.isFull(at: now) }
        // So that not each request looks through all of them.
        if buckets.count > mostBuckets * 9 / 10 { buckets.removeAll() }
    }

    private func take(_ subject: Subject, _ limit: Int) -> RateVerdict? {
        guard limit > 0 else { return nil }
        let now = clock.now
        return buckets.withLock { buckets in
            if buckets.count >= Self.mostBuckets { Self.forget(in: &buckets, at: now) }
            return buckets[subject, default: TokenBucket(limit: limit, at: now)].take(at: now)
        }
    }
}

/// Holds up to `limit` tokens and gets as many in a minute.
struct TokenBucket: Sendable {
    let limit: Int
    private var tokens: Double
    private var filledAt: ContinuousClock.Instant

    init(limit: Int, at now: ContinuousClock.Instant) {
        self.limit = limit
        tokens = Double(limit)
        filledAt = now
    }

    private var perSecond: Double { Double(limit) / 60 }

    mutating func take(at now: ContinuousClock.Instant) -> RateVerdict {
        tokens = level(at: now)
        filledAt = now
        let isAllowed = tokens >= 1
        if isAllowed { tokens -= 1 }
        return RateVerdict(
            isAllowed: isAllowed,
            limit: limit,
            remaining: Int(tokens),
            reset: Int(((Double(limit) - tokens) / perSecond).rounded(.up)),
            wait: isAllowed ? 0 : max(1, Int(((1 - tokens) / perSecond).rounded(.up)))
        )
    }

    func isFull(at now: ContinuousClock.Instant) -> Bool { level(at: now) >= Double(limit) }

    private func level(at now: ContinuousClock.Instant) -> Double {
        let seconds = max(0, (now - filledAt) / .seconds(1))
        return min(Double(limit), tokens + seconds * perSecond)
    }
}

/// What a bucket says of a request.
struct RateVerdict: Sendable, Equatable {
    var isAllowed: Bool
    /// In a minute.
    var limit: Int
    /// That may come at once.
    var remaining: Int
    /// Seconds until all may.
    var reset: Int
    /// Seconds until one more may.
    var wait: Int

    var error: WebError {
        var error = WebError(.rateLimited, "Too many requests. Wait \(wait) s.", retryAfter: wait)
        error.rate = self
        return error
    }
}
