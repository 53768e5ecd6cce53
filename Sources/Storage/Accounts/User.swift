package import Engine
package import Foundation
import Postgres

/// A person's account.
package struct User: Sendable, Equatable {
    package var id: UUID
    package var nickname: String
    package var email: String
    package var createdAt: Date
    package var lastLoginAt: Date?
    package var role: AccountRole
    package var status: UserStatus
    package var timezone: String
    /// `zh-CN` or `en`.
    package var language: String
    /// A JSON object.
    package var preferences: String
    package var totalConversations: Int
    package var totalMessages: Int
    /// The personal organisation.
    package var organisationID: UUID

    package var emailVerifiedAt: Date?

    package init(
        id: UUID,
        nickname: String,
        email: String,
        createdAt: Date,
        lastLoginAt: Date? = nil,
        role: AccountRole = .member,
        status: UserStatus = .active,
        organisationID: UUID
    ) {
        self.id = id
        self.nickname = nickname
        self.email = email
        self.createdAt = createdAt
        self.lastLoginAt = lastLoginAt
        self.role = role
        self.status = status
        self.organisationID = organisationID
        (timezone, language, preferences) = ("UTC+8:00", "en", "{}")
        (totalConversations, totalMessages) = (0, 0)
    }

    package var isSuperuser: Bool { role == .administrator }

    package var isActive: Bool { status == .active }

    /// The person in their own organisation.
    package var principal: Principal { .member(user: id, organisation: organisationID, role: role) }
}

/// Whether an account may be used.
package enum UserStatus: String, Sendable, CaseIterable, Bindable, ColumnValue {
    case active
    /// Has not yet confirmed the e-mail address.
    case unverified
    /// Waits for an administrator's approval.
    case pending
    case disabled
    /// Gone for everybody, and can be brought back.
    case deleted
}

extension User {
    /// For a `u` of users, left-joined with its statistics as `us`.
    static let columns: Query = """
        u.user_id, u.nickname, u.email, u.created_at, u.last_login_at, u.email_verified_at,
        case when u.is_superuser then 'administrator' else u.role end as account_role, u.status, u.timezone,
        u.language, u.preferences, coalesce(us.total_conversations, 0) as total_conversations,
        coalesce(us.total_messages, 0) as total_messages, u.home_org_id
        """

    /// Of all organisations together.
    static let statistics: Query = """
        left join lateral (
            select sum(total_conversations)::int as total_conversations, sum(total_messages)::int as total_messages
            from user_statistics where user_statistics.user_id = u.user_id
        ) us on true
        """

    init(_ row: Row) throws {
        id = try row.get("user_id")
        nickname = try row.get("nickname")
        email = try row.get("email")
        createdAt = try row.get("created_at")
        lastLoginAt = try row.get("last_login_at")
        role = try row.get("account_role")
        status = try row.get("status")
        timezone = try row.get("timezone")
        language = try row.get("language")
        preferences = try row.get("preferences")
        totalConversations = try row.get("total_conversations")
        totalMessages = try row.get("total_messages")
        organisationID = try row.get("home_org_id")
        emailVerifiedAt = try row.get("email_verified_at")
    }
}
