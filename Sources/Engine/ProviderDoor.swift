import Foundation

/// Where a model call waits until its provider has a place for it. Providers without limits have no door.
struct ProviderDoor: Sendable {
    let places: any ProviderPlaces
    let health: ProviderHealth
    /// Asks for a place.
    let ask: @Sendable (_ provider: UUID, ProviderLimit) async throws -> ProviderEntry
    let say: @Sendable (String) async throws -> Void

    /// Holds a place at the provider for as long as `body` takes. What comes before it is a failure that another candidate
    /// may make good.
    func pass<Answer>(
        _ candidate: ModelCandidate,
        patience: Duration,
        _ body: (_ place: UUID?) async throws -> Result<Answer, ModelError>
    ) async throws -> Result<Answer, ModelError> {
        let place: UUID?
        do {
            place = try await enter(candidate, patience: patience)
        } catch {
            health.ended(.unknown, of: candidate)
            guard let error = error as? ModelError else { throw error }
            return .failure(error)
        }
        do {
            let result = try await body(place)
            await leave(place)
            return result
        } catch {
            await leave(place)
            throw error
        }
    }

    /// The key of the place, to be left again; nil where nothing limits. Throws `ModelError` when there is none in time.
    func enter(_ candidate: ModelCandidate, patience: Duration) async throws -> UUID? {
        guard let limit = candidate.limit else { return nil }
        let deadline = ContinuousClock.now + patience
        var hasSaid = false
        while true {
            let entry = try await ask(candidate.providerID, limit)
            if case .entered(let call) = entry { return call }
            guard case .full(let seconds) = entry else { return nil }
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
        await Task { [places] in try? await places.leave(call) }.value
    }
}

extension ProviderDoor {
    /// A run waits for the database, too.
    init(execution: RunExecution, say: @escaping @Sendable (String) async throws -> Void) {
        let holder = execution.claimed.holder
        self.init(
            places: execution.journal,
            health: execution.health,
            ask: { provider, limit in
                try await execution.patiently { try await execution.journal.enter(provider, limit, for: holder) }
            },
            say: say
        )
    }
}
