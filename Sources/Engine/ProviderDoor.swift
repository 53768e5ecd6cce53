import Foundation

/// Where a model call waits until its provider has a place for it. Providers without limits have no door.
struct ProviderDoor: Sendable {
    let execution: RunExecution
    let say: @Sendable (String) async throws -> Void

    /// The key of the place, to be left again; nil where nothing limits. Throws `ModelError` when there is none in time.
    func enter(_ candidate: ModelCandidate, patience: Duration) async throws -> UUID? {
        guard let limit = candidate.limit else { return nil }
        let deadline = ContinuousClock.now + patience
        var hasSaid = false
        while true {
            let entry = try await execution.patiently {
                try await execution.journal.enter(candidate.providerID, limit, for: execution.claimed)
            }
            guard case .full(let seconds) = entry else {
                if case .entered(let call) = entry { return call }
                return nil
            }
            // Those who wait together do not look again together.
            let wait = Duration.seconds(min(max(seconds ?? 0.2, 0.05), 1) * Double.random(in: 0.5...1))
            guard ContinuousClock.now + max(wait, .seconds(seconds ?? 0)) < deadline else {
                throw ModelError(
                    .rateLimited,
                    "\(candidate.name)'s provider has as many calls as it is allowed. Try again in a moment.",
                    retryAfter: seconds.map { Int($0.rounded(.up)) }
                )
            }
            if !hasSaid { try await say("provider_busy: \(candidate.name)") }
            hasSaid = true
            try await Task.sleep(for: wait)
        }
    }

    /// Also for a run that was stopped. What cannot be told is found out when the run ends.
    func leave(_ call: UUID?) async {
        guard let call else { return }
        await Task { [journal = execution.journal] in try? await journal.leave(call) }.value
    }
}
