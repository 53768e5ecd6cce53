/// A tool call with what is known of it before it is done.
struct CheckedCall: Sendable {
    let call: ToolCall
    /// nil when this run has no such tool.
    var tool: (any Tool)?
    /// As the model wrote it, or as a person changed it.
    var input = JSONValue.null
    /// What the model did wrong: nothing is done then, and nobody is asked.
    var complaint: String?
    var decision = ToolPolicy.Decision.allow
    var approval: ToolApproval?

    var needsPerson: Bool { complaint == nil && decision == .ask && approval == nil }
    var isRefused: Bool { complaint != nil || decision == .deny || approval?.isApproved == false }
    /// What it is when the run does it itself.
    var teamTool: TeamTool? { tool as? TeamTool }
}

extension ToolStep {
    func check(_ call: ToolCall) -> CheckedCall {
        var checked = CheckedCall(call: call, approval: approvals[call.id])
        guard allowed.contains(call.name), let entry = TeamTool.catalogue?[call.name] ?? execution.tools[call.name]
        else {
            checked.complaint = "There is no tool called \(call.name). \(choice)"
            return checked
        }
        checked.tool = entry.tool
        do {
            checked.input = try ToolArguments.parse(checked.approval?.editedInput ?? call.arguments)
        } catch {
            checked.complaint = "The arguments are not a JSON object: \(error). Call the tool again with valid JSON."
            return checked
        }
        let violations = entry.schema.validate(checked.input)
        guard violations.isEmpty else {
            let list = violations.map(\.description).joined(separator: "\n")
            checked.complaint = "The arguments do not fit the tool's schema. Mend this and call it again:\n\(list)"
            return checked
        }
        checked.decision = policy.decision(on: entry.tool.specification, agent: execution.claimed.run.agentID)
        return checked
    }

    private var choice: String {
        allowed.isEmpty ? "Answer without tools." : "There are: \(allowed.sorted().joined(separator: ", "))."
    }
}
