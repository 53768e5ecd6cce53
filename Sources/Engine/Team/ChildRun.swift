package import Foundation

/// A run that another one has asked for, as its parent sees it.
package struct ChildRecord: Sendable, Equatable {
    package var run: UUID
    /// What it answers: the parent's call and the task, `call/task`.
    package var key: String
    package var agentID: UUID
    package var state: RunState
    /// The answer; of a run that failed, why.
    package var result: String
    package var errorCode: String?

    package init(
        run: UUID,
        key: String,
        agentID: UUID,
        state: RunState,
        result: String = "",
        errorCode: String? = nil
    ) {
        self.run = run
        self.key = key
        self.agentID = agentID
        self.state = state
        self.result = result
        self.errorCode = errorCode
    }
}

/// A run that is to come into being with its parent's rest.
package struct NewChild: Sendable, Equatable {
    /// Queued, with its parent and root.
    package var run: Run
    /// Asking twice with one key makes one child.
    package var key: String
    package var task: TaskContext

    package init(run: Run, key: String, task: TaskContext) {
        self.run = run
        self.key = key
        self.task = task
    }
}

/// What a child is to do, and with what. A JSON object: `title`, `goal`, `inputs`, `constraints`, `request` (the words of
/// the person or the task that all this serves), `results` of the tasks that it builds on.
package struct TaskContext: Sendable, Equatable {
    package var json: JSONValue

    package init(json: JSONValue) { self.json = json }

    package var title: String { json["title"]?.string ?? "" }

    /// The task as the child's model reads it.
    package var prompt: String {
        var parts = ["# Task: \(title)"]
        if let goal = json["goal"]?.string { parts.append(goal) }
        if let inputs = json["inputs"], inputs != .null { parts.append("## Inputs\n```json\n\(inputs.text)\n```") }
        let constraints = json["constraints"]?.array?.compactMap(\.string) ?? []
        if !constraints.isEmpty {
            parts.append("## Constraints\n" + constraints.map { "- \($0)" }.joined(separator: "\n"))
        }
        for result in json["results"]?.array ?? [] {
            let name = result["title"]?.string ?? result["id"]?.string ?? ""
            parts.append("## Result of an earlier task: \(name)\n\(result["result"]?.string ?? "")")
        }
        if let request = json["request"]?.string {
            parts.append("## What all this serves\nFor your understanding only; do just your task.\n\n\(request)")
        }
        parts.append(
            "Answer with your result alone: it goes to the colleague who asked, who sees nothing else of your work."
        )
        return parts.joined(separator: "\n\n")
    }
}
