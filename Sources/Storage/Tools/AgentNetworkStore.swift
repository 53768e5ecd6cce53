package import Engine
package import Foundation
import Postgres

extension Store: AgentNetworks {
    package func network(ofAgent agent: UUID, by principal: Principal) async throws -> NetworkList {
        try await knownNetwork(ofAgent: agent, by: principal) ?? .none
    }

    /// The same; nil when there is no such agent.
    package func knownNetwork(ofAgent agent: UUID, by principal: Principal) async throws -> NetworkList? {
        let answers = try await batch(
            [
                "select from agents a where a.agent_id = \(agent) and \(Self.isVisible(to: principal))",
                """
                select n.hosts from agent_networks n join agents a using (agent_id)
                where a.agent_id = \(agent) and \(Self.isVisible(to: principal))
                    and n.org_id = \(principal.organisationID) and n.user_id in (\(principal.userID), a.user_id)
                order by n.user_id = \(principal.userID) desc limit 1
                """,
            ],
            by: principal
        )
        guard !answers[0].isEmpty else { return nil }
        let hosts: [String] = try answers[1].first?.get("hosts") ?? []
        return (try? NetworkList(hosts)) ?? NetworkList.none
    }

    /// What the agent's programs may reach in this person's runs; an empty list takes the network away from it. False when
    /// there is no such agent. Throws `.invalid("hosts")`. Written down in the audit.
    package func setNetwork(
        _ hosts: [String],
        ofAgent agent: UUID,
        by principal: Principal,
        address: String? = nil
    ) async throws -> Bool {
        let list = try Checks.network(hosts, "hosts")
        let change: Query = """
            insert into agent_networks (org_id, user_id, agent_id, hosts)
            select \(principal.organisationID)::uuid, \(principal.userID)::uuid, a.agent_id, \(list.entries)::text[] from agents a
            where a.agent_id = \(agent) and \(Self.isVisible(to: principal))
            on conflict (org_id, user_id, agent_id) do update set hosts = excluded.hosts, updated_at = now()
            """
        let row: Query = """
            agent_networks x where x.org_id = \(principal.organisationID) and x.user_id = \(principal.userID)
                and x.agent_id = \(agent)
            """
        let clauses = AuditEntry("agent.network_changed", target: agent.text).clauses(
            change,
            of: row,
            before: "jsonb_build_object('hosts', x.hosts)",
            after: "jsonb_build_object('hosts', x.hosts)",
            by: principal,
            address: address
        )
        let subject = Conditional.network(
            ofAgent: agent,
            user: principal.userID,
            organisation: principal.organisationID
        )
        let answers = try await batch(Self.locked(subject) + ["with \(clauses) select from done"], by: principal)
        return answers.last?.affected == 1
    }
}

extension Checks {
    /// Throws `.invalid` with the field.
    static func network(_ hosts: [String], _ field: String) throws -> NetworkList {
        do {
            return try NetworkList(hosts)
        } catch {
            let words = error.entry.map { "\($0) is no host, such as example.org or *.example.org." }
            throw StorageError.invalid(field, words ?? "At most \(NetworkList.most) hosts.")
        }
    }
}
