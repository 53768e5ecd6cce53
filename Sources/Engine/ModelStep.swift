import Foundation

/// One model call of a run, with other candidates and other times when it fails before a word has come.
struct ModelStep: Sendable {
    let execution: RunExecution
    let writer: RunWriter
    let answer: AnswerInProgress

    private var data: EventData { EventData(run: execution.claimed.run) }

    /// Returns the tool calls that the model made.
    func perform(_ request: ModelRequest, candidates: [ModelCandidate]) async throws -> [ToolCall] {
        var failure = ModelError(.unavailable, "The model did not answer.")
        for round in 0..<execution.limits.rounds {
            if round > 0 { try await pause(before: round, after: failure) }
            var mayPass = false
            for (index, candidate) in candidates.enumerated() {
                if index > 0 { try await say("fallback: \(candidate.name)") }
                switch try await call(candidate, request) {
                case .success(let calls): return calls
                case .failure(let error):
                    failure = error
                    mayPass = mayPass || error.isTransient
                }
            }
            guard mayPass, round + 1 < execution.limits.rounds else { break }
        }
        throw RunEnding(failure)
    }

    /// Throws when the failure is final because words have come already; they stay.
    private func call(
        _ candidate: ModelCandidate,
        _ request: ModelRequest
    ) async throws -> Result<[ToolCall], ModelError> {
        answer.beginStep(candidate)
        let take = ModelTake(candidate: candidate, writer: writer, answer: answer, limit: execution.limits.answerBytes)
        do {
            let model = execution.models.model(named: candidate.name, at: candidate.endpoint)
            try await model.answer(request) { piece in try await take.receive(piece) }
            answer.add(take.record(succeeded: true))
            return .success(take.calls)
        } catch let error as ModelError {
            answer.add(take.record(succeeded: false))
            if take.hasBegun { throw RunEnding(error) }
            return .failure(error)
        } catch {
            answer.add(take.record(succeeded: false))
            throw error
        }
    }

    private func say(_ reason: String) async throws {
        let attempt = execution.claimed.run.attempt
        try await writer.event(.runStatus, data.runStatus(.running, reason: reason, attempt: attempt))
    }

    private func pause(before round: Int, after failure: ModelError) async throws {
        let limits = execution.limits
        guard (failure.retryAfter ?? 0) <= limits.longestRetryAfter else { throw RunEnding(failure) }
        let longest = limits.backoff * (1 << (round - 1))
        // Full jitter: those who failed together do not come back together.
        let wait = max(longest * Double.random(in: 0.5...1), .seconds(failure.retryAfter ?? 0))
        try await say("retry: \(failure.code.rawValue)")
        try await Task.sleep(for: wait)
    }
}
