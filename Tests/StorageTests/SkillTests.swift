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
            #expect(
                try await store.files(ofSkill: skill.id, by: user.principal) == [.init(path: "a/b.bin", content: bytes)]
            )
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

    @Test func eachChangeIsAVersionThatCanBeGivenAgain() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (user, stranger) = (try await store.person(), try await store.person("eve"))
            let one = [Skill.File(path: "a", content: [1]), Skill.File(path: "b", content: [2])]
            let skill = try #require(try await store.createSkill(text, files: one, by: user.principal))
            #expect(skill.version == 1 && skill.files.map(\.path) == ["a", "b"])
            #expect(try await store.putFile(.init(path: "a", content: [9]), of: skill.id, by: user.principal))
            let other = SkillText(name: "other", description: "x", instructions: "Long.")
            let two = [Skill.File(path: "c", content: [3]), Skill.File(path: "b", content: [2])]
            let changed = try await store.updateSkill(skill.id, other, files: two, by: user.principal)
            #expect(changed?.version == 3 && changed?.skill == other && changed?.files.map(\.path) == ["b", "c"])
            // What stayed as it was is kept once: a in two contents, b, and c.
            let rows = try await database.administrator.query("select from skill_files where skill_id = \(skill.id)")
            #expect(rows.count == 4)
            for (version, text, files) in [(1, text, one), (3, other, two.sorted { $0.path < $1.path })] {
                let restored = try await store.restoreSkill(skill.id, version: version, by: user.principal)
                #expect(restored?.skill == text)
                #expect(try await store.files(ofSkill: skill.id, by: user.principal) == files, "version \(version)")
            }
            let versions = try await store.skillVersions(of: skill.id, by: user.principal)
            #expect(versions.map(\.version) == [5, 4, 3, 2, 1])
            #expect(versions.map(\.draft.name) == ["other", "notes", "other", "notes", "notes"])
            #expect(versions.allSatisfy { $0.userID == user.id })
            // What is not there changes nothing, nor what is not theirs.
            let before = try await store.skill(skill.id, by: user.principal)
            #expect(try await store.restoreSkill(skill.id, version: 77, by: user.principal) == nil)
            #expect(try await !store.deleteFile("none", of: skill.id, by: user.principal))
            #expect(try await store.restoreSkill(skill.id, version: 1, by: stranger.principal) == nil)
            #expect(try await store.skillVersions(of: skill.id, by: stranger.principal).isEmpty)
            #expect(try await store.files(ofSkill: skill.id, by: stranger.principal).isEmpty)
            #expect(try await store.skill(skill.id, by: user.principal) == before)
            #expect(try await store.files(ofSkill: skill.id, by: user.principal).map(\.path) == ["b", "c"])
        }
    }

    @Test func aVersionIsKnownWithItsFiles() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (user, stranger) = (try await store.person(), try await store.person("eve"))
            let by = user.principal
            let skill = try #require(
                try await store.createSkill(text, files: [.init(path: "a", content: [97])], by: by)
            )
            #expect(try await store.putFile(.init(path: "a", content: [98]), of: skill.id, by: by))
            #expect(try await store.putFile(.init(path: "b", content: []), of: skill.id, by: by))
            #expect(try await store.deleteFile("b", of: skill.id, by: by))
            var versions: [KeptVersion<SkillDefinition>] = []
            for number in 1...4 {
                versions.append(try #require(try await store.skillVersion(number, of: skill.id, by: by)))
            }
            let a = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
            let b = "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d"
            #expect(versions[0].draft == .init(text: text, files: [.init(path: "a", size: 1, digest: a)]))
            #expect(versions[1].draft == .init(text: text, files: [.init(path: "a", size: 1, digest: b)]))
            #expect(versions[2].draft.files.map(\.path) == ["a", "b"] && versions[2].draft.files[1].size == 0)
            #expect(versions[3].draft == versions[1].draft)
            #expect(versions.map(\.version) == [1, 2, 3, 4] && versions.allSatisfy { $0.userID == user.id })
            #expect(try await store.skillVersion(5, of: skill.id, by: by) == nil)
            #expect(try await store.skillVersion(1, of: skill.id, by: stranger.principal) == nil)
        }
    }

    @Test func whoeverHasSeenAnOlderOneGivesNothingAgain() async throws {
        try await TestDatabase.with { database in
            let (store, user) = (database.store, try await database.store.person())
            let by = user.principal
            let files = [Skill.File(path: "a", content: [1])]
            let skill = try #require(try await store.createSkill(text, files: files, by: by))
            let other = SkillText(name: "notes", description: "x", instructions: "Long.")
            let kept = try await store.updateSkill(skill.id, other, files: [.init(path: "b", content: [2])], by: by)
            await #expect {
                _ = try await store.restoreSkill(skill.id, version: 1, at: 1, by: by)
            } throws: { ($0 as? StorageError)?.code == .changed }
            #expect(try await store.skill(skill.id, by: by) == kept && kept?.files.map(\.path) == ["b"])
            #expect(try await store.skillVersions(of: skill.id, by: by).map(\.version) == [2, 1])
            let restored = try await store.restoreSkill(skill.id, version: 1, at: 2, by: by)
            #expect(restored?.version == 3 && restored?.skill == text)
            #expect(try await store.files(ofSkill: skill.id, by: by) == files)
        }
    }

    /// Neither text nor files.
    @Test func whoeverHasSeenAnOlderOneOverwritesNothing() async throws {
        try await TestDatabase.with { database in
            let (store, stranger) = (database.store, try await database.store.person("eve").principal)
            let by = try await store.person().principal
            let first = [Skill.File(path: "a", content: [1])]
            let skill = try #require(try await store.createSkill(text, files: first, by: by))
            let (theirs, mine) = (
                SkillText(name: "notes", description: "Theirs.", instructions: "Long."),
                SkillText(name: "notes", description: "Mine.", instructions: "Longer.")
            )
            let kept = try await store.updateSkill(skill.id, theirs, at: 1, by: by)
            #expect(kept?.version == 2 && kept?.skill == theirs)
            for files in [nil, [Skill.File(path: "b", content: [2])]] {
                await #expect {
                    _ = try await store.updateSkill(skill.id, mine, files: files, at: 1, by: by)
                } throws: { ($0 as? StorageError)?.code == .changed }
            }
            #expect(try await store.skill(skill.id, by: by) == kept)
            #expect(try await store.skillVersions(of: skill.id, by: by).map(\.version) == [2, 1])
            #expect(try await store.updateSkill(skill.id, mine, at: 2, by: stranger) == nil)
            let files = [Skill.File(path: "b", content: [2])]
            let saved = try await store.updateSkill(skill.id, mine, files: files, at: 2, by: by)
            #expect(saved?.version == 3 && saved?.skill == mine && saved?.files.map(\.path) == ["b"])
            #expect(try await store.updateSkill(skill.id, theirs, by: by)?.version == 4)
        }
    }

    @Test func whatIsOlderThanTheNewestFiftyGoes() async throws {
        try await TestDatabase.with { database in
            let (store, user) = (database.store, try await database.store.person())
            let skill = try #require(try await store.createSkill(text, by: user.principal))
            for number in 0..<60 {
                let file = Skill.File(path: "a", content: [UInt8(number)])
                #expect(try await store.putFile(file, of: skill.id, by: user.principal))
            }
            let versions = try await store.skillVersions(of: skill.id, by: user.principal).map(\.version)
            #expect(versions == Array((12...61).reversed()))
            let rows = try await database.administrator.query("select from skill_files where skill_id = \(skill.id)")
            #expect(rows.count == 50)
            _ = try await store.restoreSkill(skill.id, version: 12, by: user.principal)
            #expect(try await store.files(ofSkill: skill.id, by: user.principal).map(\.content) == [[10]])
        }
    }
}
