import Foundation

/// The loop of a run: the model answers, its tool calls are done, it answers again, until it asks for nothing more. A class, for
/// most of what a run keeps while it waits for its model would else be here and in every frame above.
final class ToolTurns {
    let execution: RunExecution
    let writer: RunWriter
    let answer: AnswerInProgress
    let candidates: [ModelCandidate]
    private let catalogue: ToolCatalogue
    private let policy: ToolPolicy
    private let agentName: String
    private let task: TaskContext?
    private let approvals: [CallAnswer]
    private let steering: [SteeringMessage]
    private let replay: RunReplay
    private let delegation: Delegation
    private let purse: RunPurse
    private let context: RunContext
    private let historyCount: Int
    private var request: ModelRequest
    private var allowed: Set<String>
    /// What people have said into it, as far as the model is told of it.
    private var heard: Set<UUID> = []
    private var steps = 0
    private var badSteps = 0

    private var data: EventData { EventData(run: execution.claimed.run) }
    private var limits: RunLimits { execution.limits }

    init(
        execution: RunExecution,
        writer: RunWriter,
        answer: AnswerInProgress,
        brief: RunBrief,
        replay: RunReplay
    ) {
        self.execution = execution
        self.writer = writer
        self.answer = answer
        self.replay = replay
        candidates = brief.candidates
        policy = brief.policy
        agentName = brief.agentName
        task = brief.task
        approvals = brief.approvals
        steering = brief.steering
        let messages = brief.task.map { [.user($0.prompt)] } ?? brief.messages
        context = brief.task == nil ? brief.context : brief.context.withoutHistory
        historyCount = messages.count
        delegation = Delegation(
            run: execution.claimed.run,
            team: brief.team,
            children: brief.children,
            request: messages.request,
            limits: execution.limits
        )
        purse = RunPurse(execution: execution, writer: writer, answer: answer, brief: brief, replay: replay)
        catalogue = execution.tools.granted(brief.keptTools, settings: brief.toolSettings)
        let known = catalogue.descriptions(of: brief.tools) + delegation.descriptions
        // Alone, it has nothing to read.
        let tools = known.contains { $0.name != ToolExcerpt.reader } ? known : []
        allowed = Set(tools.map(\.name) + delegation.names)
        request = ModelRequest(
            instruction: brief.instruction + (delegation.isPossible ? brief.team.introduction : "")
                + brief.skills.introduction,
            messages: messages,
            tools: tools,
            temperature: brief.temperature,
            maximumTokens: brief.maximumTokens
        )
    }

    /// Of many tools those that fit what is asked. What an earlier attempt has chosen stays; what was not chosen can still be
    /// called by its name.
    func chooseTools() async throws {
        let optional = request.tools.filter { !$0.isAlwaysThere }
        guard optional.count > limits.toolsAtOnce else { return }
        var chosen = replay.chosenTools[execution.claimed.run.agentID]
        if chosen == nil {
            let choice = ToolChoice(execution: execution, writer: writer, answer: answer, purse: purse)
            chosen = try await choice.choose(among: optional, for: request.messages, candidates: candidates)
        }
        guard let chosen, !chosen.isEmpty else { return }
        request.tools.removeAll { !$0.isAlwaysThere && !chosen.contains($0.name) }
    }

    /// Goes on where an earlier attempt was cut short.
    func resume() async throws {
        try await listenAgain()
        for var step in replay.steps {
            steps += 1
            let calls = step.unfinished
            for (call, outcome) in zip(calls, try await perform(calls, areRepeated: true)) {
                step.results[call.id] = RunReplay.Result(content: outcome.content, isError: outcome.isError)
            }
            // A colleague's tools are not those of the one who took over.
            request.messages += steps <= replay.stepsBeforeHandOff ? step.messages.withoutCalls : step.messages
            try await listenAgain()
        }
        try await withdrawToolsIfSpent()
    }

    /// Until the model has answered.
    func run() async throws {
        while true {
            try await listen()
            let calls = try await callModel()
            guard !calls.isEmpty else { return }
            steps += 1
            guard steps <= limits.steps + 2 else {
                throw RunEnding.failed(
                    code: RunFailure.outOfSteps.rawValue,
                    message: "The model called tools \(steps - 1) times and came to no answer. Ask for less at once."
                )
            }
            try await record(calls)
            let outcomes = try await perform(calls)
            let results = zip(calls, outcomes).map { call, outcome in
                (call.id, RunReplay.Result(content: outcome.content, isError: outcome.isError))
            }
            let done = RunReplay.Step(
                text: answer.stepText,
                calls: calls,
                results: Dictionary(uniqueKeysWithValues: results)
            )
            request.messages += done.messages
            badSteps = outcomes.allSatisfy { $0.kind == .badCall } ? badSteps + 1 : 0
            try await withdrawToolsIfSpent()
        }
    }

