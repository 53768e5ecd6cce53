import Engine
import Foundation
import Storage

extension TurnTree {
    /// The first run with all below it.
    func representation(now: Date) -> JSONObject? { runs.first.map { representation($0, now: now) } }

    private func representation(_ one: TurnRun, now: Date) -> JSONObject {
        var json = one.run.representation
        json.set("task", one.task)
        json.set("agent_name", one.agent?.name)
        json.set("started_at", one.startedAt)
        json.set("usage", one.spend.representation)
        let timeline = RunTimeline(one, now: now)
        json.set("error_message", timeline.error)
        json.set("plan", timeline.tasks.map(\.representation))
        json.set("tool_calls", timeline.calls.map(\.representation))
        json.set("segments", timeline.spans.map(\.representation))
        json.set("children", children(of: one.run.id).map { representation($0, now: now) })
        return json
    }
}

extension RunSpend {
    fileprivate var representation: JSONObject {
        JSONObject {
            $0.set("prompt_tokens", input)
            $0.set("completion_tokens", output)
            $0.set("total_tokens", input + output)
            $0.set("cached_tokens", cached)
            $0.set("costs", costs.representations)
        }
    }
}

extension [String: Decimal] {
    /// Sums by currency, as interfaces tell them.
    var representations: [JSONObject] {
        sorted { $0.key < $1.key }.map { currency, cost in
            JSONObject {
                $0.set("currency", currency)
                $0.raw("cost", "\(cost)")
            }
        }
    }
}

extension RunTimeline.Task {
    fileprivate var representation: JSONObject {
        JSONObject {
            $0.set("call_id", call)
            $0.set("id", id)
            $0.set("title", title)
            $0.set("agent", agent)
            $0.set("depends_on", dependsOn)
            $0.set("state", state)
            $0.set("run_id", run)
        }
    }
}

extension RunTimeline.Call {
    fileprivate var representation: JSONObject {
        JSONObject {
            $0.set("call_id", id)
            $0.set("tool_name", name)
            $0.set("success", hasSucceeded)
            $0.set("is_waiting_for_approval", isPending)
            $0.set("started_at", span.start)
            $0.set("finished_at", hasSucceeded == nil ? nil : span.end)
        }
    }
}

extension RunTimeline.Span {
    fileprivate var representation: JSONObject {
        JSONObject {
            $0.set("kind", kind.rawValue)
            $0.set("start", start)
            $0.set("end", end)
        }
    }
}

extension Schema {
    /// What something cost, by currency.
    static let cost = object("Cost", [.text("currency"), .number("cost")])

    static let runTree = run.adding(
        "RunTree",
        [
            .text("task").orNull, .text("agent_name").orNull, .date("started_at").orNull, .field("usage", runSpend),
            .text("error_message").orNull, .list("plan", of: plannedTask), .list("tool_calls", of: timedCall),
            .list("segments", of: segment),
            .field(
                "children",
                .list(Schema(kind: .object([]), name: "RunTree").about("Runs like this one.")).example("[]")
            ),
        ]
    )

    private static let runSpend = object(
        "RunSpend",
        [
            .integer("prompt_tokens"), .integer("completion_tokens"), .integer("total_tokens"),
            .integer("cached_tokens"), .list("costs", of: cost),
        ]
    )

    private static let plannedTask = object(
        "PlannedTask",
        [
            .text("call_id"), .text("id"), .text("title"), .text("agent"), .list("depends_on"), .text("state"),
            .uuid("run_id").orNull,
        ]
    )

    private static let timedCall = object(
        "TimedCall",
        [
            .text("call_id"), .text("tool_name"), .flag("success").orNull, .flag("is_waiting_for_approval"),
            .date("started_at"), .date("finished_at").orNull,
        ]
    )

    private static let segment = object("Segment", [.text("kind"), .date("start"), .date("end")])
}
