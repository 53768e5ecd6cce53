package import Engine
package import Foundation
import Postgres

/// Something that somebody did, as it was written down.
package struct AuditEvent: Sendable, Equatable {
    package var id: UUID
    /// nil for the server itself.
    package var userID: UUID?
    /// nil when the account is gone.
    package var userName: String?
    package var userEmail: String?
    package var action: String
    package var target: String?
    /// A JSON object.
    package var detail: String
    package var address: String?
    package var createdAt: Date

    package init(
        id: UUID,
        userID: UUID?,
        userName: String?,
        userEmail: String?,
        action: String,
        target: String?,
        detail: String,
        address: String?,
        createdAt: Date
    ) {
        self.id = id
        self.userID = userID
        self.userName = userName
        self.userEmail = userEmail
        self.action = action
        self.target = target
        self.detail = detail
        self.address = address
        self.createdAt = createdAt
    }
}

/// Which events are asked for; what is nil lets all pass.
package struct AuditFilter: Sendable, Equatable {
    package var user: UUID?
    /// A piece of a name or an e-mail address.
    package var who: String?
    /// How the action begins: `user`, or `user.approved`.
    package var action: String?
    /// A piece of target, detail or address.
    package var text: String?
    package var from: Date?
    /// Before this.
    package var until: Date?

    package init(
        user: UUID? = nil,
        who: String? = nil,
        action: String? = nil,
        text: String? = nil,
        from: Date? = nil,
        until: Date? = nil
    ) {
        self.user = user
        self.who = who
        self.action = action
        self.text = text
        self.from = from
        self.until = until
    }

    /// Keys are in the order of time, so that a time is a range of them.
    fileprivate func condition(_ principal: Principal) -> Query {
        """
        (\(principal.may(.auditRead))::boolean or e.user_id = \(principal.userID))
            and (\(user)::uuid is null or e.user_id = \(user))
            and (\(who)::text is null or strpos(lower(u.nickname || ' ' || u.email), lower(\(who))) > 0)
            and (\(action)::text is null or starts_with(e.action, \(action)))
            and (\(text)::text is null or strpos(
                lower(concat_ws(' ', e.target, e.detail::text, e.address)), lower(\(text))
            ) > 0)
            and (\(from)::timestamptz is null or e.audit_id >= uuid_at(\(from)::timestamptz))
            and (\(until)::timestamptz is null or e.audit_id < uuid_at(\(until)::timestamptz))
        """
    }
}

extension Store {
    /// Lists are counted no further than this, and a file holds no more.
    package static let auditLimit = 10_000

    /// The newest first: what one has done oneself; for administrators what everybody has.
    package func auditEvents(
        _ filter: AuditFilter,
        page: Page,
        by principal: Principal
    ) async throws -> Paged<AuditEvent> {
        let found = Self.found(filter, principal)
        let answers = try await batch(
            [
                "select count(*) from (select \(found) limit \(Self.auditLimit)) counted",
                Self.newest(of: found, limit: page.size, offset: page.offset),
            ],
            by: principal
        )
        return Paged(
            items: try answers[1].map(AuditEvent.init),
            page: page,
            total: try answers[0].first?.get(0) ?? 0
        )
    }

    /// All of them, as many as a file holds.
    package func auditEvents(_ filter: AuditFilter, by principal: Principal) async throws -> [AuditEvent] {
        let found = Self.found(filter, principal)
        return try await query(Self.newest(of: found, limit: Self.auditLimit, offset: 0), by: principal)
            .map(AuditEvent.init)
    }

    private static func found(_ filter: AuditFilter, _ principal: Principal) -> Query {
        "from audit_events e left join users u on u.user_id = e.user_id where \(filter.condition(principal))"
    }

    private static func newest(of found: Query, limit: Int, offset: Int) -> Query {
        """
        select e.audit_id, e.user_id, u.nickname, u.email, e.action, e.target, e.detail, e.address, e.created_at \(found)
        order by e.audit_id desc limit \(limit) offset \(offset)
        """
    }
}

extension AuditEvent {
    init(_ row: Row) throws {
        self.init(
            id: try row.get("audit_id"),
            userID: try row.get("user_id"),
            userName: try row.get("nickname"),
            userEmail: try row.get("email"),
            action: try row.get("action"),
            target: try row.get("target"),
            detail: try row.get("detail"),
            address: try row.get("address"),
            createdAt: try row.get("created_at")
        )
    }
}
