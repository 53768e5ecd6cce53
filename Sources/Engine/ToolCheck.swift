import Foundation

/// A tool call with what is known of it before it is done.
struct CheckedCall: Sendable {
    let call: ToolCall
    /// nil when this run has no such tool.
    var tool: (any Tool)?
    var settings = ToolSettings()
    /// As the model wrote it, or as a person changed it.
    var input = JSONValue.null
    /// What the model did wrong: nothing is done then, and nobody is asked.
    var complaint: String?
    var decision = ToolPolicy.Decision.allow
    /// What a person said to it, when they were asked.
    var answer: CallAnswer?
    /// What a person has to say first.
    var request: CallRequest?

    var needsPerson: Bool { request != nil }
    var isRefused: Bool { complaint != nil || decision == .deny || answer?.decision.letsGo == false }
    /// What it is when the run does it itself.
    var teamTool: TeamTool? { tool as? TeamTool }
}

extension ToolStep {
    /// `isRepeated`: an earlier attempt may have begun it.
    func check(_ call: ToolCall, isRepeated: Bool) -> CheckedCall {
        let asked = replay.asked[call.id]
        var checked = CheckedCall(call: call, answer: asked.flatMap { answer(to: call, $0.kind) })
        guard allowed.contains(call.name), let entry = TeamTool.catalogue?[call.name] ?? tools[call.name]
        else {
            checked.complaint = "There is no tool called \(call.name). \(choice)"
            return checked
        }
        (checked.tool, checked.settings) = (entry.tool, entry.settings)
        do {
            checked.input = try ToolArguments.parse(answer(to: call, .approval)?.editedInput ?? call.arguments)
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
        let specification = entry.tool.specification(for: checked.input)
        checked.decision = policy.decision(on: specification, agent: execution.claimed.run.agentID)
        checked.request = request(checked, specification, asked, isRepeated: isRepeated)
        return checked
    }

    private func answer(to call: ToolCall, _ kind: CallRequest.Kind) -> CallAnswer? {
        approvals.last { $0.callID == call.id && $0.kind == kind }
    }

    /// Who was asked and has not answered is waited for; what an answer has let go is not asked about again, unless a crash
    /// cut short what must not be done twice.
    private func request(
        _ checked: CheckedCall,
        _ tool: ToolSpecification,
        _ asked: RunReplay.Asked?,
        isRepeated: Bool
    ) -> CallRequest? {
        if checked.decision == .deny || checked.answer?.decision.letsGo == false { return nil }
        if let asked, checked.answer == nil { return CallRequest(checked.call, asked.kind, isNew: false) }
        if tool.effect == .effectful, isRepeated, asked?.isResolved ?? true {
            return CallRequest(checked.call, .maybeExecuted)
        }
        guard asked == nil, tool.asksPerson || checked.decision == .ask else { return nil }
        let patience = policy.patience(with: tool, agent: execution.claimed.run.agentID)
        return CallRequest(
            checked.call,
            tool.asksPerson ? .question : .approval,
            expiresAt: patience.map { Date().addingTimeInterval(TimeInterval($0)) }
        )
    }

    private var choice: String {
        allowed.isEmpty ? "Answer without tools." : "There are: \(allowed.sorted().joined(separator: ", "))."
    }
}
