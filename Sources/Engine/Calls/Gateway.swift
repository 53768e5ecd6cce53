import Foundation

/// Single model calls of people's programs, with all that a run's call has: others in its place when a provider fails, limits
/// of providers, budgets, its cost written down: before its end is told where a budget or a limit concerns it, else just
/// behind. Nothing is kept of what was said.
package struct Gateway: Sendable {
    /// How long what a call holds stays its own without being renewed.
    package static let patience = Duration.seconds(60)

    private let journal: any GatewayJournal
    private let models: any ModelSource
    private let health: ProviderHealth
    private let limits: RunLimits

    package init(
        journal: any GatewayJournal,
        models: any ModelSource,
        health: ProviderHealth = ProviderHealth(),
        limits: RunLimits = RunLimits()
    ) {
        self.journal = journal
        self.models = models
        self.health = health
        // Programs try again by themselves.
        var limits = limits
        limits.rounds = 1
        self.limits = limits
    }

    /// Hands an answer over piece by piece, with the model that gives it. Once a piece has come, only that model goes on.
    /// A request that the model which was asked for cannot take goes to nobody else: another one's answer would hide that.
    /// Throws `ModelError`, `BudgetExceeded`, or what the journal throws.
    package func answer(
        _ request: ModelRequest,
        along route: GatewayRoute,
        for caller: GatewayCaller,
        receive: @Sendable (ModelPiece, _ model: String) async throws -> Void
    ) async throws -> GatewayAnswer {
        let able = request.hasPictures ? route.candidates.filter(\.supportsVision) : route.candidates
        guard able.first?.modelID == route.candidates.first?.modelID else {
            throw ModelError.unsupported("messages", "This model takes no pictures. Choose another one.")
        }
        return try await perform(request, able, route, caller) { candidate, request, meter in
            try await models.model(named: candidate.name, at: candidate.endpoint).answer(request) { piece in
                try meter.take(piece)
                try await receive(piece, candidate.name)
            }
        }.answer
    }

    /// Only by the model that was asked for: another one's vectors mean something else.
    package func embed(
        _ request: EmbeddingRequest,
        along route: GatewayRoute,
        for caller: GatewayCaller
    ) async throws -> (vectors: [[Float]], answer: GatewayAnswer) {
        let one = Array(route.candidates.prefix(1))
        return try await perform(request.question, one, route, caller) { candidate, _, meter in
            guard let embedder = models.embedder(named: candidate.name, at: candidate.endpoint) else {
                throw ModelError(.notConfigured, "This provider makes no embeddings. Choose a model of another one.")
            }
            let answer = try await embedder.embed(request)
            try meter.take(.usage(answer.tokens))
            return answer.vectors
        }
    }
}

/// How a call ended.
package struct GatewayAnswer: Sendable {
    /// The model that gave it.
    package var model: String
    package var finish: FinishReason?
    package var usage: UsageRecord
}

extension Gateway {
    private typealias Work<Result> = (ModelCandidate, ModelRequest, ModelMeter) async throws -> Result

    private func perform<Result: Sendable>(
        _ request: ModelRequest,
        _ candidates: [ModelCandidate],
        _ route: GatewayRoute,
        _ caller: GatewayCaller,
        _ work: Work<Result>
    ) async throws -> (Result, answer: GatewayAnswer) {
        let door = ProviderDoor(
            places: journal,
            health: health,
            ask: { [journal] in try await journal.enter($0, $1, for: caller.holder) },
            say: { _ in }
        )
        let failover = Failover(health: health, limits: limits, tellsFirst: true, say: { _ in })
        let outcome = try await failover.perform(candidates) { candidate, isLast in
            let patience = isLast ? limits.providerPatience : limits.providerImpatience
            let result = try await door.pass(candidate, patience: patience) { place in
                try await attempt(request, candidate, place, route.hasBudgets, caller, work)
            }
            if case .failure(let error) = result, error.isCallersMistake, candidate.modelID == candidates[0].modelID {
                throw error
            }
            return result
        }
        switch outcome {
        case .answered(let answer): return answer
        case .failed(let error, let refusals):
            guard let refusal = refusals.first else { throw error }
            throw BudgetExceeded(message: refusal.message)
        }
    }

