import Engine
import Foundation
import Sandbox
import Testing

@testable import Tools

@Suite struct OpenSkillTests {
    private struct Fixed: SkillSource {
        let skill: Skill?

        func skill(_ name: String, of agent: UUID, by principal: Principal) async throws -> Skill? {
            skill?.name == name ? skill : nil
        }
    }

    private static let skill = Skill(
        name: "notes",
        description: "How we write them.",
        instructions: "Run the check.",
        files: [
            .init(path: "scripts/check.py", content: Array("print(1)".utf8)), .init(path: "logo", content: [0, 255]),
        ]
    )

    private let folder = FileManager.default.temporaryDirectory.appending(path: "alma-skills-\(UUID())").path
    private let context = ToolContext(run: .sample)

    private func open(_ json: String, _ skill: Skill? = Self.skill) async throws -> String {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let door = WorkspaceDoor(workspaces: Workspaces(path: folder), files: FilesInMemory())
        let tool = OpenSkillTool(skills: Fixed(skill: skill), door: door)
        return try await tool.perform(JSONValue(parsing: json), in: context)
    }

    @Test func itsFilesLieInTheWorkspace() async throws {
        let text = try await open(#"{"name":"notes"}"#)
        #expect(text.hasPrefix("Run the check.") && text.contains("skills/notes/scripts/check.py (8 bytes)"))
        let workspace = try Workspaces(path: folder).workspace(of: context.run.conversationID)
        #expect(try workspace.read("skills/notes/scripts/check.py", limit: 100).bytes == Array("print(1)".utf8))
        // Once more, over what a program has made of it.
        try workspace.write("skills/notes/scripts/check.py", [])
        _ = try await open(#"{"name":"notes"}"#)
        #expect(try workspace.read("skills/notes/scripts/check.py", limit: 100).size == 8)
    }

    @Test func oneFileIsRead() async throws {
        #expect(try await open(#"{"name":"notes","file":"skills/notes/scripts/check.py"}"#) == "print(1)")
        for json in [#"{"name":"notes","file":"none"}"#, #"{"name":"notes","file":"logo"}"#, #"{"name":"other"}"#] {
            await #expect(throws: ToolFailure.self) { _ = try await open(json) }
        }
    }
}
