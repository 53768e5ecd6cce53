import Foundation

/// One model call of a run, with other candidates and other times when it fails. Once words have come only another
/// candidate says it anew; where there is none they stay.
final class ModelStep: Sendable {
    let execution: RunExecution
    let writer: RunWriter
    let answer: AnswerInProgress
    let purse: RunPurse
    /// The event with which readers begin anew after the steps that are finished.
    let startAgain: String
    let context: RunContext
    /// How many of a request's messages, from the first, are the conversation's.
    let historyCount: Int

    private var data: EventData { EventData(run: execution.claimed.run) }

    init(
        execution: RunExecution,
        writer: RunWriter,
        answer: AnswerInProgress,
        purse: RunPurse,
        startAgain: String,
        context: RunContext,
        historyCount: Int
    ) {
        self.execution = execution
        self.writer = writer
        self.answer = answer
        self.purse = purse
        self.startAgain = startAgain
        self.context = context
        self.historyCount = historyCount
    }

    /// Returns the tool calls that the model made, each with an id of its own.
    func perform(_ request: ModelRequest, candidates: [ModelCandidate]) async throws -> [ToolCall] {
        let failover = Failover(health: execution.health, limits: execution.limits, say: say)
        let outcome = try await failover.perform(candidates, mayRepeat: { !answer.isBroken }) { candidate, isLast in
            try await ask(candidate, request, isLast: isLast)
        }
        switch outcome {
        case .answered(let calls): return calls.withOwnIDs
        case .failed(let failure, let refusals): throw try await purse.ending(refusals) ?? RunEnding(failure)
        }
    }

    private func ask(
        _ candidate: ModelCandidate,
        _ request: ModelRequest,
        isLast: Bool
    ) async throws -> Result<[ToolCall], ModelError> {
        let patience = isLast ? execution.limits.providerPatience : execution.limits.providerImpatience
        return try await ProviderDoor(execution: execution, say: say).pass(candidate, patience: patience) { _ in
            try await callWithOrWithoutTools(candidate, request)
        }
    }

    /// A provider that refuses a request for its tools gets it without: a plain answer is better than none.
    private func callWithOrWithoutTools(
        _ candidate: ModelCandidate,
        _ request: ModelRequest
    ) async throws -> Result<[ToolCall], ModelError> {
        let fitted: FittedRequest
        let pictures = PictureFit(source: execution.pictures, run: execution.claimed.run)
        let request = await pictures.fitted(request, for: candidate)
        do throws(ModelError) {
            fitted = try fit(request, candidate)
        } catch {
            execution.health.ended(.unknown, of: candidate)
            return .failure(error)
        }
        let lack: ToolLack? = fitted.request.tools.isEmpty ? .noRoom : nil
        let result = try await call(candidate, fitted)
        guard !request.tools.isEmpty else { return result }
        guard lack == nil, case .failure(let error) = result, error.mayRefuseTools else {
            if case .success = result { answer.lacksTools(lack) }
            return result
        }
        try await say("without_tools: \(candidate.name)")
        let plain = try await call(candidate, fitted.withoutTools)
        if case .success = plain { answer.lacksTools(.refused) }
        return plain
    }

    /// Each candidate has a window of its own.
    private func fit(_ request: ModelRequest, _ candidate: ModelCandidate) throws(ModelError) -> FittedRequest {
        let fitted = try ContextFit(
            request,
            historyCount: historyCount,
            context: context,
            candidate: candidate,
            defaultWindow: execution.limits.defaultWindow
        ).fitted()
        return fitted.request.tools.isEmpty ? fitted.withoutTools : fitted
    }

    /// Throws when the failure is final because words have come that nobody can say anew, and a `BudgetRefusal` when there
    /// is no money for it: then nothing was asked.
    private func call(
        _ candidate: ModelCandidate,
        _ fitted: FittedRequest
    ) async throws -> Result<[ToolCall], ModelError> {
        let take = ModelTake(
            candidate: candidate,
            writer: writer,
            answer: answer,
            limit: execution.limits.answerBytes,
            restart: restart
        )
        let fitted = try await affordable(fitted, take, candidate)
        let sent = answer.sends(fitted, isTurn: execution.claimed.run.parentRunID == nil)
        answer.beginStep(candidate)
        do {
            let model = execution.models.model(named: candidate.name, at: candidate.endpoint)
            try await model.answer(fitted.request) { piece in try await take.receive(piece) }
            try await take.replace()
            answer.add(take.meter.record(for: fitted.request, sent: sent))
            execution.health.ended(.answered, of: candidate)
            return .success(take.meter.calls)
        } catch let error as ModelError {
            answer.add(take.meter.record(for: fitted.request, sent: sent, failure: error))
            execution.health.ended(CircuitBreaker.Outcome(error), of: candidate)
            if take.meter.hasWords {
                guard error.isOutage else { throw RunEnding(error) }
                answer.breakOff()
            }
            return .failure(error)
        } catch {
            answer.add(take.meter.record(for: fitted.request, sent: sent, failure: error))
            execution.health.ended(.unknown, of: candidate)
            throw error
        }
    }

    /// The request with the bound that its worst case was set aside with.
    private func affordable(
        _ fitted: FittedRequest,
        _ take: ModelTake,
        _ candidate: ModelCandidate
    ) async throws -> FittedRequest {
        do {
            return try await purse.reserve(take.meter.id, for: fitted, by: candidate)
        } catch {
            execution.health.ended(.unknown, of: candidate)
            throw error
        }
    }

    /// As at the beginning of another attempt: readers forget what they have and are told again what stays.
    private func restart(_ kept: String) async throws {
        try await writer.event(.agentStart, startAgain)
        if !kept.isEmpty { try await writer.text(kept) }
    }

    private func say(_ reason: String) async throws {
        let attempt = execution.claimed.run.attempt
        try await writer.event(.runStatus, data.runStatus(.running, reason: reason, attempt: attempt))
    }
}

extension ModelError {
    /// What servers say that know no tools: a bad request, or that they cannot do this.
    fileprivate var mayRefuseTools: Bool { code == .rejected || status == 500 || status == 501 }

    /// The provider went away, rather than answering badly.
    fileprivate var isOutage: Bool { CircuitBreaker.Outcome(self) == .failed }
}

extension ModelRequest {
    /// The same conversation for a model that knows no tools: calls and results as plain words.
    var withoutTools: ModelRequest {
        var plain = self
        plain.tools = []
        plain.messages = messages.withoutCalls
        return plain
    }
}

extension [ModelMessage] {
    /// The same with calls and results as plain words.
    var withoutCalls: [ModelMessage] {
        map { message in
            switch message {
            case .assistant(let text, let calls) where !calls.isEmpty:
                let names = calls.map { "[called \($0.name)(\($0.arguments))]" }.joined(separator: "\n")
                return .assistant(text: text.isEmpty ? names : text + "\n" + names, toolCalls: [])
            case .toolResult(_, let name, let content, _): return .user("[result of \(name)]\n\(content)")
            default: return message
            }
        }
    }
}

extension [ToolCall] {
    /// Some servers number the calls of each answer from nought, or not at all; results are told apart by their ids.
    fileprivate var withOwnIDs: [ToolCall] {
        map { call in
            var call = call
            call.id = "call_" + UUID.v7().text.replacingOccurrences(of: "-", with: "").suffix(24)
            return call
        }
    }
}
