import Foundation

/// The team's side of a run: its calls for colleagues become children, and their ends results.
struct Delegation: Sendable {
    let run: Run
    let team: Team
    let children: [ChildRecord]
    /// What all this serves: the person's words, or this run's own task.
    let request: String
    let limits: RunLimits

    /// Whether this run may ask anybody.
    var isPossible: Bool { !team.available.isEmpty && run.depth < RunLimits.depth }

    var descriptions: [ToolDescription] {
        isPossible ? TeamTool.catalogue?.descriptions(of: TeamTool.allCases.map(\.rawValue)) ?? [] : []
    }

    /// What the calls of this run may name: whoever has asked already is answered, even when nobody can be asked any more.
    var names: [String] { children.isEmpty ? [] : TeamTool.allCases.map(\.rawValue) }

    /// Whether nobody has begun on a call's tasks.
    func isNew(_ call: String) -> Bool { !children.contains { $0.key.hasPrefix(call + "/") } }

    /// How far a call for `plan` or `delegate` is. `planned`: tasks of other new calls of the same answer. Throws what is wrong
    /// with it.
    func progress(
        of tool: TeamTool,
        call: String,
        input: JSONValue,
        planned: Int = 0
    ) throws(ToolFailure) -> PlanProgress {
        let done = PlanProgress.finishedTasks(children)
        let begun = Dictionary(children.filter { $0.key.hasPrefix(call + "/") }.map { ($0.task, $0) }) { _, last in last
        }
        let plan = try Plan(tool, input, team: team, known: Set(done.keys), begun: begun)
        let size = team.size + planned
        guard !begun.isEmpty || size + plan.tasks.count <= limits.runsPerTurn else {
            throw ToolFailure(
                "This turn has \(size) runs already; at most \(limits.runsPerTurn) are allowed. Answer with what there is."
            )
        }
        return PlanProgress(call: call, plan: plan, children: children)
    }

    /// Makes a child for every task that can begin.
    func begin(_ progress: inout PlanProgress) -> [NewChild] {
        progress.ready.map { task in
            let child = NewChild(
                run: child(for: task.colleague),
                key: "\(progress.call)/\(task.id)",
                task: context(of: task, progress)
            )
            progress.began(
                task,
                ChildRecord(run: child.run.id, key: child.key, agentID: task.colleague.id, state: .queued)
            )
            return child
        }
    }

    private func child(for colleague: Colleague) -> Run {
        Run(
            id: .v7(),
            organisationID: run.organisationID,
            userID: run.userID,
            conversationID: run.conversationID,
            agentID: colleague.id,
            userMessageID: run.userMessageID,
            messageID: .v7(),
            state: .queued,
            attempt: 0,
            createdAt: Date(),
            parentRunID: run.id,
            rootRunID: run.rootRunID,
            depth: run.depth + 1
        )
    }

    private func context(of task: Plan.Task, _ progress: PlanProgress) -> TaskContext {
        var fields: [String: JSONValue] = [
            "id": .string(task.id),
            "title": .string(task.title),
            "goal": .string(task.goal),
            "request": .string(request),
        ]
        if let inputs = task.inputs { fields["inputs"] = inputs }
        if !task.constraints.isEmpty { fields["constraints"] = .array(task.constraints.map { .string($0) }) }
        if !task.dependsOn.isEmpty { fields["results"] = progress.results(for: task) }
        return TaskContext(json: .object(fields))
    }
}

/// What a run waits for while it rests, and what comes into being with that.
struct Rest: Sendable, Equatable {
    /// Calls that need a person's word.
    var calls: [CallRequest] = []
    var children: [NewChild] = []
    /// Children under way: the end of one wakes the run.
    var awaited: [UUID] = []
    /// Another agent goes on, at once.
    var handOff: HandOff?
    /// Somebody wants it to rest until they resume it.
    var isPaused = false

    static let pause = Rest(isPaused: true)

    struct HandOff: Sendable, Equatable {
        var call: ToolCall
        var colleague: Colleague
        var note: String?
    }

    var reason: String {
        if handOff != nil { return "hand_off" }
        return isPaused ? "paused" : calls.first?.kind.rawValue ?? "child"
    }

    var state: RunState { handOff != nil ? .queued : isPaused ? .paused : .waiting }
}
