/// One model call of a run on its way into the run's log.
final class ModelTake: Sendable {
    let meter: ModelMeter
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
        meter = ModelMeter(candidate, limit: limit)
        self.writer = writer
        self.answer = answer
        self.limit = limit
        self.restart = restart
    }

    func receive(_ piece: ModelPiece) async throws {
        if case .usage = piece {} else { try await replace() }
        try meter.take(piece)
        switch piece {
        // Whoever reads the answer reads why there is none.
        case .text(let delta), .refusal(let delta):
            let added = answer.add(delta)
            guard added.bytes <= limit else {
                throw ModelError(.malformed, "The answer grew longer than \(limit / 1024) KB and was stopped.")
            }
            try await writer.text(added.shown)
        case .reasoning(let delta): try await writer.reasoning(delta)
        case .finish(let reason): answer.finish(reason)
        case .toolCall, .usage: break
        }
    }

    /// The call has something to say, or has ended well: what broke off before it does not count any more.
    func replace() async throws {
        if let kept = answer.mend() { try await restart(kept) }
    }
}
