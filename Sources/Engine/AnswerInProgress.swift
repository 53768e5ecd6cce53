import Foundation

/// The answer of one attempt as far as it has come, and what it has cost.
final class AnswerInProgress: Sendable {
    private struct State {
        var content = ""
        var stepStart = ""
        var finish = FinishReason.stop
        var records: [UsageRecord] = []
        var candidate: ModelCandidate?
        var toolCalls = 0
        let startedAt = ContinuousClock.now
    }

    private let state = Locked(State())

    var content: String { state.withLock { $0.content } }
    var finish: FinishReason { state.withLock { $0.finish } }
    var records: [UsageRecord] { state.withLock { $0.records } }

    /// The text of the present model call alone.
    var stepText: String { state.withLock { String($0.content.dropFirst($0.stepStart.count)) } }

    func beginStep(_ candidate: ModelCandidate) {
        state.withLock { state in
            state.stepStart = state.content
            state.candidate = candidate
        }
    }

    /// Returns the size of the whole answer in bytes.
    func add(_ delta: String) -> Int {
        state.withLock { state in
            state.content += delta
            return state.content.utf8.count
        }
    }

    func called(_ count: Int) { state.withLock { $0.toolCalls += count } }

    func finish(_ reason: FinishReason) { state.withLock { $0.finish = reason } }
    func add(_ record: UsageRecord) { state.withLock { $0.records.append(record) } }

    /// `model_metadata` of the message.
    func metadata(run: Run, finishReason: String) -> String {
        state.withLock { state in
            let total = state.records.reduce(TokenUsage(input: 0, output: 0)) { sum, record in
                TokenUsage(
                    input: sum.input + record.tokens.input,
                    output: sum.output + record.tokens.output,
                    cached: sum.cached + record.tokens.cached
                )
            }
            let costs = state.records.compactMap(\.cost)
            let elapsed = state.startedAt.duration(to: .now) / .seconds(1)
            var json = JSONFields()
            json.set("model", state.candidate?.name)
            json.set("provider", state.candidate?.endpoint.kind.rawValue)
            json.raw("usage", total.json)
            json.raw("cost", costs.isEmpty ? "null" : "\(costs.reduce(0, +))")
            json.set("currency", state.records.compactMap(\.currency).first)
            json.raw("response_time", elapsed.seconds)
            json.set("finish_reason", finishReason)
            if state.toolCalls > 0 { json.set("tool_calls", state.toolCalls) }
            json.set("run_id", run.id.text)
            return json.closed
        }
    }
}
