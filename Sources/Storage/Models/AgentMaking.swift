package import Engine
package import Foundation
import Postgres

// Agents that people make.
extension Store {
    /// Throws `.invalid` with the field, `.conflict("name")` when the maker has one of that name already.
    package func createAgent(_ draft: AgentDraft, by principal: Principal) async throws -> Agent {
        let draft = try draft.checked()
        try await check(draft, by: principal)
        let id = UUID.v7()
        let insertion: Query = """
            insert into agents (
                agent_id, org_id, user_id, name, display_name, description, instruction, model_id, capabilities, team,
                parameters, agent_type, status
            )
            values (
                \(id), \(principal.organisationID), \(principal.userID), \(draft.name), \(draft.displayName),
                \(draft.description), \(draft.instruction), \(draft.modelID), to_jsonb(\(draft.capabilities)::text[]),
                to_jsonb(\(draft.team)::text[]), \(JSONText(draft.parameters))::jsonb, \(draft.type), \(draft.status)
            )
            """
        let statements =
            [insertion, Self.give(draft.tools, to: id), Self.configure(draft.configurations, of: id)]
            + Self.teach(draft.skills ?? [], to: id)
            + Self.keepVersion(of: id, where: Self.isMade(id, by: principal), by: principal)
        let answers = try await batch(statements + [Self.one(id, principal)], by: principal)
        guard let row = answers.last?.first else { throw StorageError(.failed, "The database did not answer.") }
        return try Agent(row)
    }

    /// Only its maker changes an agent; nil when there is no such agent of theirs. Throws `.conflict("version")` when
    /// `version`, which they have seen, is not its newest. `restored` is the earlier version that the draft comes from.
    package func updateAgent(
        _ id: UUID,
        _ draft: AgentDraft,
        at version: Int? = nil,
        restoring restored: Int? = nil,
        by principal: Principal
    ) async throws -> Agent? {
        let draft = try draft.checked()
        try await check(draft, by: principal)
        let isMade = Self.isMade(id, by: principal, at: version)
        let change: Query = """
            update agents a set name = \(draft.name), display_name = \(draft.displayName),
                description = \(draft.description), instruction = \(draft.instruction), model_id = \(draft.modelID),
                capabilities = to_jsonb(\(draft.capabilities)::text[]), team = to_jsonb(\(draft.team)::text[]),
                parameters = \(JSONText(draft.parameters))::jsonb, agent_type = \(draft.type), status = \(draft.status)
            where \(isMade)
            """
        let statements = [
            change,
            // What is taken away keeps its configuration, for the day on which it is given again.
            """
            update agent_tools g set is_enabled = t.name = any(\(draft.tools)::text[]) from agents a, tools t
            where g.agent_id = a.agent_id and t.tool_id = g.tool_id and \(isMade)
            """,
            Self.give(draft.tools, to: id, where: isMade),
            Self.configure(draft.configurations, of: id, where: isMade),
        ]
        let skills = draft.skills.map { Self.teach($0, to: id, where: isMade) } ?? []
        return try await changeAgent(id, at: version, restoring: restored, statements + skills, by: principal)?
            .last?.first.map(Agent.init)
    }

    /// An agent of the person's as they described it; nil when there is none.
    package func agentDraft(_ id: UUID, by principal: Principal) async throws -> AgentDraft? {
        guard let agent = try await agent(id, by: principal), agent.userID == principal.userID,
            let tools = try await tools(ofAgent: id, by: principal)
        else { return nil }
        return AgentDraft(
            name: agent.name,
            displayName: agent.displayName,
            description: agent.description,
            instruction: agent.instruction,
            modelID: agent.modelID,
            capabilities: agent.capabilities,
            team: agent.team,
            tools: tools.filter(\.isEnabled).map(\.name),
            configurations: Dictionary(tools.map { ($0.name, $0.configuration) }) { first, _ in first },
            skills: try await skills(ofAgent: id, by: principal),
            parameters: agent.parameters,
            isShared: agent.agentType == "shared",
            isActive: agent.status == "active"
        )
    }

    /// What it has said stays, but for `trial`, the conversation in which it was tried out. False when there is no such
    /// agent of the person's.
    package func deleteAgent(
        _ id: UUID,
        trial: UUID? = nil,
        by principal: Principal,
        address: String? = nil
    ) async throws -> Bool {
        let talk = trial.map { [Self.deletion(of: $0, by: principal, address: address)] } ?? []
        let agent: Query = "delete from agents a where \(Self.isMade(id, by: principal))"
        return try await batch(Self.demanded(.agent(id)) + talk + [agent], by: principal).last?.affected == 1
    }