    /// One candidate's call, paid whatever becomes of it.
    private func attempt<Result: Sendable>(
        _ request: ModelRequest,
        _ candidate: ModelCandidate,
        _ place: UUID?,
        _ hasBudgets: Bool,
        _ caller: GatewayCaller,
        _ work: Work<Result>
    ) async throws -> Swift.Result<(Result, answer: GatewayAnswer), ModelError> {
        let meter = ModelMeter(candidate, limit: limits.answerBytes)
        let reserved = try await reserve(request, meter, hasBudgets, caller)
        let renewal = renewal(of: [place, reserved.isHeld ? meter.id : nil].compactMap { $0 })
        defer { renewal?.cancel() }
        let outcome = await Self.outcome { try await work(candidate, reserved.request, meter) }
        let record = meter.record(for: reserved.request, failure: outcome.failure)
        health.ended(outcome.said, of: candidate)
        switch outcome {
        case .success(let result):
            if reserved.isHeld || place != nil {
                try await journal.record(record, of: caller)
            } else {
                try await journal.note(record, of: caller)
            }
            return .success((result, GatewayAnswer(model: candidate.name, finish: meter.finish, usage: record)))
        case .failure(let error):
            // Its cost is written down where that can be done; what went wrong is the answer in any case.
            try? await journal.record(record, of: caller)
            guard let error = error as? ModelError, !meter.hasWords, meter.calls.isEmpty else { throw error }
            return .failure(error)
        }
    }

    private static func outcome<Result>(_ work: () async throws -> Result) async -> Swift.Result<Result, any Error> {
        do { return .success(try await work()) } catch { return .failure(error) }
    }

    /// The request as it may be made; throws a `BudgetRefusal` when it may not.
    private func reserve(
        _ request: ModelRequest,
        _ meter: ModelMeter,
        _ hasBudgets: Bool,
        _ caller: GatewayCaller
    ) async throws -> (request: ModelRequest, isHeld: Bool) {
        let candidate = meter.candidate
        let answerTokens = candidate.maximumTokens ?? WorstCase.outputTokens
        var fitted = FittedRequest(request: request, history: 0..<0, answerTokens: answerTokens)
        guard hasBudgets, let worst = WorstCase(fitted, by: candidate) else { return (request, false) }
        do {
            switch try await journal.reserve(worst.reservation(of: meter.id, by: caller.holder)) {
            case .granted(let standings):
                if !standings.isEmpty { fitted.request.maximumTokens = worst.outputTokens }
                return (fitted.request, !standings.isEmpty)
            case .refused(let standings): throw BudgetRefusal(standings: standings, cost: worst.cost)
            case .lost: throw ModelError(.unavailable, "The call could not be set aside. Try again.")
            }
        } catch {
            health.ended(.unknown, of: candidate)
            throw error
        }
    }

    /// Keeps what a call holds while it takes its time; nil when it holds nothing.
    private func renewal(of held: [UUID]) -> Task<Void, Never>? {
        guard !held.isEmpty else { return nil }
        // Ends with the call, which cancels it.
        return Task { [journal] in
            while true {
                do { try await Task.sleep(for: Self.patience / 3) } catch { return }
                try? await journal.renew(held)
            }
        }
    }
}

extension ModelRequest {
    fileprivate var hasPictures: Bool {
        messages.contains { if case .user(_, let pictures) = $0 { !pictures.isEmpty } else { false } }
    }
}

extension Result where Failure == any Error {
    fileprivate var failure: (any Error)? { if case .failure(let error) = self { error } else { nil } }

    /// What it says of the provider.
    fileprivate var said: CircuitBreaker.Outcome {
        switch self {
        case .success: .answered
        case .failure(let error as ModelError): CircuitBreaker.Outcome(error)
        case .failure: .unknown
        }
    }
}
