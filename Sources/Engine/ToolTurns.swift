/// The loop of a run: the model answers, its tool calls are done, it answers again, until it asks for nothing more.
struct ToolTurns: Sendable {
    let execution: RunExecution
    let writer: RunWriter
    let answer: AnswerInProgress
    let candidates: [ModelCandidate]
    private let policy: ToolPolicy
    private let approvals: [String: ToolApproval]
    private let replay: RunReplay
    private var request: ModelRequest
    private var allowed: Set<String>
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
        approvals = Dictionary(brief.approvals.map { ($0.callID, $0) }) { _, last in last }
        let tools = execution.tools.descriptions(of: brief.tools)
        allowed = Set(tools.map(\.name))
        request = ModelRequest(
            instruction: brief.instruction,
            messages: brief.messages,
            tools: tools,
            temperature: brief.temperature,
            maximumTokens: brief.maximumTokens
        )
    }

    /// Goes on where an earlier attempt was cut short.
    mutating func resume() async throws {
        for var step in replay.steps {
            steps += 1
            let calls = step.unfinished
            for (call, outcome) in zip(calls, try await perform(calls, areRepeated: true)) {
                step.results[call.id] = RunReplay.Result(content: outcome.content, isError: outcome.isError)
            }
            request.messages += step.messages
        }
        withdrawToolsIfSpent()
    }

    /// Until the model has answered.
    mutating func run() async throws {
        while true {
            let calls = try await ModelStep(execution: execution, writer: writer, answer: answer)
                .perform(allowed.isEmpty ? request.withoutTools : request, candidates: candidates)
            guard !calls.isEmpty else { return }
            steps += 1
            guard steps <= limits.steps + 2 else {
                throw RunEnding.failed(
                    code: "RUN_STEPS_EXHAUSTED",
                    message: "The model called tools \(steps - 1) times and came to no answer. Ask for less at once."
                )
            }
            try await record(calls)
            let outcomes = try await perform(calls)
            let results = zip(calls, outcomes).map { call, outcome in
                (call.id, RunReplay.Result(content: outcome.content, isError: outcome.isError))
            }
            let step = RunReplay.Step(
                text: answer.stepText,
                calls: calls,
                results: Dictionary(uniqueKeysWithValues: results)
            )
            request.messages += step.messages
            badSteps = outcomes.allSatisfy { $0.kind == .badCall } ? badSteps + 1 : 0
            withdrawToolsIfSpent()
        }
    }

    private func record(_ calls: [ToolCall]) async throws {
        answer.called(calls.count)
        let records = answer.takeUnstored()
        var events: [(kind: RunEvent.Kind, data: String)] = records.dropLast().map { (.usage, data.usage($0)) }
        if let last = records.last { events.append((.usage, data.usage(last, step: steps))) }
        events += calls.map { (.toolCall, data.toolCall($0)) }
        try await writer.step(records, events)
    }

    /// Does what may be done; when a person has to be asked about the rest, the run is laid down until they answer.
    private func perform(_ calls: [ToolCall], areRepeated: Bool = false) async throws -> [ToolOutcome] {
        guard !calls.isEmpty else { return [] }
        let step = ToolStep(
            execution: execution,
            writer: writer,
            allowed: allowed,
            policy: policy,
            approvals: approvals,
            replay: replay
        )
        let waiting = step.waiting(calls)
        guard !waiting.isEmpty else { return try await step.perform(calls, areRepeated: areRepeated) }
        let ids = Set(waiting.map(\.id))
        _ = try await step.perform(calls.filter { !ids.contains($0.id) }, areRepeated: areRepeated)
        throw RunEnding.waiting(waiting)
    }

    /// A model that has had its steps, or does not get its calls right, has to answer with what it has.
    private mutating func withdrawToolsIfSpent() {
        guard steps >= limits.steps || badSteps >= limits.badSteps else { return }
        allowed = []
        request.tools = []
    }
}
