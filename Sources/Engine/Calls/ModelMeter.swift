package import Foundation

/// What one model call has brought so far and what that costs, whoever reads it.
final class ModelMeter: Sendable {
    fileprivate struct State {
        var tokens = TokenUsage(input: 0, output: 0)
        var text = ""
        /// The words in which the model declines: paid like others, and no answer.
        var declined = ""
        var reasoningBytes = 0
        var calls: [ToolCall] = []
        var finish: FinishReason?
        var firstPieceAt: ContinuousClock.Instant?
    }

    /// Of one answer; nobody means more.
    private static let mostCalls = 128

    /// Of the usage record that this will be.
    let id = UUID.v7()
    let candidate: ModelCandidate
    private let state = Locked(State())
    private let startedAt = ContinuousClock.now
    private let limit: Int

    /// `limit`: bytes of text, and as many of reasoning.
    init(_ candidate: ModelCandidate, limit: Int) {
        self.candidate = candidate
        self.limit = limit
    }

    /// Of the answer; nothing of the words in which there is none.
    var text: String { state.withLock { $0.text } }
    var calls: [ToolCall] { state.withLock { $0.calls } }
    var tokens: TokenUsage { state.withLock { $0.tokens } }
    var finish: FinishReason? { state.withLock { $0.finish } }

    /// Whether words have come.
    var hasWords: Bool { state.withLock { $0.firstPieceAt != nil } }

    /// Throws when there is more of something than an answer may have.
    func take(_ piece: ModelPiece) throws(ModelError) {
        let complaint: String? = state.withLock { state in
            switch piece {
            case .text(let delta):
                state.text += delta
                state.begin()
                return state.wordBytes > limit ? "The answer grew longer than \(limit / 1024) KB" : nil
            case .refusal(let delta):
                state.declined += delta
                state.begin()
                return state.wordBytes > limit ? "The answer grew longer than \(limit / 1024) KB" : nil
            case .reasoning(let delta):
                state.reasoningBytes += delta.utf8.count
                state.begin()
                return state.reasoningBytes > limit ? "The model thought longer than \(limit / 1024) KB" : nil
            case .toolCall(let call):
                state.calls.append(call)
                return state.calls.count > Self.mostCalls
                    ? "The model called over \(Self.mostCalls) tools at once" : nil
            case .usage(let tokens): state.tokens = tokens
            case .finish(let reason): state.finish = reason
            }
            return nil
        }
        if let complaint { throw ModelError(.malformed, "\(complaint) and was stopped.") }
    }

    /// What the call is written down as, with why it failed. `sent` is kept with it where that is wanted.
    func record(for request: ModelRequest, sent: SentRequest? = nil, failure: (any Error)? = nil) -> UsageRecord {
        let state = state.withLock { $0 }
        // The provider did not end it, so we did, and the provider does not know why.
        let isCut = failure.map { ($0 as? ModelError)?.isOurs ?? true } ?? false
        let tokens = tokens(state, request, isCut: isCut)
        return UsageRecord(
            id: id,
            modelID: candidate.modelID,
            modelName: candidate.name,
            tokens: tokens,
            cost: candidate.price.map { $0.cost(of: tokens) },
            currency: candidate.price?.currency,
            responseTime: startedAt.duration(to: .now) / .seconds(1),
            firstTokenTime: state.firstPieceAt.map { startedAt.duration(to: $0) / .seconds(1) },
            succeeded: failure == nil,
            request: sent
        )
    }

    /// Providers that tell at the end what a call took say nothing of one that was cut, and will charge it all the same: where
    /// it has a price, that is estimated, so that nobody passes a budget by stopping.
    private func tokens(_ state: State, _ request: ModelRequest, isCut: Bool) -> TokenUsage {
        let cameSomething = state.firstPieceAt != nil || !state.calls.isEmpty
        guard candidate.price != nil, cameSomething || isCut, state.tokens.input + state.tokens.output == 0 else {
            return state.tokens
        }
        let words = TokenEstimate.of(state.text) + TokenEstimate.of(state.declined) + state.reasoningBytes / 3
        let calls = state.calls.reduce(0) { $0 + TokenEstimate.of($1.arguments) }
        let unseen = isCut ? unseenTokens(state, atMost: request.maximumTokens) : 0
        return TokenUsage(input: request.estimatedTokens, output: words + calls + unseen)
    }

    /// What a model may have thought without showing it: a model that takes longer to begin than models usually do is at
    /// work, and writes some fifty tokens a second.
    private func unseenTokens(_ state: State, atMost limit: Int?) -> Int {
        let silence = startedAt.duration(to: state.firstPieceAt ?? .now) - Self.usualSilence
        return max(0, min(Int(silence / .seconds(1) * 50), limit ?? WorstCase.outputTokens))
    }

    private static let usualSilence = Duration.seconds(5)
}

extension ModelMeter.State {
    fileprivate var wordBytes: Int { text.utf8.count + declined.utf8.count }

    fileprivate mutating func begin() { if firstPieceAt == nil { firstPieceAt = .now } }
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
