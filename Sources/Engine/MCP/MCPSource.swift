package import Foundation

/// The servers that tools come from, and what is known of them: `Storage`'s. It is asked by the program itself.
package protocol MCPSource: Sendable {
    /// With its secrets in the clear; nil when there is none.
    func mcpServer(_ id: UUID) async throws -> MCPServer?

    /// What an authorisation server gave for it; nil when nobody has signed in.
    func mcpGrant(of server: UUID) async throws -> MCPGrant?

    func setMCPGrant(_ grant: MCPGrant, of server: UUID) async throws

    /// Writes down what a connected server offers: tools that are new or changed wait for an administrator, those that are
    /// gone are marked. `latency`: of the handshake.
    func record(_ offer: MCPOffer, latency: Duration, of server: MCPServer) async throws

    /// Writes down how a connection is. `reason`: why it fails, in words for an administrator.
    func record(_ state: MCPState, reason: String?, of server: MCPServer) async throws
}

/// The connections to servers, so far as pages and the API have to do with them: `Tools`' own.
package protocol MCPDesk: Sendable {
    /// The programs that may be run, absolute paths; the server's operator has chosen them.
    var programs: [String] { get }

    /// Connects anew and reads what is offered. Throws `MCPFailure`.
    func probe(_ server: UUID) async throws -> MCPOffer

    /// Finds out where somebody has to sign in for the server, and returns the address for their browser. Throws
    /// `MCPFailure`.
    func authorise(_ server: UUID, _ authorisation: MCPAuthorisation) async throws -> String

    /// The browser has come back. Throws `MCPFailure` when nobody is waited for, or no token is given.
    func finishAuthorisation(of server: UUID, state: String, code: String) async throws

    /// Ends the connection, if there is one: the server was changed.
    func drop(_ server: UUID) async

    /// The server is gone: its connection, and what its program has kept.
    func forget(_ server: UUID) async
}
