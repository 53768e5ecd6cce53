import Foundation
import Logging

/// How an attempt ends: with an outcome that is stored, or at rest.
extension RunExecution {
    func end(_ ending: RunEnding?, _ writer: RunWriter, _ answer: AnswerInProgress) async {
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
            guard await store(outcome.events, { try await self.journal.finish(outcome) }) else { continue }
            if !outcome.writing.isEmpty { writingIsWanted() }
            return
        }
        log.abandon(run.id)
    }

    /// Lays the run down until others have done what it waits for.
    func rest(_ cause: Rest, _ writer: RunWriter, _ answer: AnswerInProgress) async {
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
        if isWhole, await store(rest.events, { try await self.journal.suspend(suspended) }) { return }
        let end = unstorable(at: next)
        if await !store(end.events, { try await self.journal.finish(end) }) { log.abandon(run.id) }
    }

    /// Children come into being while a run rests, and one that has rested has more in its log than its beginning.
    private var mayHaveChildren: Bool { claimed.lastSequence > 2 }

    /// Whether the log has refused something of this run, perhaps only after the model had finished.
    private var isRefused: Bool {
        if case .failed = handle.ending { true } else { false }
    }

    /// An end that says nothing but that it failed; its first event has the number `first`.
    private func unstorable(at first: Int64) -> RunOutcome {
        let code = RunFailure.unforeseen.rawValue
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
    func tokensAreUsed(_ used: Int) -> RunEnding {
        .failed(
            code: RunFailure.outOfTokens.rawValue,
            message: "This turn has used \(used) tokens, of \(tokens) that it may. Ask for less at once."
        )
    }

    var timeout: RunEnding {
        .failed(
            code: RunFailure.outOfTime.rawValue,
            message: "The answer took longer than \(time.components.seconds) seconds and was stopped. Try again."
        )
    }
}
