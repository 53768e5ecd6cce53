package import Engine
package import Foundation
import Postgres

// Skills of an organisation. Whoever may make tools may make skills.
extension Store {
    private static let columns: Query = """
        s.skill_id, s.name, s.description, s.instructions, s.user_id, s.updated_at, (
            select coalesce(json_agg(json_build_object('path', f.path, 'size', octet_length(f.content)) order by f.path), '[]')
            from skill_files f where f.skill_id = s.skill_id
        )::text as files
        """

    /// By name.
    package func skills(by principal: Principal) async throws -> [SkillRecord] {
        try await query(
            "select \(Self.columns) from skills s where s.org_id = \(principal.organisationID) order by s.name",
            by: principal
        ).map(SkillRecord.init)
    }

    package func skill(_ id: UUID, by principal: Principal) async throws -> SkillRecord? {
        try await query(
            "select \(Self.columns) from skills s where s.skill_id = \(id) and s.org_id = \(principal.organisationID)",
            by: principal
        ).first.map(SkillRecord.init)
    }

    /// nil when the principal may not. Throws `.invalid` with what is wrong, `.conflict("name")`.
    package func createSkill(_ skill: SkillText, by principal: Principal) async throws -> SkillRecord? {
        if let mistake = skill.mistake { throw StorageError.invalid("skill_md", mistake.message) }
        let id = UUID.v7()
        let count = try await skills(by: principal).count
        guard count < SkillBounds.skills else {
            throw StorageError.invalid("skill_md", "An organisation has at most \(SkillBounds.skills) skills.")
        }
        let made = try await query(
            """
            insert into skills (skill_id, org_id, user_id, name, description, instructions)
            select \(id), \(principal.organisationID), \(principal.userID), \(skill.name), \(skill.description),
                \(skill.instructions)
            where alma_makes_tools(\(principal.organisationID))
            """,
            by: principal
        )
        guard made.affected == 1 else { return nil }
        return try await self.skill(id, by: principal)
    }

    /// nil when there is none that the principal may change.
    package func updateSkill(_ id: UUID, _ skill: SkillText, by principal: Principal) async throws -> SkillRecord? {
        if let mistake = skill.mistake { throw StorageError.invalid("skill_md", mistake.message) }
        let changed = try await query(
            """
            update skills s set name = \(skill.name), description = \(skill.description),
                instructions = \(skill.instructions), updated_at = now()
            where \(Self.isOwnSkill(id, principal))
            """,
            by: principal
        )
        guard changed.affected == 1 else { return nil }
        return try await self.skill(id, by: principal)
    }

    /// False when there is none that the principal may change.
    package func deleteSkill(_ id: UUID, by principal: Principal) async throws -> Bool {
        try await query("delete from skills s where \(Self.isOwnSkill(id, principal))", by: principal).affected == 1
    }

    package func mayChange(skill id: UUID, by principal: Principal) async throws -> Bool {
        try await query("select from skills s where \(Self.isOwnSkill(id, principal))", by: principal).first != nil
    }

    /// Adds a file, or puts it in the place of one. False when there is no such skill that the principal may change. Throws
    /// `.invalid` with `path` or `content`.
    package func putFile(_ file: Skill.File, of id: UUID, by principal: Principal) async throws -> Bool {
        let path = try SkillBounds.path(file.path)
        guard let skill = try await self.skill(id, by: principal), try await mayChange(skill: id, by: principal) else {
            return false
        }
        let others = skill.files.filter { $0.path != path }
        guard file.content.count <= SkillBounds.fileBytes,
            others.reduce(file.content.count, { $0 + $1.size }) <= SkillBounds.bytes,
            others.count < SkillBounds.files
        else {
            throw StorageError.invalid("content", "At most 1 MB a file, 4 MB and \(SkillBounds.files) files a skill.")
        }
        let content = Data(file.content).base64EncodedString()
        return try await query(
            """
            insert into skill_files (skill_id, path, org_id, content)
            select s.skill_id, \(path), s.org_id, decode(\(content), 'base64') from skills s
            where \(Self.isOwnSkill(id, principal))
            on conflict (skill_id, path) do update set content = excluded.content
            """,
            by: principal
        ).affected == 1
    }

    package func deleteFile(_ path: String, of id: UUID, by principal: Principal) async throws -> Bool {
        try await query(
            """
            delete from skill_files f using skills s
            where f.skill_id = s.skill_id and f.path = \(path) and \(Self.isOwnSkill(id, principal))
            """,
            by: principal
        ).affected == 1
    }

    /// The bytes of a file; nil when there is none.
    package func file(_ path: String, of id: UUID, by principal: Principal) async throws -> [UInt8]? {
        try await query(
            """
            select encode(f.content, 'base64') as content from skill_files f join skills s using (skill_id)
            where f.skill_id = \(id) and f.path = \(path) and s.org_id = \(principal.organisationID)
            """,
            by: principal
        ).first.map { try Self.bytes($0) }
    }

    static func bytes(_ row: Row) throws -> [UInt8] {
        let text: String = try row.get("content")
        return Array(Data(base64Encoded: text, options: .ignoreUnknownCharacters) ?? Data())
    }

    private static func isOwnSkill(_ id: UUID, _ principal: Principal) -> Query {
        """
        s.skill_id = \(id) and s.org_id = \(principal.organisationID)
            and (alma_manages(s.org_id) or s.user_id = \(principal.userID) and alma_makes_tools(s.org_id))
        """
    }
}
