package import Foundation

/// Builds the `data` of events: a JSON object that begins with the ids which every event carries.
package struct EventData: Sendable {
    private let ids: String
    private let idsBesideMessage: String
    private let answer: UUID
    private let parent: String?

    /// `isCopied` marks what another run has done and paid for.
    package init(run: Run, isCopied: Bool = false) {
        parent = run.parentRunID?.text
        answer = run.messageID
        idsBesideMessage =
            ",\"agent_id\":\"\(run.agentID.text)\",\"run_id\":\"\(run.id.text)\"" + (isCopied ? ",\"copied\":true" : "")
        ids = "{\"message_id\":\"\(run.messageID.text)\"" + idsBesideMessage
    }

    /// `message_id` is the person's message here, in all other events the answer. Logs of older versions have the answer in
    /// both: whoever reads a log takes `user_message_id`, which has always been the person's.
    ///
    /// `steers`: it came while the run was at work, which took it in here.
    package func messageReceived(userMessage: UUID, temporaryID: String?, steers: Bool = false) -> String {
        var json = JSONFields("{\"message_id\":\"\(userMessage.text)\"" + idsBesideMessage)
        json.set("answer_message_id", answer.text)
        json.set("user_message_id", userMessage.text)
        json.set("temp_message_id", temporaryID)
        json.set("status", "processing")
        if steers { json.set("steers", true) }
        return json.closed
    }

    /// `budget`: the one that the reason tells of.
    package func runStatus(
        _ state: RunState,
        reason: String? = nil,
        attempt: Int,
        budget: BudgetStanding? = nil
    ) -> String {
        var json = JSONFields(ids)
        json.set("state", state.rawValue)
        json.set("reason", reason)
        json.set("attempt", attempt)
        if let budget { json.raw("budget", budget.json) }
        return json.closed
    }

    /// A new run that goes on from a step of another one.
    func forked(from run: UUID, step: Int, changes: String) -> String {
        var json = JSONFields(ids)
        json.set("state", RunState.queued.rawValue)
        json.set("attempt", 0)
        json.set("forked_from", run.text)
        json.set("forked_step", step)
        json.raw("changes", changes)
        return json.closed
    }

    /// `stepsKept`: how many finished steps of earlier attempts stay; their text is said again.
    package func agentStart(name: String, attempt: Int, stepsKept: Int = 0, task: TaskContext? = nil) -> String {
        var json = JSONFields(ids)
        json.set("agent_name", name)
        json.set("attempt", attempt)
        if let parent { json.set("parent_run_id", parent) }
        if let task { json.set("task", task.title) }
        if stepsKept > 0 { json.set("steps_kept", stepsKept) }
        return json.closed
    }

    package func content(_ delta: String, isComplete: Bool = false) -> String {
        var json = JSONFields(ids)
        json.set("content_delta", delta)
        json.set("is_complete", isComplete)
        return json.closed
    }

    package func reasoning(_ delta: String) -> String {
        var json = JSONFields(ids)
        json.set("reasoning_delta", delta)
        json.set("is_complete", false)
        return json.closed
    }

    /// `arguments` that are not a JSON object are given as text.
    package func toolCall(_ call: ToolCall) -> String {
        var json = JSONFields(ids)
        json.set("call_id", call.id)
        json.set("tool_name", call.name)
        json.raw("tool_input", call.input)
        return json.closed
    }

    /// `tasks`: an array of id, title, agent, depends_on, state, run_id.
    func planUpdate(call: String, tasks: JSONValue) -> String {
        var json = JSONFields(ids)
        json.set("call_id", call)
        json.raw("tasks", tasks.text)
        return json.closed
    }

    /// `kind`: `approval`, `question` or `maybe_executed`.
    package func approvalRequest(_ request: CallRequest) -> String {
        var json = JSONFields(ids)
        json.set("call_id", request.call.id)
        json.set("tool_name", request.call.name)
        json.raw("tool_input", request.call.input)
        json.set("kind", request.kind.rawValue)
        json.set("expires_at", request.expiresAt?.iso8601Milliseconds)
        return json.closed
    }

    /// `by` is null when nobody answered in time.
    func approvalResolved(_ answer: CallAnswer, toolName: String) -> String {
        var json = JSONFields(ids)
        json.set("call_id", answer.callID)
        json.set("tool_name", toolName)
        json.set("kind", answer.kind.rawValue)
        json.set("decision", answer.decision.rawValue)
        json.set("by", answer.decidedBy?.text)
        json.raw("edited_input", answer.editedInput ?? "null")
        json.set("answer", answer.text)
        return json.closed
    }

    package func toolProgress(_ call: ToolCall, _ delta: String) -> String {
        var json = JSONFields(ids)
        json.set("call_id", call.id)
        json.set("tool_name", call.name)
        json.set("output_delta", delta)
        return json.closed
    }

    /// `cached`, when the call was not done because its result was known. `result_bytes`, when `result` is only an excerpt: how much `/v1/runs/{id}/results/{call_id}` has.
    func toolResult(
        _ call: ToolCall,
        _ outcome: ToolOutcome,
        seconds: Double,
        isChanged: Bool = false
    ) -> String {
        var json = JSONFields(ids)
        json.set("call_id", call.id)
        json.set("tool_name", call.name)
        json.set("result", outcome.isError ? nil : outcome.content)
        json.set("success", !outcome.isError)
        json.set("error", outcome.isError ? outcome.content : nil)
        json.raw("execution_time", seconds.seconds)
        if outcome.kind == .takenAsDone { json.set("maybe_executed", true) }
        if isChanged { json.set("changed", true) }
        if outcome.isCached { json.set("cached", true) }
        if let bytes = outcome.keptBytes { json.set("result_bytes", bytes) }
        return json.closed
    }

    /// `step` is the number of the step that this call has finished, when it asked for tools. `chosenTools`: what a call has
    /// picked that was made for nothing else; none when it failed, and all are used.
    package func usage(_ record: UsageRecord, step: Int? = nil, chosenTools: [String]? = nil) -> String {
        var json = JSONFields(ids)
        if let step { json.set("step", step) }
        if let chosenTools { json.raw("chosen_tools", JSONValue.array(chosenTools.map(JSONValue.string)).text) }
        json.set("model", record.modelName)
        json.raw("tokens", record.tokens.json)
        json.raw("cost", record.cost.map { "\($0)" } ?? "null")
        json.set("currency", record.currency)
        json.raw("response_time", record.responseTime.seconds)
        return json.closed
    }

    package func messageComplete(content: String, metadata: String) -> String {
        var json = JSONFields(ids)
        json.set("final_content", content)
        json.raw("metadata", metadata)
        return json.closed
    }

    package func error(code: String, message: String, retryAfter: Int?) -> String {
        var json = JSONFields(ids)
        json.set("error_code", code)
        json.set("error_message", message)
        json.raw("retry_after", retryAfter.map(String.init) ?? "null")
        return json.closed
    }
}

extension ToolCall {
    /// The arguments as JSON: the object that they are, or a string of what they are instead. Written anew in any case:
    /// readers of JSON differ in what they let pass, and the log's is stricter than ours.
    package var input: String {
        if let value = try? JSONValue(parsing: arguments), value.object != nil { return value.text }
        return JSONValue.string(arguments).text
    }
}

extension TokenUsage {
    /// In and out.
    package var total: Int { input + output }

    /// The shape that `usage` has in events and in `model_metadata`.
    package var json: String {
        "{\"prompt_tokens\":\(input),\"completion_tokens\":\(output),\"total_tokens\":\(total),"
            + "\"cached_tokens\":\(cached)}"
    }
}

extension Double {
    /// Seconds to the millisecond, as a JSON number.
    package var seconds: String { "\((self * 1000).rounded() / 1000)" }
}
