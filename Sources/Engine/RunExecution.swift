import Foundation
import Logging

/// One attempt at a run, from the claim to its end.
struct RunExecution: Sendable {
    let claimed: ClaimedRun
    let journal: any Journal
    let models: any ModelSource
    let tools: ToolCatalogue
    let cache: ToolCache
    let pictures: any PictureSource
    let log: EventLog
    let handle: RunHandle
    let limits: RunLimits
    let health: ProviderHealth
    /// Tells those who write in the background.
    let writingIsWanted: @Sendable () -> Void
    let logger: Logger

    private var run: Run { claimed.run }
    private var data: EventData { EventData(run: claimed.run) }

    func perform() async {
        let writer = log.open(claimed) { [handle] in handle.stop($0) }
        let answer = AnswerInProgress()
        let ending = await work(writer, answer)
        switch ending {
        case .lost:
            await log.close(run.id)
            log.abandon(run.id)
        case .handedBack:
            await handBack(writer, answer)
        case .resting(let cause):
            // What tools keep open for it may be wanted when it goes on.
            return await rest(cause, writer, answer)
        default:
            await end(ending, writer, answer)
        }
        await tools.runEnded(run.id)
    }

    /// What was paid is written down, if that can be done now; the next worker does the rest.
    private func handBack(_ writer: RunWriter, _ answer: AnswerInProgress) async {
        let records = answer.takeUnstored()
        let left = await writer.close(records.map { (.usage, data.usage($0)) }, records)
        if let left, !records.isEmpty {
            // A task that was cancelled cannot ask the database.
            await Task { [journal] in _ = try? await journal.append([left.batch]) }.value
        }
        log.abandon(run.id)
    }

