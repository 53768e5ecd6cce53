import Crypto
package import Engine
package import Foundation
import Postgres

// Each change of a skill is a version of its own, and an older one can be given again. A file has a row for each content that
// it has had, with the versions that the content is in.
extension Store {
    private static let skillVersionLimit = 50

    /// The newest first.
    package func skillVersions(of id: UUID, by principal: Principal) async throws -> [KeptVersion<SkillText>] {
        let rows = try await query(
            """
            select * from skill_versions where skill_id = \(id) and org_id = \(principal.organisationID)
            order by version desc
            """,
            by: principal
        )
        return try await versions(rows, draft: SkillText.init)
    }

    /// One of them whole; nil when there is none, or no such skill of the principal's organisation.
    package func skillVersion(
        _ version: Int,
        of id: UUID,
        by principal: Principal
    ) async throws -> KeptVersion<SkillDefinition>? {
        let rows = try await query(
            """
            select v.version, v.user_id, v.created_at, v.name, v.description, v.instructions, (
                select coalesce(json_agg(json_build_object(
                    'path', f.path, 'size', octet_length(f.content), 'digest', encode(sha256(f.content), 'hex')
                ) order by f.path), '[]')
                from skill_files f
                where f.skill_id = v.skill_id and f.since <= v.version and (f.until is null or f.until > v.version)
            )::text as files
            from skill_versions v
            where v.skill_id = \(id) and v.org_id = \(principal.organisationID) and v.version = \(version)
            """,
            by: principal
        )
        return try await versions(rows, draft: SkillDefinition.init).first
    }

    /// What makes or changes it, what that means for its files, and the version that comes of it; what is older than the newest
    /// fifty goes. nil when the first statement found nothing. `locks` stand before all of them.
    func write(
        _ statement: Query,
        files: [Query],
        _ id: UUID,
        after locks: [Query] = [],
        by principal: Principal
    ) async throws -> SkillRecord? {
        let changes = locks + [statement] + files
        let answers = try await batch(
            changes + [
                """
                insert into skill_versions (skill_id, version, org_id, user_id, name, description, instructions)
                select s.skill_id, s.version, s.org_id, \(principal.userID), s.name, s.description, s.instructions
                from skills s where \(Self.isOwnSkill(id, principal))
                on conflict (skill_id, version) do nothing
                """,
                """
                delete from skill_versions where skill_id = \(id) and version <= (
                    select max(version) - \(Self.skillVersionLimit) from skill_versions where skill_id = \(id)
                )
                """,
                """
                delete from skill_files where skill_id = \(id) and until <= (
                    select min(version) from skill_versions where skill_id = \(id)
                )
                """,
            ],
            by: principal
        )
        return answers[locks.count].affected == 1 ? try await skill(id, by: principal) : nil
    }

    /// The next version of its files, with the text it has.
    func next(_ id: UUID, _ principal: Principal) -> Query {
        """
        update skills s set version = version + 1, updated_at = now() where \(Self.isOwnSkill(id, principal))
        """
    }

    /// Files `f` that are in it no more, from its present version on.
    func end(where condition: Query, _ id: UUID, _ principal: Principal) -> Query {
        """
        update skill_files f set until = s.version from skills s
        where f.skill_id = s.skill_id and f.until is null and f.since < s.version and \(condition)
            and \(Self.isOwnSkill(id, principal))
        """
    }

    /// A file that is in it from its present version on, where it was not the same before.
    func put(_ file: Skill.File, _ id: UUID, _ principal: Principal) -> [Query] {
        let digest = Data(SHA256.hash(data: file.content)).base64EncodedString()
        let content = Data(file.content).base64EncodedString()
        return [
            end(where: "f.path = \(file.path) and sha256(f.content) <> decode(\(digest), 'base64')", id, principal),
            """
            insert into skill_files (skill_id, path, org_id, content, since)
            select s.skill_id, \(file.path), s.org_id, decode(\(content), 'base64'), s.version from skills s
            where \(Self.isOwnSkill(id, principal)) and not exists (
                select from skill_files f where f.skill_id = s.skill_id and f.path = \(file.path) and f.until is null
            )
            """,
        ]
    }
}
