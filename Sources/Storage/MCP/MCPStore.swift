package import Engine
package import Foundation
import Postgres

// What the connections themselves ask and tell.
extension Store: MCPSource {
    package func mcpServer(_ id: UUID) async throws -> MCPServer? {
        try await query(
            """
            select server_id, org_id, name, transport, place, arguments, network, secrets_encrypted, is_enabled, revision
            from mcp_servers where server_id = \(id)
            """,
            by: .system
        ).first.map { row in
            MCPServer(
                id: try row.get("server_id"),
                organisationID: try row.get("org_id"),
                name: try row.get("name"),
                transport: MCPServer.Transport(rawValue: try row.get("transport")) ?? .http,
                place: try row.get("place"),
                arguments: try row.get("arguments"),
                network: (try? NetworkList(row.get("network"))) ?? .none,
                secrets: try opened(row.get("secrets_encrypted"), of: id),
                isEnabled: try row.get("is_enabled"),
                revision: try row.get("revision")
            )
        }
    }

    package func record(_ offer: MCPOffer, latency: Duration, of server: MCPServer) async throws {
        try await batch(
            [
                Self.writeTools(offer.allTools, of: server), Self.markGone(offer.allTools, of: server),
                Self.writeHealth(offer, latency, of: server), Self.syncTools(of: server.id),
            ],
            by: .system
        )
    }

    package func record(_ state: MCPState, reason: String?, of server: MCPServer) async throws {
        try await query(
            """
            update mcp_servers set state = \(state.rawValue), last_error = \(reason.map(Self.plain)),
                state_since = case when state = \(state.rawValue) then state_since else now() end
            where server_id = \(server.id) and revision = \(server.revision)
            """,
            by: .system
        )
    }

    private static func writeTools(_ tools: [MCPTool], of server: MCPServer) -> Query {
        """
        insert into mcp_tools (entry_id, server_id, org_id, kind, name, description, schema, is_read_only, problem)
        select t.entry_id, s.server_id, s.org_id, t.kind, t.name, t.description, t.schema::jsonb, t.is_read_only,
            nullif(t.problem, '')
        from unnest(
            \(tools.map { _ in UUID.v7() })::uuid[], \(tools.map(\.kind.rawValue))::text[],
            \(tools.map { plain($0.name) })::text[], \(tools.map { plain($0.description) })::text[],
            \(tools.map(\.schema.text))::text[], \(tools.map { $0.isReadOnly ? "true" : "false" })::boolean[],
            \(tools.map { plain($0.problem ?? "") })::text[]
        ) t (entry_id, kind, name, description, schema, is_read_only, problem)
        join mcp_servers s on s.server_id = \(server.id) and s.revision = \(server.revision)
        on conflict on constraint mcp_tools_name_key do update set
            description = excluded.description, schema = excluded.schema, is_read_only = excluded.is_read_only,
            problem = excluded.problem, gone_at = null,
            version = mcp_tools.version + ((mcp_tools.description, mcp_tools.schema, mcp_tools.is_read_only)
                is distinct from (excluded.description, excluded.schema, excluded.is_read_only))::integer
        """
    }

    private static func markGone(_ tools: [MCPTool], of server: MCPServer) -> Query {
        """
        update mcp_tools m set gone_at = now() from mcp_servers s
        where m.server_id = \(server.id) and s.server_id = m.server_id and s.revision = \(server.revision)
            and m.gone_at is null and (m.kind, m.name) not in (
                select * from unnest(\(tools.map(\.kind.rawValue))::text[], \(tools.map { plain($0.name) })::text[])
            )
        """
    }

    private static func writeHealth(_ offer: MCPOffer, _ latency: Duration, of server: MCPServer) -> Query {
        """
        update mcp_servers set state = 'connected', last_error = null, last_seen_at = now(),
            state_since = case when state = 'connected' then state_since else now() end,
            latency_ms = \(Int(latency / .milliseconds(1))), protocol_version = \(plain(offer.protocolVersion)),
            title = \(plain(offer.title)), version = \(plain(offer.version)),
            resources = \(JSONText(json(offer.resources)))::jsonb, prompts = \(JSONText(json(offer.prompts)))::jsonb
        where server_id = \(server.id) and revision = \(server.revision)
        """
    }

    private static func json(_ entries: [MCPEntry]) -> String {
        JSONValue.array(
            entries.map {
                .object([
                    "name": .string(plain($0.name)), "address": .string(plain($0.address)),
                    "description": .string(plain($0.description)),
                ])
            }
        ).text
    }

    /// PostgreSQL keeps no zero characters.
    private static func plain(_ text: String) -> String { text.replacing("\0", with: "") }

    private func opened(_ sealed: String?, of server: UUID) throws -> [String: Secret] {
        guard let sealed else { return [:] }
        let object = try JSONValue(parsing: try keys.open(sealed, in: Self.place(ofMCPServer: server)).reveal())
        return (object.object ?? [:]).compactMapValues { $0.string.map { Secret($0) } }
    }
}
