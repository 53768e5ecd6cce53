import Foundation

/// The calls of one model answer that colleagues do: what came of them, and what the run has to wait for.
struct TeamCalls: Sendable {
    let delegation: Delegation
    /// How often the run was passed on already.
    let handOffs: Int
    /// Of the calls that are done, or were wrong.
    private(set) var outcomes: [String: ToolOutcome] = [:]
    private(set) var rest = Rest()
    private var plans: [PlanProgress] = []
    /// How many tasks the new plans among these calls have.
    private var planned = 0

    init(delegation: Delegation, handOffs: Int) {
        self.delegation = delegation
        self.handOffs = handOffs
    }

    /// Whether the run waits for this call.
    func isOpen(_ call: ToolCall) -> Bool {
        rest.handOff?.call.id == call.id || plans.contains { $0.call == call.id && !$0.isDone }
    }

    /// The plans whose tasks stand otherwise than they were told last.
    func changed(since told: [String: JSONValue]) -> [PlanProgress] {
        plans.filter { told[$0.call] != $0.tasksJSON }
    }

    /// A call that is not the team's is left alone.
    mutating func take(_ checked: CheckedCall, isAlone: Bool) {
        guard let tool = checked.teamTool else { return }
        let call = checked.call
        do throws(ToolFailure) {
            switch tool {
            case .plan, .delegate: try follow(tool, call, checked.input)
            case .handOff: try handOff(call, checked.input, isAlone: isAlone)
            }
        } catch {
            outcomes[call.id] = .badCall(error.message)
        }
    }

    private mutating func follow(_ tool: TeamTool, _ call: ToolCall, _ input: JSONValue) throws(ToolFailure) {
        var progress = try delegation.progress(of: tool, call: call.id, input: input, planned: planned)
        if delegation.isNew(call.id) { planned += progress.plan.tasks.count }
        rest.awaited += progress.awaited
        rest.children += delegation.begin(&progress)
        plans.append(progress)
        if progress.isDone { outcomes[call.id] = progress.outcome(of: tool) }
    }

    private mutating func handOff(_ call: ToolCall, _ input: JSONValue, isAlone: Bool) throws(ToolFailure) {
        guard isAlone else { throw ToolFailure("Call hand_off alone, when nothing else is to be done.") }
        guard handOffs < delegation.limits.handOffs else {
            throw ToolFailure("This was passed on \(handOffs) times already. Answer yourself.")
        }
        rest.handOff = Rest.HandOff(
            call: call,
            colleague: try delegation.team.colleague(named: input["agent"]?.string ?? ""),
            note: input["note"]?.string
        )
    }
}

extension Rest.HandOff {
    /// For the one who takes over.
    var outcome: ToolOutcome {
        let words = "From here on \(colleague.name) answers."
        return .success(note.map { "\(words)\n\n\($0)" } ?? words)
    }
}
