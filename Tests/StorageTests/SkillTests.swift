import Engine
import Foundation
import Postgres
import Storage
import Testing

/// Skills, their files, and the agents that may open them.
@Suite struct SkillTests {
    private let text = SkillText(name: "notes", description: "How we write them.", instructions: "Short.")

    @Test func aSkillHasFilesWithinBounds() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let skill = try #require(try await store.createSkill(text, by: user.principal))
            await #expect(throws: StorageError.self) { _ = try await store.createSkill(text, by: user.principal) }
            let bytes: [UInt8] = [0, 255, 10]
            #expect(try await store.putFile(.init(path: "a/b.bin", content: bytes), of: skill.id, by: user.principal))
            #expect(try await store.file("a/b.bin", of: skill.id, by: user.principal) == bytes)
            for path in ["../x", "a//b", "/etc/passwd", "a/./b", "-rf", "SKILL.md", "a b", ""] {
                await #expect(throws: StorageError.self, "\(path)") {
                    _ = try await store.putFile(.init(path: path, content: []), of: skill.id, by: user.principal)
                }
            }
            let large = [UInt8](repeating: 1, count: SkillBounds.fileBytes + 1)
            await #expect(throws: StorageError.self) {
                _ = try await store.putFile(.init(path: "large", content: large), of: skill.id, by: user.principal)
            }
            #expect(try await store.deleteFile("a/b.bin", of: skill.id, by: user.principal))
            #expect(try await store.skill(skill.id, by: user.principal)?.files == [])
            let changed = SkillText(name: "notes", description: "x", instructions: "Long.")
            #expect(try await store.updateSkill(skill.id, changed, by: user.principal)?.skill == changed)
        }
    }

    @Test func anAgentKnowsItsSkillsAndOpensThem() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (user, stranger) = (try await store.person(), try await store.person("eve"))
            try await store.register([
                ToolSpecification(
                    name: Skill.opener,
                    description: "Opens.",
                    schema: "{}",
                    level: .readOnly,
                    effect: .idempotent,
                    agents: []
                )
            ])
            let skill = try #require(try await store.createSkill(text, by: user.principal))
            _ = try await store.putFile(.init(path: "a.py", content: [49]), of: skill.id, by: user.principal)
            let draft = AgentDraft(name: "host", displayName: "Host", instruction: "Be kind.")
            let agent = try await store.createAgent(draft, by: user.principal)
            var claimed = try await store.claimedRun(by: user.principal)
            #expect(try await store.brief(for: claimed).tools == [])
            claimed.run.agentID = agent.id
            #expect(try await store.brief(for: claimed).tools == [])
            #expect(try await store.setSkills(["notes"], of: agent.id, by: user.principal))
            await #expect(throws: StorageError.self) {
                _ = try await store.setSkills(["none"], of: agent.id, by: user.principal)
            }
            let brief = try await store.brief(for: claimed)
            #expect(brief.tools == [Skill.opener])
            #expect(brief.skills == [SkillNote(name: "notes", description: "How we write them.")])
            let opened = try await store.skill("notes", of: agent.id, by: user.principal)
            #expect(opened?.instructions == "Short." && opened?.files == [.init(path: "a.py", content: [49])])
            #expect(try await store.skill("notes", of: agent.id, by: stranger.principal) == nil)
            #expect(try await store.skill("notes", of: claimed.run.id, by: user.principal) == nil)
            #expect(try await store.setSkills([], of: agent.id, by: user.principal))
            #expect(try await store.brief(for: claimed).skills == [])
        }
    }

    @Test func anothersSkillsAreNotThere() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (user, stranger) = (try await store.person(), try await store.person("eve"))
            let skill = try #require(try await store.createSkill(text, by: user.principal))
            let other = stranger.principal
            #expect(try await store.skills(by: other).isEmpty)
            #expect(try await store.skill(skill.id, by: other) == nil)
            #expect(try await store.updateSkill(skill.id, text, by: other) == nil)
            #expect(try await !store.putFile(.init(path: "a", content: []), of: skill.id, by: other))
            #expect(try await !store.deleteSkill(skill.id, by: other))
            #expect(try await store.deleteSkill(skill.id, by: user.principal))
        }
    }
}
