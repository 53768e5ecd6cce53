import Foundation
import Logging

/// The tool calls of one model answer, done at the same time, each with its result in the log.
struct ToolStep: Sendable {
    let execution: RunExecution
    let writer: RunWriter
    let tools: ToolCatalogue
    /// The names of those that this run may use.
    let allowed: Set<String>
    let policy: ToolPolicy
    let approvals: [CallAnswer]
    /// What earlier attempts have left in the log.
    let replay: RunReplay

    private var data: EventData { EventData(run: execution.claimed.run) }
    private var limits: RunLimits { execution.limits }

    /// In the order of the calls. `settled` are outcomes that are known already.
    func perform(_ calls: [CheckedCall], settled: [String: ToolOutcome] = [:]) async throws -> [ToolOutcome] {
        var outcomes = [ToolOutcome?](repeating: nil, count: calls.count)
        try await withThrowingTaskGroup(of: (Int, ToolOutcome).self) { group in
            var next = 0
            func begin() {
                guard next < calls.count else { return }
                let (index, call) = (next, calls[next])
                next += 1
                group.addTask { (index, try await outcome(of: call, settled[call.call.id])) }
            }
            for _ in 0..<limits.parallelTools { begin() }
            while let (index, outcome) = try await group.next() {
                outcomes[index] = outcome
                begin()
            }
        }
        return outcomes.compactMap { $0 }
    }

    private func outcome(of checked: CheckedCall, _ settled: ToolOutcome?) async throws -> ToolOutcome {
        let start = Date()
        var outcome = try await attempt(checked, settled)
        // Colleagues have worked on it since it was called.
        let begin = settled == nil ? start : replay.calledAt[checked.call.id] ?? start
        let seconds = Date().timeIntervalSince(begin)
        let record = checked.record(outcome, whole: outcome.content, seconds: seconds, at: begin)
        try await keep(&outcome, of: checked.call)
        try await writer.result(data.toolResult(checked.call, outcome, seconds: seconds), record)
        return outcome
    }

    /// What is too long for the log goes into the store before the log speaks of it.
    private func keep(_ outcome: inout ToolOutcome, of call: ToolCall) async throws {
        let whole = outcome.content
        guard whole.utf8.count > limits.toolResultBytes else { return }
        let kept = String(whole.prefix(bytes: limits.keptResultBytes))
        let isOurs = try await execution.patiently {
            try await execution.journal.keep(kept, resultOf: call.id, of: execution.claimed)
        }
        guard isOurs else { throw RunEnding.lost }
        outcome.keptBytes = kept.utf8.count
        outcome.content = ToolExcerpt(kept, reference: call.id, bytes: limits.excerptBytes).text
        if kept.utf8.count < whole.utf8.count {
            outcome.content += "\n[\(whole.utf8.count - kept.utf8.count) bytes more were not kept.]"
        }
    }

    private func attempt(_ checked: CheckedCall, _ settled: ToolOutcome?) async throws -> ToolOutcome {
        let call = checked.call
        guard let tool = checked.tool else { return .badCall(checked.complaint ?? "") }
        // A "no" to this call stands, whatever was allowed for others meanwhile.
        if let answer = checked.answer, !answer.decision.letsGo {
            try await resolve(answer, of: call)
            return try outcome(of: answer)
        }
        if checked.decision == .deny {
            return .failure("The policy of this server does not allow \(call.name). Go on without it.")
        }
        if let answer = checked.answer { try await resolve(answer, of: call) }
        if let complaint = checked.complaint { return .badCall(complaint) }
        if let settled { return settled }
        if tool.specification(for: checked.input).effect == .effectful { try await writer.stored() }
        return try await run(tool, checked)
    }

    /// Once: what it lets go begins after it.
    private func resolve(_ answer: CallAnswer, of call: ToolCall) async throws {
        guard replay.asked[call.id]?.isResolved == false else { return }
        try await writer.event(.approvalResolved, data.approvalResolved(answer, toolName: call.name))
    }

