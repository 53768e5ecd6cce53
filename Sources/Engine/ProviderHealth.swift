package import Foundation

/// What this process has learnt of the providers that it calls: one breaker for each, shared by all its runs.
///
/// A provider is an organisation's own: what goes wrong with one's key or address keeps nobody else away.
package final class ProviderHealth: Sendable {
    private struct Record {
        var breaker = CircuitBreaker()
        /// Since when nothing but failures came.
        var failingSince: Date?
    }

    /// What people are told of a provider that does not answer as it should.
    package struct Trouble: Sendable, Equatable {
        package var since: Date
        /// When it is called again; nil while it still is.
        package var nextTry: Date?

        package init(since: Date, nextTry: Date? = nil) {
            self.since = since
            self.nextTry = nextTry
        }
    }

    private let records = Locked<[UUID: Record]>([:])
    private let now: @Sendable () -> ContinuousClock.Instant

    package init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) { self.now = now }

    /// nil lets a call go; `ended` has to follow.
    func refusal(of candidate: ModelCandidate) -> CircuitBreaker.Refusal? {
        guard candidate.canFail else { return nil }
        let now = now()
        return records.withLock { records in records[candidate.providerID]?.breaker.refusal(at: now) }
    }

    func ended(_ outcome: CircuitBreaker.Outcome, of candidate: ModelCandidate) {
        guard candidate.canFail else { return }
        let now = now()
        records.withLock { records in
            var record = records[candidate.providerID] ?? Record()
            record.breaker.ended(outcome, at: now)
            switch outcome {
            case .failed, .limited: record.failingSince = record.failingSince ?? Date()
            case .answered: record.failingSince = nil
            case .unknown: break
            }
            records[candidate.providerID] = record.breaker.isSpotless ? nil : record
        }
    }

    /// nil when nothing is known against it.
    package func trouble(of provider: UUID) -> Trouble? {
        let now = now()
        return records.withLock { records in
            guard var record = records[provider], let since = record.failingSince else { return nil }
            // Asked of a copy, so that nobody takes the place of the call that tries.
            let refusal = record.breaker.refusal(at: now)
            guard !record.breaker.isSpotless else { return nil }
            return Trouble(since: since, nextTry: refusal.map { Date() + now.duration(to: $0.until) / .seconds(1) })
        }
    }
}

extension ModelCandidate {
    /// The scripted provider plays failures when it is asked to; they say nothing of how it is.
    fileprivate var canFail: Bool { endpoint.kind != .builtin }
}

extension CircuitBreaker.Refusal {
    fileprivate var until: ContinuousClock.Instant {
        switch self {
        case .open(let until), .limited(let until): until
        }
    }

    /// The reason in the run's log, and the error when there is nobody else.
    func said(of candidate: ModelCandidate, at now: ContinuousClock.Instant) -> (reason: String, error: ModelError) {
        let seconds = max(1, Int((now.duration(to: until) / .seconds(1)).rounded(.up)))
        switch self {
        case .open:
            let message = "\(candidate.name) is not asked for a moment: its provider failed several times in a row."
            return (
                "breaker_open: \(candidate.name)",
                ModelError(.unavailable, "\(message) Try again later.", retryAfter: seconds)
            )
        case .limited:
            let message = "\(candidate.name) is not asked for a moment: its provider asked to wait."
            return (
                "rate_limited: \(candidate.name)",
                ModelError(.rateLimited, "\(message) Try again later.", retryAfter: seconds)
            )
        }
    }
}