    /// A run that is to pause lets the model finish, for a while.
    private func callModel() async throws -> [ToolCall] {
        let step = ModelStep(
            execution: execution,
            writer: writer,
            answer: answer,
            purse: purse,
            startAgain: data.agentStart(
                name: agentName,
                attempt: execution.claimed.run.attempt,
                stepsKept: steps,
                task: task
            ),
            context: context,
            historyCount: historyCount
        )
        let (request, candidates) = (request, candidates)
        return try await execution.handle.cuttingAtPause(after: limits.pausePatience) {
            try await step.perform(request, candidates: candidates)
        }
    }

    /// Between two steps: here a run hears what people say into it, and rests when it is to pause.
    private func listen() async throws {
        if execution.handle.takeSteering() {
            let (journal, claimed, step) = (execution.journal, execution.claimed, steps)
            let heard = try await execution.patiently { try await journal.takeSteering(of: claimed, after: step) }
            for message in heard { try await hear(message) }
        }
        if execution.handle.isPausing { throw RunEnding.resting(.pause) }
    }

    /// What an earlier attempt heard after as many steps.
    private func listenAgain() async throws {
        for message in steering where message.step == steps { try await hear(message) }
    }

    private func hear(_ message: SteeringMessage) async throws {
        guard heard.insert(message.id).inserted else { return }
        request.messages.append(.user(message.content))
        guard !replay.steered.contains(message.id.text) else { return }
        let received = data.messageReceived(userMessage: message.id, temporaryID: message.temporaryID, steers: true)
        try await writer.event(.messageReceived, received)
    }

    private func record(_ calls: [ToolCall]) async throws {
        answer.called(calls.count)
        let records = answer.takeUnstored()
        var events: [(kind: RunEvent.Kind, data: String)] = records.dropLast().map { (.usage, data.usage($0)) }
        if let last = records.last { events.append((.usage, data.usage(last, step: steps))) }
        events += calls.map { (.toolCall, data.toolCall($0)) }
        try await writer.step(records, events)
    }

    /// Does what may be done; when others have to do something first, the run is laid down until they have.
    private func perform(_ calls: [ToolCall], areRepeated: Bool = false) async throws -> [ToolOutcome] {
        guard !calls.isEmpty else { return [] }
        let step = ToolStep(
            execution: execution,
            writer: writer,
            tools: catalogue,
            allowed: allowed,
            policy: policy,
            approvals: approvals,
            replay: replay
        )
        let checked = calls.map { step.check($0, isRepeated: areRepeated) }
        var team = TeamCalls(delegation: delegation, handOffs: replay.handOffs)
        for call in checked where !call.needsPerson && !call.isRefused { team.take(call, isAlone: calls.count == 1) }
        for progress in team.changed(since: replay.plans) {
            try await writer.event(.planUpdate, data.planUpdate(call: progress.call, tasks: progress.tasksJSON))
        }
        let doable = checked.filter { !$0.needsPerson && !team.isOpen($0.call) }
        let outcomes = try await step.perform(doable, settled: team.outcomes)
        var rest = team.rest
        rest.calls = checked.compactMap(\.request)
        guard rest == Rest() else { throw RunEnding.resting(rest) }
        return outcomes
    }

    /// A model that has had its steps, or does not get its calls right, has to answer with what it has. What an earlier
    /// attempt has withdrawn stays so, and is said once.
    private func withdrawToolsIfSpent() async throws {
        let lack = replay.withdrawal ?? (steps >= limits.steps ? .steps : badSteps >= limits.badSteps ? .badCalls : nil)
        guard let lack, !allowed.isEmpty else { return }
        allowed = []
        request.tools = []
        answer.lacksTools(lack)
        guard replay.withdrawal == nil else { return }
        let reason = ToolLack.withdrawal + lack.rawValue
        let status = data.runStatus(.running, reason: reason, attempt: execution.claimed.run.attempt)
        try await writer.event(.runStatus, status)
    }
}

extension [ModelMessage] {
    /// The newest words of the person, so far as a colleague needs them.
    fileprivate var request: String {
        let words = compactMap { if case .user(let text, _) = $0 { text } else { nil } }
        return String((words.last ?? "").prefix(4000))
    }
}
