import Foundation

/// The answer of one attempt as far as it has come, and what it has cost.
final class AnswerInProgress: Sendable {
    fileprivate struct State {
        var content = ""
        var stepStart = ""
        /// The words of this step are of a call that broke off; they are shown until another one has something to say.
        var isBroken = false
        var finish = FinishReason.stop
        var records: [UsageRecord] = []
        /// Those that no batch has taken along.
        var unstored: [UsageRecord] = []
        var candidate: ModelCandidate?
        var toolCalls = 0
        /// The names of budgets that are nearly spent.
        var warnings: [String] = []
        /// Why the model had to do without tools, as far as it had.
        var lack: ToolLack?
        var writing: Writing = []
        /// Of the last model call, so that the next one is kept as what it adds.
        var sentBody = ""
        let startedAt = ContinuousClock.now
    }

    private let state = Locked(State())

    var content: String { state.withLock { $0.content } }
    var finish: FinishReason { state.withLock { $0.finish } }

    /// The text of the present model call alone.
    var stepText: String {
        state.withLock { String(decoding: $0.content.utf8.dropFirst($0.stepStart.utf8.count), as: UTF8.self) }
    }

    func beginStep(_ candidate: ModelCandidate) {
        state.withLock { state in
            if !state.isBroken { state.stepStart = state.content }
            state.candidate = candidate
        }
    }

    var isBroken: Bool { state.withLock { $0.isBroken } }

    func breakOff() { state.withLock { $0.isBroken = true } }

    /// Drops the words of the call that broke off. What stands before them; nil when none did.
    func mend() -> String? {
        state.withLock { state in
            guard state.isBroken else { return nil }
            state.isBroken = false
            state.content = state.stepStart
            return state.content
        }
    }

    /// Takes over what earlier attempts have finished.
    func resume(_ replay: RunReplay) {
        state.withLock { state in
            state.content = replay.content
            state.records = replay.usage
            state.warnings = replay.warned.values.sorted()
            state.toolCalls = replay.steps.reduce(0) { $0 + $1.calls.count }
        }
    }

    /// What a reader is to see of `delta`: the words of two model calls do not run into each other.
    func add(_ delta: String) -> (shown: String, bytes: Int) {
        state.withLock { state in
            let begins = state.content.utf8.count == state.stepStart.utf8.count
            let shown = begins && !state.content.isEmpty && !state.content.hasSuffix("\n") ? "\n\n" + delta : delta
            state.content += shown
            return (shown, state.content.utf8.count)
        }
    }

    /// Whether the last answer of the model had to do without tools. Told in the metadata: a reader of the answer shall know.
    func lacksTools(_ lack: ToolLack?) { state.withLock { $0.lack = lack } }

    func warned(_ budget: String) { state.withLock { $0.warnings.append(budget) } }

    /// What is to be written about the conversation once the answer is there.
    var writing: Writing { state.withLock { $0.writing } }

    func wants(_ writing: Writing) { state.withLock { $0.writing = writing } }

    /// What is about to be sent, as it is kept.
    func sends(_ fitted: FittedRequest, isTurn: Bool) -> SentRequest {
        let body = SentRequest.body(of: fitted, isTurn: isTurn)
        return state.withLock { state in
            defer { state.sentBody = body }
            return SentRequest(fitted.request, body: body, after: state.sentBody)
        }
    }

    func called(_ count: Int) { state.withLock { $0.toolCalls += count } }

    func finish(_ reason: FinishReason) { state.withLock { $0.finish = reason } }

    func add(_ record: UsageRecord) {
        state.withLock { state in
            state.records.append(record)
            state.unstored.append(record)
        }
    }

    /// The caller stores them.
    func takeUnstored() -> [UsageRecord] {
        state.withLock { state in
            defer { state.unstored = [] }
            return state.unstored
        }
    }

    /// Of all its model calls so far.
    var tokens: TokenUsage { state.withLock { $0.tokens } }

    /// `model_metadata` of the message.
    func metadata(run: Run, finishReason: String) -> String {
        state.withLock { state in
            let costs = state.records.compactMap(\.cost)
            let elapsed = state.startedAt.duration(to: .now) / .seconds(1)
            var json = JSONFields()
            json.set("model", state.candidate?.name)
            json.set("provider", state.candidate?.endpoint.kind.rawValue)
            json.raw("usage", state.tokens.json)
            json.raw("cost", costs.isEmpty ? "null" : "\(costs.reduce(0, +))")
            json.set("currency", state.records.compactMap(\.currency).first)
            json.raw("response_time", elapsed.seconds)
            json.set("finish_reason", finishReason)
            if state.toolCalls > 0 { json.set("tool_calls", state.toolCalls) }
            if let lack = state.lack { json.set("without_tools", lack.rawValue) }
            if !state.warnings.isEmpty {
                json.raw("budget_warnings", JSONValue.array(state.warnings.map(JSONValue.string)).text)
            }
            json.set("run_id", run.id.text)
            return json.closed
        }
    }
}

extension AnswerInProgress.State {
    fileprivate var tokens: TokenUsage {
        records.reduce(TokenUsage(input: 0, output: 0)) { sum, record in
            TokenUsage(
                input: sum.input + record.tokens.input,
                output: sum.output + record.tokens.output,
                cached: sum.cached + record.tokens.cached
            )
        }
    }
}
