import Engine
import Foundation
import Storage

/// A run as it is told: what it was, what it did step by step, what it said.
struct RunStory: Sendable {
    let record: RunRecord
    let replay: RunReplay

    var run: Run { record.run }
    var text: String { replay.content + replay.rest }

    /// From its beginning, or by now, in seconds.
    func duration(_ now: Date) -> Double {
        max(0, (run.finishedAt ?? now).timeIntervalSince(record.startedAt ?? run.createdAt))
    }
}

extension Store {
    /// nil when there is no such run.
    func story(of run: UUID, by principal: Principal) async throws -> RunStory? {
        guard let record = try await runRecord(run, by: principal),
            let replay = try await replay(of: run, by: principal)
        else { return nil }
        return RunStory(record: record, replay: replay)
    }
}

extension RunStory {
    /// The run's own fields, where it comes from, what it cost.
    var representation: JSONObject {
        var json = run.representation
        json.set("started_at", record.startedAt)
        json.set("model_id", record.modelID)
        json.set("forked_from", record.forkedFrom)
        json.set("forked_step", record.forkedStep)
        json.raw("changes", record.changes)
        json.set("model_calls", record.calls)
        json.raw("usage", record.tokens.json)
        json.set("costs", record.costs.representations)
        json.set("duration", duration(Date()))
        return json
    }

    /// What it did before its last words.
    var steps: [JSONObject] {
        replay.steps.enumerated().map { index, step in
            JSONObject {
                $0.set("step", index + 1)
                $0.set("content", step.text)
                $0.set("is_copied", step.isCopied)
                $0.set("model", step.usage?.modelName)
                $0.raw("usage", step.usage?.tokens.json)
                $0.raw("cost", step.usage?.cost.map { "\($0)" })
                $0.set("tool_calls", step.calls.map { Self.call($0, step.results[$0.id]) })
            }
        }
    }

    private static func call(_ call: ToolCall, _ result: RunReplay.Result?) -> JSONObject {
        JSONObject {
            $0.set("call_id", call.id)
            $0.set("tool_name", call.name)
            $0.raw("tool_input", call.input)
            $0.set("success", result.map { !$0.isError } ?? false)
            $0.set("result", result?.content)
            $0.set("is_changed", result?.isChanged ?? false)
            $0.set("execution_time", result?.time)
        }
    }
}
