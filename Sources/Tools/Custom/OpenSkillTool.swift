package import Engine
import Foundation
import Sandbox

/// Opens a skill of the agent's: its instructions are returned, its files laid into the conversation's workspace.
package struct OpenSkillTool: Tool {
    package let specification = ToolSpecification(
        name: Skill.opener,
        description: """
            Opens one of your skills: returns its instructions, and lays its files into the workspace, below skills/NAME, for \
            run_code and the file tools. With file, returns that file's text instead.
            """,
        schema: """
            {"type":"object","required":["name"],"additionalProperties":false,"properties":{
            "name":{"type":"string","minLength":1,"maxLength":64},
            "file":{"type":"string","minLength":1,"maxLength":300,"description":"a path within the skill"}}}
            """,
        level: .readOnly,
        effect: .idempotent,
        // It comes with the first skill.
        agents: []
    )

    private let skills: any SkillSource
    private let door: WorkspaceDoor

    package init(skills: any SkillSource, door: WorkspaceDoor) {
        self.skills = skills
        self.door = door
    }

    package func perform(_ input: JSONValue, in context: ToolContext) async throws -> String {
        let name = input["name"]?.string ?? ""
        guard let skill = try await skills.skill(name, of: context.run.agentID, by: context.principal) else {
            throw ToolFailure("You have no skill called \(name).")
        }
        if let path = input["file"]?.string { return try Self.text(of: path, in: skill) }
        try await lay(skill, for: context)
        guard !skill.files.isEmpty else { return skill.instructions }
        let files = skill.files.map { "- skills/\(skill.name)/\($0.path) (\($0.content.count) bytes)" }
        return "\(skill.instructions)\n\n[Its files, in the workspace:]\n\(files.joined(separator: "\n"))"
    }

    private static func text(of path: String, in skill: Skill) throws -> String {
        let prefix = "skills/\(skill.name)/"
        let path = path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
        guard let file = skill.files.first(where: { $0.path == path }) else {
            let paths = skill.files.map(\.path).joined(separator: ", ")
            throw ToolFailure("The skill has no file \(path). It has: \(paths.isEmpty ? "none" : paths).")
        }
        guard let text = String(validating: file.content, as: UTF8.self) else {
            throw ToolFailure("\(path) is no text; open the skill, and use it in the workspace.")
        }
        return text
    }

    /// As they are now, over whatever lies there.
    private func lay(_ skill: Skill, for context: ToolContext) async throws {
        guard !skill.files.isEmpty else { return }
        do {
            let workspace = try await door.open(for: context)
            try await workspace.aside {
                Result {
                    for file in skill.files {
                        try workspace.write("skills/\(skill.name)/\(file.path)", file.content)
                    }
                }
            }.get()
        } catch let error as SandboxError {
            throw ToolFailure(error.message)
        }
    }
}
