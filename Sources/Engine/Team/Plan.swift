/// Tasks for colleagues, in an order in which they can be done.
struct Plan: Sendable, Equatable {
    struct Task: Sendable, Equatable {
        var id: String
        var title: String
        var colleague: Colleague
        var goal: String
        var inputs: JSONValue?
        var constraints: [String]
        var dependsOn: [String]
    }

    /// Every task comes after those of this plan that it depends on.
    let tasks: [Task]

    /// `input` satisfies the tool's schema; `known` are the tasks of earlier plans that are done. `begun`: what became of this
    /// one's, by task; then it is taken as it was, whoever has left the team since. Throws what is wrong, for the model to mend.
    init(
        _ tool: TeamTool,
        _ input: JSONValue,
        team: Team,
        known: Set<String>,
        begun: [String: ChildRecord] = [:]
    ) throws(ToolFailure) {
        var tasks: [Task] = []
        for item in tool == .plan ? input["tasks"]?.array ?? [] : [input] {
            let task = try Task(item, team: team, begun: begun)
            guard !tasks.contains(where: { $0.id == task.id }) else {
                throw ToolFailure("There are two tasks with the id \(task.id). Give each its own.")
            }
            tasks.append(task)
        }
        self.tasks = try Self.ordered(tasks, known: known)
    }

    /// The tasks so that each comes after what it needs.
    private static func ordered(_ tasks: [Task], known: Set<String>) throws(ToolFailure) -> [Task] {
        let ids = Set(tasks.map(\.id))
        for task in tasks {
            if let unknown = task.dependsOn.first(where: { !ids.contains($0) && !known.contains($0) }) {
                throw ToolFailure("\(task.id) depends on \(unknown), which is neither in this plan nor done.")
            }
        }
        var ordered: [Task] = []
        var open = tasks
        while !open.isEmpty {
            let placed = Set(ordered.map(\.id))
            let ready = open.filter { $0.dependsOn.allSatisfy { placed.contains($0) || !ids.contains($0) } }
            guard !ready.isEmpty else {
                let circle = open.map(\.id).joined(separator: ", ")
                throw ToolFailure("These tasks wait for each other in a circle: \(circle).")
            }
            ordered += ready
            open.removeAll { task in ready.contains { $0.id == task.id } }
        }
        return ordered
    }
}

extension Plan.Task {
    /// A task that is asked for alone has the id "1".
    fileprivate init(_ item: JSONValue, team: Team, begun: [String: ChildRecord]) throws(ToolFailure) {
        id = item["id"]?.string?.trimmed ?? "1"
        title = item["title"]?.string?.trimmed ?? ""
        let name = item["agent"]?.string ?? ""
        if let child = begun[id] {
            colleague = team.colleagues.first { $0.id == child.agentID } ?? .gone(name, id: child.agentID)
        } else {
            do {
                colleague = try team.colleague(named: name)
            } catch {
                guard !begun.isEmpty else { throw error }
                colleague = .gone(name, id: nil)
            }
        }
        goal = item["goal"]?.string ?? ""
        inputs = item["inputs"]
        constraints = item["constraints"]?.array?.compactMap(\.string) ?? []
        dependsOn = item["depends_on"]?.array?.compactMap(\.string) ?? []
    }
}
