import Engine
import Foundation

/// The tokens of one connection: renewed when they run out, or are refused.
final class MCPTokens: Sendable {
    /// So long before its end a token is not used any more.
    private static let margin: TimeInterval = 30

    private let server: UUID
    private let client: OAuthClient
    private let source: any MCPSource
    private let grant: Locked<MCPGrant?>

    init(_ grant: MCPGrant?, of server: UUID, client: OAuthClient, source: any MCPSource) {
        self.grant = Locked(grant)
        self.server = server
        self.client = client
        self.source = source
    }

    /// For the next request; nil when nobody has signed in.
    func token() async throws -> Secret? {
        guard let known = grant.withLock({ $0 }), let token = known.accessToken else { return nil }
        guard let end = known.expiresAt, end.timeIntervalSinceNow < Self.margin else { return token }
        return try await renewed(token) ?? token
    }

    /// Another one than `refused`; nil when there is none to be had.
    func renewed(_ refused: Secret) async throws -> Secret? {
        guard let known = grant.withLock({ $0 }) else { return nil }
        if known.accessToken != refused { return known.accessToken }
        // Another process may have done it, and the refresh token is good for one time.
        if let stored = try await source.mcpGrant(of: server), stored.accessToken != refused { return keep(stored) }
        do {
            guard let fresh = try await client.renewed(known) else { return nil }
            try await source.setMCPGrant(fresh, of: server)
            return keep(fresh)
        } catch is MCPFailure {
            return nil
        }
    }

    private func keep(_ fresh: MCPGrant) -> Secret? {
        grant.withLock { $0 = fresh }
        return fresh.accessToken
    }
}
