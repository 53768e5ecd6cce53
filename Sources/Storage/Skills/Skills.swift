package import Engine
package import Foundation
import Postgres

// Skills of an organisation. Whoever may make tools may make skills. What is done to one is written down in the audit.
extension Store {
    private static let columns: Query = """
        s.skill_id, s.name, s.description, s.instructions, s.user_id, s.version, s.updated_at, (
            select coalesce(json_agg(json_build_object('path', f.path, 'size', octet_length(f.content)) order by f.path), '[]')
            from skill_files f where f.skill_id = s.skill_id and f.until is null
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
    package func createSkill(
        _ skill: SkillText,
        files: [Skill.File] = [],
        by principal: Principal,
        address: String? = nil
    ) async throws -> SkillRecord? {
        if let mistake = skill.mistake { throw StorageError.invalid("skill_md", mistake.message) }
        let (id, files) = (UUID.v7(), try SkillBounds.check(files))
        let count = try await skills(by: principal).count
        guard count < SkillBounds.skills else {
            throw StorageError.invalid("skill_md", "An organisation has at most \(SkillBounds.skills) skills.")
        }
        let made: Query = """
            insert into skills as s (skill_id, org_id, user_id, name, description, instructions)
            select \(id), \(principal.organisationID), \(principal.userID), \(skill.name), \(skill.description),
                \(skill.instructions)
            where alma_makes_tools(\(principal.organisationID))
            """
        let audited = Self.audited(.created, id, made, by: principal, address: address)
        return try await write(audited, files: files.flatMap { put($0, id, principal) }, id, by: principal)
    }

    /// A new version of its text, and of its files where they are given: then there are no others. nil when there is none that
    /// the principal may change. Throws `.changed`, and changes nothing, when `version`, which they have seen, is not its
    /// newest.
    package func updateSkill(
        _ id: UUID,
        _ skill: SkillText,
        files: [Skill.File]? = nil,
        at version: Int? = nil,
        by principal: Principal,
        address: String? = nil
    ) async throws -> SkillRecord? {
        if let mistake = skill.mistake { throw StorageError.invalid("skill_md", mistake.message) }
        let change: Query = """
            update skills s set name = \(skill.name), description = \(skill.description),
                instructions = \(skill.instructions), version = version + 1, updated_at = now()
            where \(Self.isOwnSkill(id, principal))
            """
        let statements = try files.map(SkillBounds.check).map { files in
            [end(where: "f.path <> all(\(files.map(\.path))::text[])", id, principal)]
                + files.flatMap { put($0, id, principal) }
        }
        let locks = Self.locked(.skill(id), at: version)
        let audited = Self.audited(.changed, id, change, by: principal, address: address)
        return try await write(audited, files: statements ?? [], id, after: locks, by: principal)
    }

    /// Gives an earlier version again, as a new one. nil when there is none, or it is not the principal's to change. Throws
    /// `.changed`, and changes nothing, when `seen`, which they know as the one that holds, is not its newest.
    package func restoreSkill(
        _ id: UUID,
        version: Int,
        at seen: Int? = nil,
        by principal: Principal,
        address: String? = nil
    ) async throws -> SkillRecord? {
        let isKnown: Query = """
            exists (select from skill_versions v where v.skill_id = s.skill_id and v.version = \(version))
            """
        let change: Query = """
            update skills s set name = v.name, description = v.description, instructions = v.instructions,
                version = s.version + 1, updated_at = now()
            from skill_versions v
            where v.skill_id = s.skill_id and v.version = \(version) and \(Self.isOwnSkill(id, principal))
            """
        let again: Query = """
            insert into skill_files (skill_id, path, org_id, content, since)
            select f.skill_id, f.path, f.org_id, f.content, s.version
            from skill_files f join skills s using (skill_id)
            where f.since <= \(version) and f.until > \(version) and \(isKnown)
                and \(Self.isOwnSkill(id, principal))
            """
        let gone = end(where: "f.since > \(version) and \(isKnown)", id, principal)
        let locks = Self.locked(.skill(id), at: seen)
        let audited = Self.audited(.restored, id, change, by: principal, address: address)
        return try await write(audited, files: [gone, again], id, after: locks, by: principal)
    }

    /// False when there is none that the principal may change.
    package func deleteSkill(_ id: UUID, by principal: Principal, address: String? = nil) async throws -> Bool {
        let deletion: Query = "delete from skills s where \(Self.isOwnSkill(id, principal))"
        let audited = Self.audited(.deleted, id, deletion, by: principal, address: address)
        return try await batch(Self.locked(.skill(id)) + [audited], by: principal).last?.affected == 1
    }

    package func mayChange(skill id: UUID, by principal: Principal) async throws -> Bool {
        try await query("select from skills s where \(Self.isOwnSkill(id, principal))", by: principal).first != nil
    }

    /// Adds a file, or puts it in the place of one. False when there is no such skill that the principal may change. Throws
    /// `.invalid` with `path` or `content`.
    package func putFile(
        _ file: Skill.File,
        of id: UUID,
        by principal: Principal,
        address: String? = nil
    ) async throws -> Bool {
        guard let file = try SkillBounds.check([file]).first, let skill = try await self.skill(id, by: principal) else {
            return false
        }
        let others = skill.files.filter { $0.path != file.path }
        guard others.reduce(file.content.count, { $0 + $1.size }) <= SkillBounds.bytes,
            others.count < SkillBounds.files
        else { throw SkillBounds.tooMuch }
        let audited = Self.audited(.changed, id, next(id, principal), by: principal, address: address)
        let (locks, files) = (Self.locked(.skill(id)), put(file, id, principal))
        return try await write(audited, files: files, id, after: locks, by: principal) != nil
    }

    /// False when there is no such file, or no such skill that the principal may change.
    package func deleteFile(
        _ path: String,
        of id: UUID,
        by principal: Principal,
        address: String? = nil
    ) async throws -> Bool {
        guard let skill = try await self.skill(id, by: principal), skill.files.contains(where: { $0.path == path })
        else {
            return false
        }
        let gone = end(where: "f.path = \(path)", id, principal)
        let audited = Self.audited(.changed, id, next(id, principal), by: principal, address: address)
        return try await write(audited, files: [gone], id, after: Self.locked(.skill(id)), by: principal) != nil
    }

    /// All with their contents, by path; none when there is no such skill.
    package func files(ofSkill id: UUID, by principal: Principal) async throws -> [Skill.File] {
        try await query(
            """
            select f.path, encode(f.content, 'base64') as content from skill_files f join skills s using (skill_id)
            where f.skill_id = \(id) and f.until is null and s.org_id = \(principal.organisationID) order by f.path
            """,
            by: principal
        ).map { Skill.File(path: try $0.get("path"), content: try Self.bytes($0)) }
    }

    static func bytes(_ row: Row) throws -> [UInt8] {
        let text: String = try row.get("content")
        return Array(Data(base64Encoded: text, options: .ignoreUnknownCharacters) ?? Data())
    }

    private static let auditedSkills = AuditedTable(
        name: "skill",
        table: "skills",
        key: "skill_id",
        fields: "jsonb_build_object('name', x.name, 'description', x.description, 'version', x.version)"
    )

    /// `change`: of the row `s`.
    private static func audited(
        _ act: AuditedTable.Act,
        _ id: UUID,
        _ change: Query,
        by principal: Principal,
        address: String?
    ) -> Query {
        let clauses = auditedSkills.clauses(act, id, change, returning: "s.*", by: principal, address: address)
        return "with \(clauses) select from done"
    }

    static func isOwnSkill(_ id: UUID, _ principal: Principal) -> Query {
        """
        s.skill_id = \(id) and s.org_id = \(principal.organisationID)
            and (alma_manages(s.org_id) or s.user_id = \(principal.userID) and alma_makes_tools(s.org_id))
        """
    }
}
