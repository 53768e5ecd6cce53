package import Engine
package import Foundation
import Postgres

/// By what somebody asks: looked at again as long as their stream is open.
package enum Credential: Sendable, Hashable {
    case session(UUID)
    case key(UUID)
    /// An access token; `family` is that of the refresh tokens it was issued with.
    case token(family: UUID, issuedAt: Date, expiresAt: Date)
}

extension Store {
    /// How long a ticket opens a socket.
    package static let ticketLifetime = Duration.seconds(30)
    private static let mostTickets = 100

    /// Shown once; here only its hash stays. Throws `.conflict` when the person has too many that nobody used.
    package func makeTicket(for credential: Credential, by principal: Principal) async throws -> Secret {
        let ticket = RandomToken.make()
        let (key, family, issuedAt, expiresAt) = credential.columns
        let isOwn: Query = "user_id = \(principal.userID) and org_id = \(principal.organisationID)"
        let answers = try await batch(
            [
                "delete from socket_tickets where \(isOwn) and expires_at < now()",
                """
                insert into socket_tickets (
                    ticket_hash, org_id, user_id, key_id, token_family, token_issued_at, token_expires_at, expires_at
                )
                select \(RandomToken.hash(ticket)), \(principal.organisationID)::uuid, \(principal.userID)::uuid,
                    \(key)::uuid, \(family)::uuid, \(issuedAt)::timestamptz, \(expiresAt)::timestamptz,
                    now() + \(Int(Self.ticketLifetime.components.seconds))::integer * interval '1 second'
                where (select count(*) from socket_tickets where \(isOwn)) < \(Self.mostTickets)
                """,
            ],
            by: principal
        )
        guard answers.last?.affected == 1 else {
            throw StorageError.conflict("ticket", "Too many tickets wait to be used. Use one, or wait half a minute.")
        }
        return ticket
    }

    /// Uses a ticket up: whose it is, and by what they had asked for it, which has still to be looked at. nil for what is
    /// none, was used, or is too old.
    package func redeem(ticket: Secret) async throws -> (user: UUID, organisation: UUID, credential: Credential)? {
        guard ticket.reveal().utf8.count < 200 else { return nil }
        let row = try await query(
            """
            delete from socket_tickets where ticket_hash = \(RandomToken.hash(ticket))
            returning *, expires_at > now() as is_valid
            """,
            by: .system
        ).first
        guard let row, try row.get("is_valid"), let credential = try Credential(row) else { return nil }
        return (try row.get("user_id"), try row.get("org_id"), credential)
    }
}

extension Credential {
    fileprivate var columns: (key: UUID?, family: UUID?, issuedAt: Date?, expiresAt: Date?) {
        switch self {
        // A browser's pages have no use for one; the table takes none.
        case .session: (nil, nil, nil, nil)
        case .key(let key): (key, nil, nil, nil)
        case .token(let family, let issuedAt, let expiresAt): (nil, family, issuedAt, expiresAt)
        }
    }

    fileprivate init?(_ row: Row) throws {
        if let key: UUID = try row.get("key_id") {
            self = .key(key)
        } else if let family: UUID = try row.get("token_family") {
            self = .token(
                family: family,
                issuedAt: try row.get("token_issued_at"),
                expiresAt: try row.get("token_expires_at")
            )
        } else {
            return nil
        }
    }
}