    /// The tools that an agent could have, by name.
    package func knownTools(by principal: Principal) async throws -> [AgentTool] {
        try await query(
            """
            select distinct on (name) tool_id, name, description, security_level, definition -> 'parameters' as parameters
            from tools
            where is_active and (org_id is null or org_id = \(principal.organisationID)) order by name, org_id
            """,
            by: principal
        ).map { row in
            AgentTool(
                id: try row.get("tool_id"),
                name: try row.get("name"),
                description: try row.get("description"),
                level: ToolLevel(rawValue: try row.get("security_level")) ?? .privileged,
                decision: .allow,
                parameters: try row.get("parameters", as: String?.self).map { try JSONValue(parsing: $0) }
            )
        }
    }

    /// Whether everything that a draft names is there for its maker.
    private func check(_ draft: AgentDraft, by principal: Principal) async throws {
        let answers = try await batch(
            [
                "select a.name from agents a where \(Self.isVisible(to: principal)) and a.name = any(\(draft.team)::text[])",
                """
                select name, definition -> 'parameters' as parameters from tools
                where name = any(\(draft.tools)::text[]) and is_active
                    and (org_id is null or org_id = \(principal.organisationID))
                """,
                "select from models where model_id = \(draft.modelID) and org_id = \(principal.organisationID)",
                """
                select s.name from skills s
                where s.org_id = \(principal.organisationID) and s.name = any(\(draft.skills ?? [])::text[])
                """,
            ],
            by: principal
        )
        let colleagues = Set(try answers[0].map { try $0.get("name", as: String.self) })
        if let name = draft.team.first(where: { !colleagues.contains($0) }) {
            throw StorageError.invalid("team", "There is no agent called \(name).")
        }
        let tools = Set(try answers[1].map { try $0.get("name", as: String.self) })
        if let name = draft.tools.first(where: { !tools.contains($0) }) {
            throw StorageError.invalid("tools", "There is no tool called \(name).")
        }
        let skills = Set(try answers[3].map { try $0.get("name", as: String.self) })
        if let name = draft.skills?.first(where: { !skills.contains($0) }) {
            throw StorageError.invalid("skills", "There is no skill called \(name).")
        }
        for row in answers[1] {
            let parameters = try row.get("parameters", as: String?.self).map { try JSONValue(parsing: $0) }
            guard let configuration = draft.configurations[try row.get("name")] else { continue }
            do {
                _ = try Self.checked(configuration, of: parameters)
            } catch let error as StorageError {
                throw StorageError.invalid("tools", "\(try row.get("name", as: String.self)): \(error.message)")
            }
        }
        guard draft.modelID == nil || !answers[2].isEmpty else {
            throw StorageError.invalid("model_id", "There is no such model.")
        }
    }

    /// `isMade` is of the agent as `a`, where it is not a new one.
    private static func give(_ tools: [String], to agent: UUID, where isMade: Query = "true") -> Query {
        """
        insert into agent_tools (agent_id, tool_id)
        select a.agent_id, t.tool_id from agents a cross join tools t
        where a.agent_id = \(agent) and t.name = any(\(tools)::text[]) and t.is_active
            and (t.org_id is null or t.org_id = a.org_id) and \(isMade)
        on conflict do nothing
        """
    }

    /// By tool, of those that the agent has.
    private static func configure(
        _ configurations: [String: JSONValue],
        of agent: UUID,
        where isMade: Query = "true"
    ) -> Query {
        let sorted = configurations.sorted { $0.key < $1.key }
        return """
            update agent_tools g set configuration = c.configuration::jsonb
            from agents a, tools t join unnest(
                \(sorted.map(\.key))::text[], \(sorted.map(\.value.text))::text[]
            ) c (name, configuration) on c.name = t.name
            where g.agent_id = \(agent) and a.agent_id = g.agent_id and t.tool_id = g.tool_id and \(isMade)
            """
    }

    /// `version` is the one that it must be at.
    static func isMade(_ id: UUID?, by principal: Principal, at version: Int? = nil) -> Query {
        let place: Query = version.map { "and a.version = \($0)" } ?? ""
        return """
            a.agent_id = \(id) and a.org_id = \(principal.organisationID) and a.user_id = \(principal.userID)
                and a.agent_type <> 'system' \(place)
            """
    }
}

extension AgentDraft {
    fileprivate var type: String { isShared ? "shared" : "custom" }
    fileprivate var status: String { isActive ? "active" : "disabled" }
}
