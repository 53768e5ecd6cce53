import Foundation

/// Asks one candidate after the other until one has answered. Those whose providers are known not to answer are passed by;
/// while what went wrong may pass, all are asked again after a while.
struct Failover: Sendable {
    enum Outcome<Answer> {
        case answered(Answer)
        /// `refusals`: those that were not asked for want of money, in the last round.
        case failed(ModelError, refusals: [BudgetRefusal])
    }

    let health: ProviderHealth
    let limits: RunLimits
    /// Whether it is told how the one that was asked for has failed, rather than the last one.
    var tellsFirst = false
    /// Is told what is done besides asking.
    let say: @Sendable (String) async throws -> Void

    /// `ask` says whether this is the last candidate of the round; `mayRepeat`, whether another round would be any good.
    func perform<Answer>(
        _ candidates: [ModelCandidate],
        mayRepeat: () -> Bool = { true },
        ask: (ModelCandidate, _ isLast: Bool) async throws -> Result<Answer, ModelError>
    ) async throws -> Outcome<Answer> {
        var failure = ModelError(.unavailable, "The model did not answer.")
        var first: ModelError?
        var refusals: [BudgetRefusal] = []
        for round in 0..<limits.rounds {
            if round > 0 {
                guard (failure.retryAfter ?? 0) <= limits.longestRetryAfter else {
                    return .failed(failure, refusals: [])
                }
                try await pause(before: round, after: failure)
            }
            var mayPass = false
            refusals = []
            for (index, candidate) in candidates.enumerated() {
                if let refusal = health.refusal(of: candidate)?.said(of: candidate, at: .now) {
                    try await say(refusal.reason)
                    first = first ?? refusal.error
                    if !mayPass { (failure, mayPass) = (refusal.error, true) }
                    continue
                }
                if index > 0 { try await say("\(refusals.isEmpty ? "" : "budget_")fallback: \(candidate.name)") }
                do {
                    switch try await ask(candidate, index + 1 == candidates.count) {
                    case .success(let answer): return .answered(answer)
                    case .failure(let error):
                        failure = error
                        first = first ?? error
                        mayPass = mayPass || error.isTransient
                    }
                } catch let refusal as BudgetRefusal {
                    refusals.append(refusal)
                }
            }
            guard mayPass, mayRepeat(), round + 1 < limits.rounds else { break }
        }
        return .failed(tellsFirst ? first ?? failure : failure, refusals: refusals)
    }

    private func pause(before round: Int, after failure: ModelError) async throws {
        let wait = limits.pause(
            before: round,
            retryAfter: failure.retryAfter,
            // Those who failed together do not come back together.
            jitter: Double.random(in: RunLimits.jitter)
        )
        try await say("retry: \(failure.code.rawValue)")
        try await Task.sleep(for: wait)
    }
}