    /// nil when the model has finished.
    private func work(_ writer: RunWriter, _ answer: AnswerInProgress) async -> RunEnding? {
        do {
            try await withTimeLimit(limits.time, otherwise: limits.timeout) { try await attempt(writer, answer) }
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
        let brief = try await patiently { try await journal.brief(for: claimed) }
        // The message and its place in the queue are the first two; whatever follows is an earlier attempt's.
        let replay = claimed.lastSequence > 2 ? try await replay() : RunReplay()
        answer.resume(replay)
        let reason = claimed.isAgentReplaced ? "agent_replaced" : nil
        let begun = data.runStatus(.running, reason: reason, attempt: run.attempt)
        try await writer.event(.runStatus, begun, state: .running)
        let start = data.agentStart(
            name: brief.agentName,
            attempt: run.attempt,
            stepsKept: replay.steps.count,
            task: brief.task
        )
        try await writer.event(.agentStart, start)
        if !replay.content.isEmpty { try await writer.text(replay.content) }
        if brief.isCancelled { throw RunEnding.cancelled }
        guard !brief.candidates.isEmpty else {
            throw RunEnding.failed(
                code: ModelError.Code.notConfigured.rawValue,
                message: "No model is set up. Add a provider and choose a model, then try again."
            )
        }
        if brief.isPausing { handle.pause() }
        if brief.isSteered { handle.steer() }
        var turns = ToolTurns(execution: self, writer: writer, answer: answer, brief: brief, replay: replay)
        try await turns.chooseTools()
        try await turns.resume()
        try await turns.run()
        guard !answer.content.isEmpty else {
            throw RunEnding.failed(
                code: "MODEL_EMPTY_ANSWER",
                message: "The model ended without a word. Try again, or choose another model."
            )
        }
        if run.parentRunID == nil { answer.wants(brief.writing(limits)) }
    }

    /// What earlier attempts have left.
    private func replay() async throws -> RunReplay {
        let size = 1000
        var replay = RunReplay()
        var place: Int64 = 0
        while true {
            let after = place
            let events = try await patiently { try await journal.events(of: run.id, after: after, limit: size) }
            for event in events { replay.feed(event) }
            place = events.last?.sequence ?? place
            if events.count < size { return replay }
        }
    }

    /// Asks the journal until it answers; what it can never answer ends the run.
    func patiently<Answer: Sendable>(_ question: @Sendable () async throws -> Answer) async throws -> Answer {
        var delay = Duration.milliseconds(50)
        while true {
            do {
                return try await question()
            } catch let failure as any JournalFailure where !failure.isTransient {
                throw failure
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
        let records = answer.takeUnstored()
        last += records.map { (.usage, data.usage($0)) }
        if ending == nil || !answer.content.isEmpty {
            last.append((.messageComplete, data.messageComplete(content: answer.content, metadata: metadata)))
        }
        var error: (code: String, message: String)?
        if case .failed(let code, let message, let retryAfter) = ending {
            last.append((.error, data.error(code: code, message: message, retryAfter: retryAfter)))
            error = (code, message)
        }
        last.append((.runStatus, data.runStatus(state, reason: error?.code, attempt: run.attempt)))
        guard let (rest, next) = await writer.close(last, records), handle.ending != .lost else {
            return log.abandon(run.id)
        }
        let outcome = RunOutcome(
            run: run,
            epoch: claimed.epoch,
            events: rest.events,
            state: state,
            content: answer.content,
            metadata: metadata,
            usage: rest.usage,
            toolCalls: rest.toolCalls,
            errorCode: error?.code,
            errorMessage: error?.message,
            mayHaveChildren: mayHaveChildren,
            writing: ending == nil ? answer.writing : []
        )
        // Whatever the database has against an end, a run ends; and what it has refused meanwhile is no answer.
        let plain = unstorable(at: next)
        let ends = isRefused || rest.events.isEmpty ? [plain] : [outcome, outcome.withoutDetails, plain]
        for outcome in ends {
            guard await store(outcome.events, { try await journal.finish(outcome) }) else { continue }
            if !outcome.writing.isEmpty { writingIsWanted() }
            return
        }
        log.abandon(run.id)
    }

    /// Lays the run down until others have done what it waits for.
    private func rest(_ cause: Rest, _ writer: RunWriter, _ answer: AnswerInProgress) async {
        let state = data.runStatus(cause.state, reason: cause.reason, attempt: run.attempt)
        let records = answer.takeUnstored()
        var last = records.map { (kind: RunEvent.Kind.usage, data: data.usage($0)) }
        last += cause.calls.filter(\.isNew).map { (.approvalRequest, data.approvalRequest($0)) }
        if let handOff = cause.handOff {
            last.append((.toolResult, data.toolResult(handOff.call, handOff.outcome, seconds: 0)))
        }
        let words = last + [(.runStatus, state)]
        guard let (rest, next) = await writer.close(words, records), handle.ending != .lost else {
            return log.abandon(run.id)
        }
        let suspended = SuspendedRun(
            run: run,
            epoch: claimed.epoch,
            events: rest.events,
            usage: rest.usage,
            toolCalls: rest.toolCalls + [cause.handOff?.record].compactMap { $0 },
            calls: cause.calls,
            children: cause.children,
            awaited: cause.awaited,
            successor: cause.handOff?.colleague.id,
            isPaused: cause.isPaused
        )
        let isWhole = !isRefused && !rest.events.isEmpty
        if isWhole, await store(rest.events, { try await journal.suspend(suspended) }) { return }
        let end = unstorable(at: next)
        if await !store(end.events, { try await journal.finish(end) }) { log.abandon(run.id) }
    }

    /// Children come into being while a run rests, and one that has rested has more in its log than its beginning.
    private var mayHaveChildren: Bool { claimed.lastSequence > 2 }

    /// Whether the log has refused something of this run, perhaps only after the model had finished.
    private var isRefused: Bool {
        if case .failed = handle.ending { true } else { false }
    }

    /// An end that says nothing but that it failed; its first event has the number `first`.
    private func unstorable(at first: Int64) -> RunOutcome {
        let code = "RUN_FAILED"
        let message = "What the model sent could not be stored. Try again, or choose another model."
        let said: [(kind: RunEvent.Kind, data: String)] = [
            (.error, data.error(code: code, message: message, retryAfter: nil)),
            (.runStatus, data.runStatus(.failed, reason: code, attempt: run.attempt)),
        ]
        let events = said.enumerated().map { index, event in
            RunEvent(sequence: first + Int64(index), kind: event.kind, data: event.data, timestamp: Date())
        }
        return RunOutcome(
            run: run,
            epoch: claimed.epoch,
            events: events,
            state: .failed,
            content: "",
            metadata: "{}",
            usage: [],
            errorCode: code,
            errorMessage: message,
            mayHaveChildren: mayHaveChildren
        )
    }

    /// Tries until the database has it. When the process ends first, the next worker repeats the attempt. False when the
    /// database refuses it for good.
    private func store(_ events: [RunEvent], _ write: @escaping @Sendable () async throws -> Bool) async -> Bool {
        // A task that was cancelled can neither ask the database nor sleep, and the end must be stored all the same.
        await Task { () -> Bool in
            var delay = Duration.milliseconds(50)
            repeat {
                do {
                    guard try await write() else { break }
                    log.publishEnd(events, of: run.id)
                    return true
                } catch let failure as any JournalFailure where !failure.isTransient {
                    logger.error(
                        "The database refuses a run's end",
                        metadata: ["run": "\(run.id.text)", "error": "\(failure)"]
                    )
                    return false
                } catch {
                    logger.warning("A run's end waits for the database", metadata: ["error": "\(error)"])
                    try? await Task.sleep(for: delay)
                    delay = min(delay * 2, .seconds(1))
                }
            } while !handle.isLeaving
            log.abandon(run.id)
            return true
        }.value
    }
}

extension RunOutcome {
    /// The same end without what it cost: the events still tell.
    fileprivate var withoutDetails: RunOutcome {
        var plain = self
        plain.usage = []
        plain.toolCalls = []
        plain.metadata = "{}"
        return plain
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

extension RunLimits {
    fileprivate var timeout: RunEnding {
        .failed(
            code: "RUN_TIMEOUT",
            message: "The answer took longer than \(time.components.seconds) seconds and was stopped. Try again."
        )
    }
}
