package import Engine
package import Foundation
import Postgres

/// What a rule is about: one thing has one rule of the organisation's, and one of each person's.
package struct PolicySubject: Sendable, Equatable {
    /// One of these, not both.
    package var tool: String?
    package var level: ToolLevel?
    /// nil for all agents.
    package var agent: UUID?
    /// Whose runs, where the organisation speaks; nil for everybody's.
    package var user: UUID?

    package init(tool: String? = nil, level: ToolLevel? = nil, agent: UUID? = nil, user: UUID? = nil) {
        self.tool = tool
        self.level = level
        self.agent = agent
        self.user = user
    }
}

extension Store {
    /// What holds for the principal alone, by their own word: by tool, level and agent.
    package func ownPolicies(by principal: Principal) async throws -> [ToolPolicy.Rule] {
        try await rules("not by_organisation and user_id = \(principal.userID)", by: principal)
    }

    /// The principal's own rule; nil takes it away. `patience`: seconds until a call that asks is taken for refused, or for
    /// ever; when it is not given, a rule that is there keeps its own. False when there is no such agent to make a rule on.
    package func setOwnPolicy(
        _ decision: ToolPolicy.Decision?,
        for subject: PolicySubject,
        patience: Int?? = nil,
        by principal: Principal
    ) async throws -> Bool {
        var subject = subject
        subject.user = principal.userID
        return try await write(decision, for: subject, patience: patience, isOrganisations: false, by: principal)
    }

    func rules(_ condition: Query, by principal: Principal) async throws -> [ToolPolicy.Rule] {
        try await query(
            """
            select \(ToolPolicy.Rule.columns) from tool_policies
            where org_id = \(principal.organisationID) and \(condition)
            order by user_id nulls first, tool_name nulls first, security_level, agent_id
            """,
            by: principal
        ).map(ToolPolicy.Rule.init)
    }

    /// Whether the principal sees the agent; of none in particular, yes.
    private func isThere(_ agent: UUID?, by principal: Principal) async throws -> Bool {
        guard let agent else { return true }
        return try await self.agent(agent, by: principal) != nil
    }

    /// What becomes of an organisation's rule is written down.
    func write(
        _ decision: ToolPolicy.Decision?,
        for subject: PolicySubject,
        patience: Int??,
        isOrganisations: Bool,
        by principal: Principal,
        address: String? = nil
    ) async throws -> Bool {
        var subject = subject
        subject.tool = try subject.tool.map { try Checks.text($0, "tool_name", upTo: 64) }
        let row: Query = """
            tool_policies x
            where x.org_id = \(principal.organisationID) and x.by_organisation = \(isOrganisations)
                and x.user_id is not distinct from \(subject.user)::uuid
                and x.tool_name is not distinct from \(subject.tool)::text
                and x.security_level is not distinct from \(subject.level?.rawValue)::text
                and x.agent_id is not distinct from \(subject.agent)::uuid
            """
        func audited(_ change: Query) -> Query {
            guard isOrganisations else { return change }
            let clauses = AuditEntry("tool_policy.changed", target: subject.title).clauses(
                change,
                of: row,
                before: ToolPolicy.Rule.audited,
                after: decision == nil ? nil : ToolPolicy.Rule.audited,
                by: principal,
                address: address
            )
            return "with \(clauses) select from done"
        }
        let rules: Conditional =
            isOrganisations
            ? .policies(of: principal.organisationID)
            : .ownPolicies(of: principal.userID, organisation: principal.organisationID)
        guard let decision else {
            // A rule on an agent that went out of sight is taken away all the same; one that is not there is gone already.
            let taken = try await batch(Self.locked(rules) + [audited("delete from \(row)")], by: principal).last
            if let taken, taken.affected > 0 { return true }
            return try await isThere(subject.agent, by: principal)
        }
        guard try await isThere(subject.agent, by: principal) else { return false }
        let change: Query = """
            insert into tool_policies (
                policy_id, org_id, user_id, agent_id, tool_name, security_level, by_organisation, decision, expires_after
            )
            values (
                \(UUID.v7()), \(principal.organisationID), \(subject.user), \(subject.agent), \(subject.tool),
                \(subject.level?.rawValue), \(isOrganisations), \(decision.rawValue), \(patience.flatMap { $0 })
            )
            on conflict \(ToolPolicy.Rule.key)
            do update set decision = excluded.decision, expires_after = \(Self.expiry(patience))
            """
        try await batch(Self.locked(rules) + [audited(change)], by: principal)
        return true
    }

    /// Of a rule that is there already.
    private static func expiry(_ patience: Int??) -> Query {
        patience == nil ? "tool_policies.expires_after" : "excluded.expires_after"
    }
}

extension PolicySubject {
    /// As the audit names it.
    fileprivate var title: String {
        let (company, person) = (agent.map { " with \($0.text)" } ?? "", user.map { " for \($0.text)" } ?? "")
        return (tool ?? level?.rawValue ?? "all") + company + person
    }
}

extension ToolPolicy.Rule {
    /// What the audit keeps of an `x` of tool_policies.
    fileprivate static let audited: Query = """
        jsonb_build_object('decision', x.decision, 'expires_after', x.expires_after)
        """

    static let columns: Query =
        "user_id, by_organisation, agent_id, tool_name, security_level, decision, expires_after"

    /// One wish for one thing.
    static let key: Query = "(org_id, user_id, agent_id, tool_name, security_level, by_organisation)"

    init(_ row: Row) throws {
        self.init(
            userID: try row.get("user_id"),
            isOrganisations: try row.get("by_organisation"),
            agentID: try row.get("agent_id"),
            toolName: try row.get("tool_name"),
            level: try row.get("security_level", as: String?.self).flatMap(ToolLevel.init),
            decision: ToolPolicy.Decision(rawValue: try row.get("decision")) ?? .deny,
            expiresAfter: try row.get("expires_after")
        )
    }
}
