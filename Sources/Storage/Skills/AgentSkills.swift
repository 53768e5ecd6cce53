package import Engine
package import Foundation
import Postgres

// Which skills an agent may open.
extension Store: SkillSource {
    package func skill(_ name: String, of agent: UUID, by principal: Principal) async throws -> Skill? {
        let answers = try await batch(
            [
                """
                select s.name, s.description, s.instructions from skills s join agent_skills g using (skill_id)
                where g.agent_id = \(agent) and s.name = \(name) and s.org_id = \(principal.organisationID)
                """,
                """
                select f.path, encode(f.content, 'base64') as content
                from skills s join agent_skills g using (skill_id) join skill_files f using (skill_id)
                where g.agent_id = \(agent) and s.name = \(name) and s.org_id = \(principal.organisationID)
                    and f.until is null
                order by f.path
                """,
            ],
            by: principal
        )
        return try answers[0].first.map { row in
            Skill(
                name: try row.get("name"),
                description: try row.get("description"),
                instructions: try row.get("instructions"),
                files: try answers[1].map { Skill.File(path: try $0.get("path"), content: try Self.bytes($0)) }
            )
        }
    }

    /// The names of an agent's; none when there is no such agent.
    package func skills(ofAgent agent: UUID, by principal: Principal) async throws -> [String] {
        try await query(
            """
            select s.name from skills s join agent_skills g using (skill_id) join agents a on a.agent_id = g.agent_id
            where g.agent_id = \(agent) and s.org_id = \(principal.organisationID) and \(Self.isVisible(to: principal))
            order by s.name
            """,
            by: principal
        ).map { try $0.get("name") }
    }

    /// The agents that may open it, of those that the principal sees, by name.
    package func agents(ofSkill id: UUID, by principal: Principal) async throws -> [(id: UUID, name: String)] {
        try await query(
            """
            select a.agent_id, a.display_name
            from agent_skills g join skills s using (skill_id) join agents a on a.agent_id = g.agent_id
            where g.skill_id = \(id) and s.org_id = \(principal.organisationID) and \(Self.isVisible(to: principal))
            order by a.display_name
            """,
            by: principal
        ).map { (try $0.get("agent_id"), try $0.get("display_name")) }
    }

    /// Those by these names, and no others. False when the agent is not the principal's. Throws `.invalid("skills")`.
    package func setSkills(_ names: [String], of agent: UUID, by principal: Principal) async throws -> Bool {
        let known = Set(try await skills(by: principal).map(\.skill.name))
        if let name = names.first(where: { !known.contains($0) }) {
            guard try await isMaker(of: agent, by: principal) else { return false }
            throw StorageError.invalid("skills", "There is no skill called \(name).")
        }
        let change = Self.teach(names, to: agent, where: Self.isMade(agent, by: principal))
        return try await changeAgent(agent, Self.demanded(.skills(ofAgent: agent)) + change, by: principal) != nil
    }

    /// `isMade` is of the agent as `a`, where it is not a new one.
    static func teach(_ names: [String], to agent: UUID, where isMade: Query = "true") -> [Query] {
        [
            """
            delete from agent_skills g using agents a, skills s
            where g.agent_id = \(agent) and g.agent_id = a.agent_id and s.skill_id = g.skill_id
                and s.name <> all(\(names)::text[]) and \(isMade)
            """,
            """
            insert into agent_skills (agent_id, skill_id)
            select a.agent_id, s.skill_id from agents a join skills s on s.org_id = a.org_id
            where a.agent_id = \(agent) and s.name = any(\(names)::text[]) and \(isMade)
            on conflict do nothing
            """,
        ]
    }

    /// An expression for those of an `a` of agents, as JSON, in a run `r`.
    static let skillsOfAgent: Query = """
        (
            select json_agg(json_build_object('name', s.name, 'description', s.description) order by s.name)
            from agent_skills g join skills s using (skill_id)
            where g.agent_id = a.agent_id and s.org_id = r.org_id
        )::text
        """

    static func skillNotes(_ json: String?) throws -> [SkillNote] {
        guard let json else { return [] }
        return (try JSONValue(parsing: json).array ?? []).compactMap { skill in
            guard let name = skill["name"]?.string, let description = skill["description"]?.string else { return nil }
            return SkillNote(name: name, description: description)
        }
    }
}
