import Foundation
import Logging

/// One attempt at a run, from the claim to its end.
struct RunExecution: Sendable {
    let claimed: ClaimedRun
    let journal: any Journal
    let models: any ModelSource
    let log: EventLog
    let handle: RunHandle
    let limits: RunLimits
    let logger: Logger

    private var run: Run { claimed.run }
    private var data: EventData { EventData(run: claimed.run) }

    func perform() async {
        let writer = log.open(claimed) { [handle] in handle.stop(.lost) }
        let answer = AnswerInProgress()
        let ending = await work(writer, answer)
        switch ending {
        case .lost, .handedBack:
            _ = await log.close(run.id)
            log.abandon(run.id)
        default:
            await end(ending, writer, answer)
        }
    }

    /// nil when the model has finished.
    private func work(_ writer: RunWriter, _ answer: AnswerInProgress) async -> RunEnding? {
        do {
            try await withTimeLimit(limits.time) { try await attempt(writer, answer) }
            return nil
        } catch {
            if let ending = handle.ending { return ending }
            if let ending = error as? RunEnding { return ending }
            logger.error(
                "A run failed in a way that nobody foresaw",
                metadata: ["run": "\(run.id.text)", "error": "\(error)"]
            )
            return .failed(code: "RUN_FAILED", message: "Something failed on the server. Try again.")
        }
    }

    private func attempt(_ writer: RunWriter, _ answer: AnswerInProgress) async throws {
        guard run.attempt <= limits.attempts else {
            throw RunEnding.failed(
                code: "RUN_ATTEMPTS_EXHAUSTED",
                message: "This run was interrupted \(limits.attempts) times and was given up. Try again."
            )
        }
        let brief = try await brief()
        try await writer.event(.runStatus, data.runStatus(.running, attempt: run.attempt), state: .running)
        try await writer.event(.agentStart, data.agentStart(name: brief.agentName, attempt: run.attempt))
        guard !brief.candidates.isEmpty else {
            throw RunEnding.failed(
                code: ModelError.Code.notConfigured.rawValue,
                message: "No model is set up. Add a provider and choose a model, then try again."
            )
        }
        var request = ModelRequest(
            instruction: brief.instruction,
            messages: brief.messages,
            temperature: brief.temperature,
            maximumTokens: brief.maximumTokens
        )
        for _ in 0..<limits.steps {
            let calls = try await ModelStep(execution: self, writer: writer, answer: answer)
                .perform(request, candidates: brief.candidates)
            if calls.isEmpty { break }
            try await refuse(calls, writer, answer, &request)
        }
        guard !answer.content.isEmpty else {
            throw RunEnding.failed(
                code: "MODEL_EMPTY_ANSWER",
                message: "The model ended without a word. Try again, or choose another model."
            )
        }
    }

    /// This version's agents have no tools: a model that calls one anyway is told, and goes on.
    private func refuse(
        _ calls: [ToolCall],
        _ writer: RunWriter,
        _ answer: AnswerInProgress,
        _ request: inout ModelRequest
    ) async throws {
        request.messages.append(.assistant(text: answer.stepText, toolCalls: calls))
        answer.called(calls.count)
        for call in calls {
            let error = "There is no tool called \(call.name). Answer without it."
            try await writer.event(.toolCall, data.toolCall(call))
            try await writer.event(.toolResult, data.toolResult(call, error: error))
            request.messages.append(.toolResult(callID: call.id, toolName: call.name, content: error, isError: true))
        }
    }

    private func brief() async throws -> RunBrief {
        var delay = Duration.milliseconds(50)
        while true {
            do {
                return try await journal.brief(for: claimed)
            } catch {
                try Task.checkCancellation()
                logger.warning("A run waits for the database", metadata: ["error": "\(error)"])
                try await Task.sleep(for: delay)
                delay = min(delay * 2, .seconds(1))
            }
        }
    }
}

// MARK: - The end

extension RunExecution {
    private func end(_ ending: RunEnding?, _ writer: RunWriter, _ answer: AnswerInProgress) async {
        let state = ending.finalState
        let metadata = answer.metadata(run: run, finishReason: ending.finishReason ?? answer.finish.rawValue)
        var last: [(kind: RunEvent.Kind, data: String)] = []
        if !answer.content.isEmpty { last.append((.contentStream, data.content("", isComplete: true))) }
        last += answer.records.map { (.usage, data.usage($0)) }
        if ending == nil || !answer.content.isEmpty {
            last.append((.messageComplete, data.messageComplete(content: answer.content, metadata: metadata)))
        }
        var code: String?
        var reason: String?
        if case .failed(let errorCode, let message, let retryAfter) = ending {
            last.append((.error, data.error(code: errorCode, message: message, retryAfter: retryAfter)))
            (code, reason) = (errorCode, errorCode)
        }
        last.append((.runStatus, data.runStatus(state, reason: reason, attempt: run.attempt)))
        let events = await writer.close(last)
        guard handle.ending != .lost else { return log.abandon(run.id) }
        await finish(
            RunOutcome(
                run: run,
                epoch: claimed.epoch,
                events: events,
                state: state,
                content: answer.content,
                metadata: metadata,
                usage: answer.records,
                errorCode: code
            )
        )
    }

    /// Tries until the database has it. When the process ends first, the next worker repeats the attempt.
    private func finish(_ outcome: RunOutcome) async {
        // A task that was cancelled can neither ask the database nor sleep, and the end must be stored all the same.
        await Task {
            var delay = Duration.milliseconds(50)
            repeat {
                do {
                    guard try await journal.finish(outcome) else { break }
                    return log.publishEnd(outcome.events, of: run.id)
                } catch {
                    logger.warning("A run's end waits for the database", metadata: ["error": "\(error)"])
                    try? await Task.sleep(for: delay)
                    delay = min(delay * 2, .seconds(1))
                }
            } while !handle.isLeaving
            log.abandon(run.id)
        }.value
    }
}

extension RunEnding? {
    fileprivate var finalState: RunState {
        switch self {
        case nil: .completed
        case .cancelled: .cancelled
        default: .failed
        }
    }

    fileprivate var finishReason: String? {
        switch self {
        case nil: nil
        case .cancelled: "cancelled"
        default: "error"
        }
    }
}

/// Ends `body` when it takes longer than `limit`.
private func withTimeLimit(_ limit: Duration, _ body: @escaping @Sendable () async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)
            throw RunEnding.failed(
                code: "RUN_TIMEOUT",
                message: "The answer took longer than \(limit.components.seconds) seconds and was stopped. Try again."
            )
        }
        defer { group.cancelAll() }
        try await group.next()
    }
}