    /// What a call comes to that is not done. Throws when the run is to stop.
    private func outcome(of answer: CallAnswer) throws -> ToolOutcome {
        switch answer.decision {
        case .stop: throw RunEnding.cancelled
        case .done: return .takenAsDone(note: answer.text)
        case .expired: return .failure("Nobody answered in time. Go on without it, or say what you need.")
        case .denied where answer.kind == .question:
            return .failure("The person does not want to answer this. Go on without it.")
        default:
            return .failure("The person did not allow this call. Go on without it, or ask what they want instead.")
        }
    }

    private func run(_ tool: any Tool, _ checked: CheckedCall) async throws -> ToolOutcome {
        let specification = tool.specification(for: checked.input)
        let key = ToolCache.Key(
            specification,
            input: checked.input,
            parameters: checked.settings.parameters,
            run: execution.claimed.run
        )
        if let key, let known = execution.cache.result(key) { return .cached(known) }
        let mayRepeat = specification.effect != .effectful
        var left = mayRepeat ? checked.settings.retries : 0
        var pause = limits.backoff
        while true {
            let failure: ToolFailure
            do {
                let result = try await call(tool, checked)
                if let key { execution.cache.keep(result, for: key) }
                return .success(result)
            } catch let told as ToolFailure {
                failure = told
            } catch {
                try Task.checkCancellation()
                execution.logger.error(
                    "A tool failed",
                    metadata: ["tool": "\(tool.specification.name)", "error": "\(error)"]
                )
                failure = ToolFailure("The tool failed on the server. Go on without it, or try once more.")
            }
            guard failure.isTransient, left > 0 else { return .failure(failure.message) }
            left -= 1
            try await Task.sleep(for: pause * Double.random(in: 0.5...1))
            pause *= 2
        }
    }

    private func call(_ tool: any Tool, _ checked: CheckedCall) async throws -> String {
        let context = ToolContext(
            run: execution.claimed.run,
            answer: checked.answer?.text,
            parameters: checked.settings.parameters
        ) { [writer, data] delta in
            try await writer.event(.toolProgress, data.toolProgress(checked.call, delta))
        }
        let limit = checked.settings.timeout.map { Duration.seconds($0) } ?? tool.specification.timeLimit
        let tooLong = ToolFailure(
            "The tool took longer than \(limit.components.seconds) seconds and was stopped.",
            isTransient: true
        )
        return try await withTimeLimit(limit, otherwise: tooLong) { try await tool.perform(checked.input, in: context) }
    }
}

/// What came of one tool call.
struct ToolOutcome: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        case success, failure, badCall
        /// A crash cut it short, and a person takes it as done.
        case takenAsDone
    }

    var kind: Kind
    /// What the model reads.
    var content: String
    /// The size of the whole, when the store has it and this is an excerpt.
    var keptBytes: Int?
    /// It is what the same call has brought before.
    var isCached = false

    var isError: Bool { kind == .failure || kind == .badCall }

    static func success(_ content: String) -> ToolOutcome { ToolOutcome(kind: .success, content: content) }
    static func cached(_ content: String) -> ToolOutcome {
        ToolOutcome(kind: .success, content: content, isCached: true)
    }
    static func failure(_ content: String) -> ToolOutcome { ToolOutcome(kind: .failure, content: content) }
    /// The model called it wrongly; nothing was done.
    static func badCall(_ content: String) -> ToolOutcome { ToolOutcome(kind: .badCall, content: content) }

    static func takenAsDone(note: String?) -> ToolOutcome {
        let words =
            "The server stopped during this call. A person has looked: take it as done, its result is not known."
        let note = note.map { $0.isEmpty ? "" : "\nThey say: \($0)" } ?? ""
        return ToolOutcome(kind: .takenAsDone, content: words + note)
    }
}
