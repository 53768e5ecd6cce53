import Foundation
import Logging

/// One attempt at a run, from the claim to its end. A class, because everything that works for the run holds it, in every
/// frame of a task that waits for the model.
final class RunExecution: Sendable {
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

    init(
        claimed: ClaimedRun,
        journal: any Journal,
        models: any ModelSource,
        tools: ToolCatalogue,
        cache: ToolCache,
        pictures: any PictureSource,
        log: EventLog,
        handle: RunHandle,
        limits: RunLimits,
        health: ProviderHealth,
        writingIsWanted: @escaping @Sendable () -> Void,
        logger: Logger
    ) {
        self.claimed = claimed
        self.journal = journal
        self.models = models
        self.tools = tools
        self.cache = cache
        self.pictures = pictures
        self.log = log
        self.handle = handle
        self.limits = limits
        self.health = health
        self.writingIsWanted = writingIsWanted
        self.logger = logger
    }

    var run: Run { claimed.run }
    var data: EventData { EventData(run: claimed.run) }

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
            try await withTimeLimit(limits.time, otherwise: limits.timeout) { try await self.attempt(writer, answer) }
            return nil
        } catch {
            if let ending = handle.ending { return ending }
            if let ending = error as? RunEnding { return ending }
            logger.error(
                "A run failed in a way that nobody foresaw",
                metadata: ["run": "\(run.id.text)", "error": "\(error)"]
            )
            return .failed(code: RunFailure.unforeseen.rawValue, message: "Something failed on the server. Try again.")
        }
    }

    private func attempt(_ writer: RunWriter, _ answer: AnswerInProgress) async throws {
        guard run.attempt <= limits.attempts else {
            throw RunEnding.failed(
                code: RunFailure.outOfAttempts.rawValue,
                message: "This run was interrupted \(limits.attempts) times and was given up. Try again."
            )
        }
        let (replay, brief) = try await terms()
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
        try Task.checkCancellation()
        guard !brief.candidates.isEmpty else {
            throw RunEnding.failed(
                code: ModelError.Code.notConfigured.rawValue,
                message: "No model is set up. Add a provider and choose a model, then try again."
            )
        }
        if brief.isPausing { handle.pause() }
        if brief.isSteered { handle.steer() }
        let turns = ToolTurns(execution: self, writer: writer, answer: answer, brief: brief, replay: replay)
        try await turns.chooseTools()
        try await turns.resume()
        try await turns.run()
        guard !answer.content.isEmpty else {
            throw RunEnding.failed(
                code: RunFailure.emptyAnswer.rawValue,
                message: "The model ended without a word. Try again, or choose another model."
            )
        }
        if run.parentRunID == nil { answer.wants(brief.writing(limits)) }
    }

    /// What it begins with. Read also for a run that is stopped in this moment: it ends with the words that it had.
    private func terms() async throws -> (RunReplay, RunBrief) {
        let reading = Task {
            // The message and its place in the queue are the first two; whatever follows is an earlier attempt's.
            let replay = claimed.lastSequence > 2 ? try await replay() : RunReplay()
            return (replay, try await patiently { try await journal.brief(for: claimed) })
        }
        return try await withTaskCancellationHandler {
            try await reading.value
        } onCancel: { [handle] in
            if handle.ending != .cancelled { reading.cancel() }
        }
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
                guard !handle.isLeaving else { throw CancellationError() }
                logger.warning("A run waits for the database", metadata: ["error": "\(error)"])
                try await Task.sleep(for: delay)
                delay = min(delay * 2, .seconds(1))
            }
        }
    }
}
