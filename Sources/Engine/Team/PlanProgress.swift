import Foundation

/// How far a plan is, seen from its children: a value that any worker can work out again.
struct PlanProgress: Sendable {
    enum TaskState: String, Sendable {
        /// It waits for what it depends on, or is about to begin.
        case pending
        case running, completed, failed, cancelled
        /// What it depends on did not come to be.
        case skipped

        var isFinal: Bool { self != .pending && self != .running }
    }

    let call: String
    let plan: Plan
    private(set) var states: [String: TaskState] = [:]
    private(set) var runs: [String: ChildRecord] = [:]
    /// Tasks of earlier plans, done.
    private let earlier: [String: ChildRecord]

    init(call: String, plan: Plan, children: [ChildRecord]) {
        self.call = call
        self.plan = plan
        earlier = Self.finishedTasks(children)
        for child in children where child.key.hasPrefix(call + "/") { runs[child.task] = child }
        for task in plan.tasks { states[task.id] = state(of: task) }
    }

    /// What children have completed, by task; of two with one name the later.
    static func finishedTasks(_ children: [ChildRecord]) -> [String: ChildRecord] {
        let finished = children.filter { $0.state == .completed }
        return Dictionary(finished.map { ($0.task, $0) }) { first, second in first.run < second.run ? second : first }
    }

    private func state(of task: Plan.Task) -> TaskState {
        if let child = runs[task.id] {
            switch child.state {
            case .completed: return .completed
            case .failed: return .failed
            case .cancelled: return .cancelled
            default: return .running
            }
        }
        if task.colleague.isGone { return .skipped }
        let needed = task.dependsOn.compactMap { states[$0] }
        return needed.contains { $0.isFinal && $0 != .completed } ? .skipped : .pending
    }

    var isDone: Bool { states.values.allSatisfy(\.isFinal) }

    /// Those that can begin now.
    var ready: [Plan.Task] {
        plan.tasks.filter { task in
            states[task.id] == .pending && task.dependsOn.allSatisfy { (states[$0] ?? .completed) == .completed }
        }
    }

    /// The children under way.
    var awaited: [UUID] { plan.tasks.compactMap { states[$0.id] == .running ? runs[$0.id]?.run : nil } }

    /// What a task builds on.
    func results(for task: Plan.Task) -> JSONValue {
        .array(
            task.dependsOn.compactMap { id in
                (runs[id] ?? earlier[id]).map { child in
                    let title = plan.tasks.first { $0.id == id }?.title ?? id
                    return .object(["id": .string(id), "title": .string(title), "result": .string(child.result)])
                }
            }
        )
    }

    /// A child was made for a task.
    mutating func began(_ task: Plan.Task, _ child: ChildRecord) {
        runs[task.id] = child
        states[task.id] = .running
    }

    /// What `plan_update` says: the tasks with their states.
    var tasksJSON: JSONValue {
        .array(
            plan.tasks.map { task in
                .object([
                    "id": .string(task.id),
                    "title": .string(task.title),
                    "agent": .string(task.colleague.name),
                    "depends_on": .array(task.dependsOn.map { .string($0) }),
                    "state": .string((states[task.id] ?? .pending).rawValue),
                    "run_id": runs[task.id].map { .string($0.run.text) } ?? .null,
                ])
            }
        )
    }

    /// What the model reads when all is done.
    func outcome(of tool: TeamTool) -> ToolOutcome {
        let hasFailed = states.values.contains { $0 != .completed }
        if tool == .delegate, let task = plan.tasks.first {
            let result = runs[task.id]?.result ?? ""
            return hasFailed ? .failure("\(task.colleague.name) could not do it: \(result)") : .success(result)
        }
        var told: [String: JSONValue] = ["tasks": .array(plan.tasks.map(told))]
        if hasFailed {
            told["note"] = .string(
                "Not all came to be. Plan again with what is still needed, or answer with what there is and say what "
                    + "is missing."
            )
        }
        return .success(JSONValue.object(told).text)
    }

    private func told(_ task: Plan.Task) -> JSONValue {
        let state = states[task.id] ?? .pending
        let result = JSONValue.string(runs[task.id]?.result ?? "")
        return .object([
            "id": .string(task.id),
            "title": .string(task.title),
            "agent": .string(task.colleague.name),
            "state": .string(state.rawValue),
            state == .completed ? "result" : "error": state == .skipped
                ? .string("What it depends on did not come to be.") : result,
        ])
    }
}

extension ChildRecord {
    /// The task that it does.
    var task: String { key.split(separator: "/", maxSplits: 1).last.map(String.init) ?? key }
}
