package import Foundation

/// What one model call has brought so far.
final class ModelTake: Sendable {
    private struct State {
        var tokens = TokenUsage(input: 0, output: 0)
        var calls: [ToolCall] = []
        var firstPieceAt: ContinuousClock.Instant?
        var hasBegun = false
        var reasoningBytes = 0
    }

    /// Of one answer; nobody means more.
    private static let mostCalls = 128

    /// Of the usage record that this will be.
    let id = UUID.v7()
    private let state = Locked(State())
    private let startedAt = ContinuousClock.now
    private let candidate: ModelCandidate
    private let writer: RunWriter
    private let answer: AnswerInProgress
    private let limit: Int
    private let restart: @Sendable (String) async throws -> Void

    /// `restart` tells readers to begin anew with what is given, before the first piece that replaces words of a call that
    /// broke off.
    init(
        candidate: ModelCandidate,
        writer: RunWriter,
        answer: AnswerInProgress,
        limit: Int,
        restart: @escaping @Sendable (String) async throws -> Void
    ) {
        self.candidate = candidate
        self.writer = writer
        self.answer = answer
        self.limit = limit
        self.restart = restart
    }

    var calls: [ToolCall] { state.withLock { $0.calls } }

    /// Whether something has come that a reader may have seen: then the call cannot be repeated unnoticed.
    var hasBegun: Bool { state.withLock { $0.hasBegun } }

    func receive(_ piece: ModelPiece) async throws {
        if case .usage = piece {} else { try await replace() }
        switch piece {
        case .text(let delta):
            began()
            let added = answer.add(delta)
            guard added.bytes <= limit else {
                throw ModelError(.malformed, "The answer grew longer than \(limit / 1024) KB and was stopped.")
            }
            try await writer.text(added.shown)
        case .reasoning(let delta):
            began()
            let bytes = state.withLock { state in
                state.reasoningBytes += delta.utf8.count
                return state.reasoningBytes
            }
            guard bytes <= limit else {
                throw ModelError(.malformed, "The model thought longer than \(limit / 1024) KB and was stopped.")
            }
            try await writer.reasoning(delta)
        case .toolCall(let call):
            let count = state.withLock { state in
                state.calls.append(call)
                return state.calls.count
            }
            guard count <= Self.mostCalls else {
                throw ModelError(.malformed, "The model called over \(Self.mostCalls) tools at once and was stopped.")
            }
        case .usage(let tokens): state.withLock { $0.tokens = tokens }
        case .finish(let reason): answer.finish(reason)
        }
    }

    /// The call has something to say, or has ended well: what broke off before it does not count any more.
    func replace() async throws {
        if let kept = answer.mend() { try await restart(kept) }
    }

    func record(of sent: SentRequest, for request: ModelRequest, succeeded: Bool) -> UsageRecord {
        let state = state.withLock { $0 }
        let tokens = tokens(state, request)
        return UsageRecord(
            id: id,
            modelID: candidate.modelID,
            modelName: candidate.name,
            tokens: tokens,
            cost: candidate.price.map { $0.cost(of: tokens) },
            currency: candidate.price?.currency,
            responseTime: startedAt.duration(to: .now) / .seconds(1),
            firstTokenTime: state.firstPieceAt.map { startedAt.duration(to: $0) / .seconds(1) },
            succeeded: succeeded,
            request: sent
        )
    }

    /// Providers that tell at the end what a call took say nothing of one that was cut, and will charge it all the same: where
    /// it has a price, that is estimated, so that nobody passes a budget by stopping.
    private func tokens(_ state: State, _ request: ModelRequest) -> TokenUsage {
        let cameSomething = state.hasBegun || !state.calls.isEmpty
        guard candidate.price != nil, cameSomething, state.tokens.input + state.tokens.output == 0 else {
            return state.tokens
        }
        let words = TokenEstimate.of(answer.stepText) + state.reasoningBytes / 3
        let calls = state.calls.reduce(0) { $0 + TokenEstimate.of($1.arguments) }
        return TokenUsage(input: request.estimatedTokens, output: words + calls)
    }

    private func began() {
        state.withLock { state in
            state.hasBegun = true
            if state.firstPieceAt == nil { state.firstPieceAt = .now }
        }
    }
}

extension ModelCandidate.Price {
    /// The money for `tokens`, rounded to 1e-6 of the currency.
    package func cost(of tokens: TokenUsage) -> Decimal {
        let fresh = Decimal(tokens.input - tokens.cached) * input + Decimal(tokens.cached) * (cached ?? input)
        var exact = (fresh + Decimal(tokens.output) * output) / 1_000_000
        var rounded = Decimal()
        NSDecimalRound(&rounded, &exact, 6, .plain)
        return rounded
    }
}
