import Engine
import Foundation

/// A server of which all is well, but for the code `refused`.
struct ScriptedMCP: MCPDesk {
    let programs = ["/usr/bin/true"]

    func probe(_ server: UUID) async throws -> MCPOffer {
        MCPOffer(protocolVersion: "2025-11-25", title: "Harbour", version: "1")
    }

    func authorise(_ server: UUID, _ authorisation: MCPAuthorisation) async throws -> String {
        "https://sign-in.example.org/?state=" + authorisation.state
    }

    func finishAuthorisation(of server: UUID, state: String, code: String) async throws {
        guard code != "refused" else { throw MCPFailure(.off, "Nobody is waited for here.") }
    }

    func drop(_ server: UUID) async {}

    func forget(_ server: UUID) async {}
}
