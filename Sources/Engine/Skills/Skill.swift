package import Foundation

/// Instructions for special work, with files: an agent knows its name and what it is for, and opens it when it is needed.
package struct Skill: Sendable, Equatable {
    package var name: String
    /// What it is for and when to use it, for agents.
    package var description: String
    /// Markdown.
    package var instructions: String
    package var files: [File]

    package struct File: Sendable, Equatable {
        /// Below the skill's folder, such as `scripts/check.py`.
        package var path: String
        package var content: [UInt8]

        package init(path: String, content: [UInt8]) {
            self.path = path
            self.content = content
        }
    }

    package init(name: String, description: String, instructions: String, files: [File] = []) {
        self.name = name
        self.description = description
        self.instructions = instructions
        self.files = files
    }

    /// The tool that opens one.
    package static let opener = "open_skill"
}

/// What stands of a skill in the context until it is opened.
package struct SkillNote: Sendable, Equatable {
    package var name: String
    package var description: String

    package init(name: String, description: String) {
        self.name = name
        self.description = description
    }
}

extension [SkillNote] {
    /// For an agent's instruction; empty without any.
    var introduction: String {
        guard !isEmpty else { return "" }
        let lines = map { "- \($0.name): \($0.description)" }.joined(separator: "\n")
        return """


            # Skills

            Instructions for special work. Before you do what one is for, open it with \(Skill.opener) and follow it.

            \(lines)
            """
    }
}

/// The skills of agents: `Storage`'s.
package protocol SkillSource: Sendable {
    /// With its files; nil when the agent has none of this name, or the principal has no such agent.
    func skill(_ name: String, of agent: UUID, by principal: Principal) async throws -> Skill?
}
