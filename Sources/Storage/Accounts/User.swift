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
    package var isSuperuser: Bool
    package var isActive: Bool
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

    /// The person in their own organisation.
    package var principal: Principal { .member(user: id, organisation: organisationID, isSuperuser: isSuperuser) }
}

/// Whether an account may be used.
package enum UserStatus: String, Sendable, Bindable, ColumnValue {
    case active
    /// Waits for an administrator's approval.
    case pending
    case disabled
}

extension User {
    /// For a `u` of users, left-joined with its statistics as `us`.
    static let columns: Query = """
        u.user_id, u.nickname, u.email, u.created_at, u.last_login_at, u.is_superuser, u.is_active, u.status, u.timezone,
        u.language, u.preferences, coalesce(us.total_conversations, 0) as total_conversations,
        coalesce(us.total_messages, 0) as total_messages, u.home_org_id
        """

    static let statistics: Query = """
        left join user_statistics us on us.org_id = u.home_org_id and us.user_id = u.user_id
        """

    init(_ row: Row) throws {
        id = try row.get("user_id")
        nickname = try row.get("nickname")
        email = try row.get("email")
        createdAt = try row.get("created_at")
        lastLoginAt = try row.get("last_login_at")
        isSuperuser = try row.get("is_superuser")
        isActive = try row.get("is_active")
        status = try row.get("status")
        timezone = try row.get("timezone")
        language = try row.get("language")
        preferences = try row.get("preferences")
        totalConversations = try row.get("total_conversations")
        totalMessages = try row.get("total_messages")
        organisationID = try row.get("home_org_id")
    }
}
