package import Engine
package import Foundation
import Postgres

/// A browser that somebody signed in with.
package struct Session: Sendable, Equatable {
    package var id: UUID
    package var userID: UUID
    /// What every form of this session has to carry.
    package var csrfToken: String
    package var userAgent: String?
    package var address: String?
    package var createdAt: Date
    package var lastSeenAt: Date
    package var expiresAt: Date
}

/// Who a session's cookie belongs to.
package struct SessionIdentity: Sendable {
    package var session: Session
    package var user: User
    package var principal: Principal
}

extension Session {
    static let columns: Query = """
        s.session_id, s.user_id, s.csrf_token, s.user_agent, s.address, s.created_at as started_at, s.last_seen_at,
        s.expires_at
        """

    init(_ row: Row) throws {
        id = try row.get("session_id")
        userID = try row.get("user_id")
        csrfToken = try row.get("csrf_token")
        userAgent = try row.get("user_agent")
        address = try row.get("address")
        createdAt = try row.get("started_at")
        lastSeenAt = try row.get("last_seen_at")
        expiresAt = try row.get("expires_at")
    }
}
