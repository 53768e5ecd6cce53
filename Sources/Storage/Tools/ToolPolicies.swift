package import Engine
package import Foundation
import Postgres

/// A tool of an agent, with what its person wants of it.
package struct AgentTool: Sendable, Equatable {
    package var id: UUID
    package var name: String
    package var description: String
    package var level: ToolLevel
    package var isEnabled: Bool
    /// The person's own rule for this agent and tool; nil when the general ones decide.
    package var ownDecision: ToolPolicy.Decision?
    /// What happens to a call as things are.
    package var decision: ToolPolicy.Decision
    /// Seconds that a call waits for its person; nil for ever.
    package var patience: Int?
    /// How the agent uses it: an object with timeout, max_retries, custom_params.
    package var configuration: JSONValue
    /// A JSON Schema of its custom_params, where it says what they are.
    package var parameters: JSONValue?

    package init(
        id: UUID,
        name: String,
        description: String,
        level: ToolLevel,
        isEnabled: Bool = true,
        ownDecision: ToolPolicy.Decision? = nil,
        decision: ToolPolicy.Decision,
        patience: Int? = nil,
        configuration: JSONValue = .object([:]),
        parameters: JSONValue? = nil
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.level = level
        self.isEnabled = isEnabled
        self.ownDecision = ownDecision
        self.decision = decision
        self.patience = patience
        self.configuration = configuration
        self.parameters = parameters
    }
}

extension Store {
    /// The tools of an agent, by name; nil when there is no such agent.
    package func tools(ofAgent agent: UUID, by principal: Principal) async throws -> [AgentTool]? {
        let answers = try await batch(
            [
                "select from agents where agent_id = \(agent)",
                """
                select t.tool_id, t.name, t.description, t.schema::text, t.security_level, t.effect, g.is_enabled,
                    g.configuration::text, t.definition -> 'parameters' as parameters
                from agent_tools g join tools t on t.tool_id = g.tool_id
                where g.agent_id = \(agent) and t.is_active order by t.name
                """,
                Self.rules(user: "\(principal.userID)", organisation: "\(principal.organisationID)"), Self.patience,
            ],
            by: principal
        )
        guard !answers[0].isEmpty else { return nil }
        let policy = try Self.policy(answers[2], patience: answers[3])
        return try answers[1].map { row in
            let specification = ToolSpecification(
                name: try row.get("name"),
                description: try row.get("description"),
                schema: try row.get("schema"),
                level: ToolLevel(rawValue: try row.get("security_level")) ?? .privileged,
                effect: ToolEffect(rawValue: try row.get("effect")) ?? .effectful
            )
            let own = policy.rules.first {
                !$0.isOrganisations && $0.agentID == agent && $0.toolName == specification.name && $0.level == nil
            }
            return AgentTool(
                id: try row.get("tool_id"),
                name: specification.name,
                description: specification.description,
                level: specification.level,
                isEnabled: try row.get("is_enabled"),
                ownDecision: own?.decision,
                decision: policy.decision(on: specification, agent: agent),
                patience: policy.patience(with: specification, agent: agent),
                configuration: try JSONValue(parsing: try row.get("configuration")),
                parameters: try row.get("parameters", as: String?.self).map { try JSONValue(parsing: $0) }
            )
        }
    }

    /// The person's own rule for a tool of an agent; nil takes it away. `patience`: seconds until a call that asks is taken
    /// for refused, nil inside for as long as the instance says; what the rule says of it stays where it is left out. Returns
    /// whether the agent has the tool.
    package func setPolicy(
        _ decision: ToolPolicy.Decision?,
        patience: Int?? = nil,
        tool: String,
        agent: UUID,
        by principal: Principal
    ) async throws -> Bool {
        guard try await tools(ofAgent: agent, by: principal)?.contains(where: { $0.name == tool }) == true else {
            return false
        }
        let subject = PolicySubject(tool: tool, agent: agent)
        return try await setOwnPolicy(decision, for: subject, patience: patience, by: principal)
    }

    /// The rules that hold for a person.
    static func rules(user: Query, organisation: Query) -> Query {
        """
        select \(ToolPolicy.Rule.columns) from tool_policies
        where org_id = \(organisation) and (user_id is null or user_id = \(user))
        """
    }

    static let patienceName = "approval_patience"

    /// Seconds that calls wait for their person where no rule says otherwise; no row when they wait for ever.
    static let patience: Query = "select value::integer as patience from settings where name = \(patienceName)"

    package func approvalPatience() async throws -> Int? {
        try await query(Self.patience, by: .system).first?.get("patience")
    }

    /// For administrators and the system; false for others. nil: for ever.
    package func setApprovalPatience(_ seconds: Int?, by principal: Principal, address: String? = nil) async throws
        -> Bool
    {
        try await change([Self.patienceChange(seconds)], by: principal, address: address)
    }

    static func patienceChange(_ seconds: Int?) -> SettingsChange {
        let value = seconds.map(String.init)
        return SettingsChange(
            action: "approval_patience.changed",
            fields: [.init(name: patienceName, title: "expires_after", value: value, kind: .number)]
        )
    }

    static func policy(_ rows: some Sequence<Row>, patience: Rows) throws -> ToolPolicy {
        ToolPolicy(
            rules: try rows.map(ToolPolicy.Rule.init),
            expiresAfter: try patience.first?.get("patience")
        )
    }
}
