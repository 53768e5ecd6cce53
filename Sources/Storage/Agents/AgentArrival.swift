package import Engine
package import Foundation
import Postgres

/// A definition as it can be had here: what it names is looked up, and what is not there is said.
package struct AgentArrival: Sendable, Equatable {
    package var draft: AgentDraft
    package var missing: [Gap]

    /// Something that a definition names and nobody here has.
    package struct Gap: Sendable, Equatable {
        package enum Kind: String, Sendable { case model, team, tools, skills }

        package var kind: Kind
        package var name: String

        package init(_ kind: Kind, _ name: String) {
            (self.kind, self.name) = (kind, name)
        }
    }
}

extension Store {
    package func arrival(of definition: AgentDefinition, by principal: Principal) async throws -> AgentArrival {
        let model = definition.model
        let answers = try await batch(
            [
                """
                select m.model_id from models m join llmconfigs l using (llm_id)
                where m.org_id = \(principal.organisationID)
                    and (m.model_id = \(model?.id.flatMap(UUID.init)) or m.name = \(model?.name))
                order by m.model_id is not distinct from \(model?.id.flatMap(UUID.init)) desc,
                    l.provider_name is not distinct from \(model?.provider) desc, m.is_active desc, m.created_at limit 1
                """,
                """
                select a.name from agents a
                where \(Self.isVisible(to: principal)) and a.name = any(\(definition.team)::text[])
                """,
                """
                select t.name from tools t
                where \(Self.hasTool(principal)) and t.name = any(\(definition.tools.map(\.name))::text[])
                """,
                """
                select s.name from skills s
                where s.org_id = \(principal.organisationID) and s.name = any(\(definition.skills)::text[])
                """,
            ],
            by: principal
        )
        let modelID: UUID? = try answers[0].first?.get("model_id")
        let known = try answers[1...].map { Set(try $0.map { try $0.get("name", as: String.self) }) }
        let tools = definition.tools.filter { known[1].contains($0.name) }
        var gaps: [AgentArrival.Gap] = []
        if let model, modelID == nil { gaps.append(.init(.model, model.name)) }
        for name in definition.team where !known[0].contains(name) { gaps.append(.init(.team, name)) }
        for tool in definition.tools where !known[1].contains(tool.name) { gaps.append(.init(.tools, tool.name)) }
        for name in definition.skills where !known[2].contains(name) { gaps.append(.init(.skills, name)) }
        let draft = AgentDraft(
            name: definition.name,
            displayName: definition.displayName,
            description: definition.description,
            instruction: definition.instruction,
            modelID: modelID,
            capabilities: definition.capabilities,
            team: definition.team.filter(known[0].contains),
            tools: tools.map(\.name),
            configurations: Dictionary(tools.map { ($0.name, $0.configuration) }) { first, _ in first },
            skills: definition.skills.filter(known[2].contains),
            parameters: definition.parameters.text,
            isShared: definition.isShared,
            isActive: definition.isActive
        )
        return AgentArrival(draft: draft, missing: gaps)
    }
}
