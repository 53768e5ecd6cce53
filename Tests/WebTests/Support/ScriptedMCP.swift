import Engine
import Foundation

/// A server of which all is well.
struct ScriptedMCP: MCPDesk {
    let programs = ["/usr/bin/true"]

    func probe(_ server: UUID) async throws -> MCPOffer {
        MCPOffer(protocolVersion: "2025-11-25", title: "Harbour", version: "1")
    }

    func drop(_ server: UUID) async {}
}
