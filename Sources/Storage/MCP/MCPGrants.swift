package import Engine
package import Foundation
import Postgres

// What authorisation servers gave: sealed, for the connections alone.
extension Store {
    package func mcpGrant(of server: UUID) async throws -> MCPGrant? {
        let row = try await query("select oauth_encrypted from mcp_servers where server_id = \(server)", by: .system)
            .first
        guard let sealed = try row?.get("oauth_encrypted", as: String?.self) else { return nil }
        return MCPGrant(json: try keys.open(sealed, in: Self.place(ofMCPGrant: server)))
    }

    package func setMCPGrant(_ grant: MCPGrant, of server: UUID) async throws {
        let sealed = try keys.seal(grant.json, in: Self.place(ofMCPGrant: server))
        try await query(
            """
            update mcp_servers set oauth_encrypted = \(sealed), is_authorised = \(grant.accessToken != nil)
            where server_id = \(server)
            """,
            by: .system
        )
    }

    static func place(ofMCPGrant id: UUID) -> SealedPlace {
        SealedPlace(table: "mcp_servers", row: id, column: "oauth_encrypted")
    }
}
