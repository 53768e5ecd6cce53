package import Engine
package import Foundation
import Postgres

/// People who share providers, agents, skills and budgets. Each person has one of their own, too.
package struct Organisation: Sendable, Equatable {
    package var id: UUID
    package var name: String
    package var isPersonal: Bool
    /// The asker's; nil for an administrator of the instance who is no member.
    package var role: OrganisationRole?
    package var memberCount: Int
    package var createdAt: Date
    /// Since when it is closed; only administrators of the instance see it then.
    package var deletedAt: Date?
    /// Until when one that is closed can be opened again; after that it goes for good.
    package var keptUntil: Date?

    package init(
        id: UUID,
        name: String,
        isPersonal: Bool = false,
        role: OrganisationRole?,
        memberCount: Int,
        createdAt: Date,
        deletedAt: Date? = nil,
        keptUntil: Date? = nil
    ) {
        self.id = id
        self.name = name
        self.isPersonal = isPersonal
        self.role = role
        self.memberCount = memberCount
        self.createdAt = createdAt
        self.deletedAt = deletedAt
        self.keptUntil = keptUntil
    }
}

/// An organisation as a choice shows it.
package struct OrganisationChoice: Sendable, Equatable {
    package var id: UUID
    package var name: String

    package init(id: UUID, name: String) {
        self.id = id
        self.name = name
    }
}

/// Somebody in an organisation.
package struct OrganisationMember: Sendable, Equatable {
    package var userID: UUID
    package var nickname: String
    package var email: String
    package var role: OrganisationRole
    package var isActive: Bool
    package var joinedAt: Date

    package init(
        userID: UUID,
        nickname: String,
        email: String,
        role: OrganisationRole,
        isActive: Bool = true,
        joinedAt: Date
    ) {
        self.userID = userID
        self.nickname = nickname
        self.email = email
        self.role = role
        self.isActive = isActive
        self.joinedAt = joinedAt
    }
}

/// A link by which people join an organisation.
package struct OrganisationInvitation: Sendable, Equatable {
    package var id: UUID
    package var role: OrganisationRole
    /// Whom it is for; nil for whoever has the link.
    package var email: String?
    package var usesLeft: Int
    package var createdAt: Date
    package var expiresAt: Date

    package init(
        id: UUID,
        role: OrganisationRole,
        email: String? = nil,
        usesLeft: Int,
        createdAt: Date,
        expiresAt: Date
    ) {
        self.id = id
        self.role = role
        self.email = email
        self.usesLeft = usesLeft
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}

/// What somebody may do in an organisation: by their role there, or by what they are on the instance.
struct OrganisationStanding: Sendable {
    let role: OrganisationRole?
    let principal: Principal

    func demand(_ permission: Permission) throws {
        guard role?.permissions.contains(permission) == true || principal.may(permission) else {
            throw StorageError(.forbidden, "This is for the organization's owners and admins.")
        }
    }

    /// Owners are made and unmade by owners.
    func demandOwner() throws {
        guard role == .owner || principal.isSuperuser else {
            throw StorageError(.forbidden, "This is for the organization's owners.")
        }
    }
}

extension Organisation {
    /// For an `o` of organisations; `asker` is whose role is meant.
    static func columns(asker: UUID?) -> Query {
        """
        o.org_id, o.name, o.is_personal, o.created_at, o.deleted_at, o.kept_until,
        (select role from memberships m where m.org_id = o.org_id and m.user_id = \(asker)) as own_role,
        (
            select count(*)::int from memberships m join users u on u.user_id = m.user_id and u.status <> 'deleted'
            where m.org_id = o.org_id
        ) as members
        """
    }

    init(_ row: Row) throws {
        self.init(
            id: try row.get("org_id"),
            name: try row.get("name"),
            isPersonal: try row.get("is_personal"),
            role: try row.get("own_role"),
            memberCount: try row.get("members"),
            createdAt: try row.get("created_at"),
            deletedAt: try row.get("deleted_at"),
            keptUntil: try row.get("kept_until")
        )
    }
}

extension OrganisationMember {
    /// For an `m` of memberships and a `u` of users.
    static let columns: Query = """
        m.user_id, u.nickname, u.email, m.role, u.is_active, m.created_at
        """

    init(_ row: Row) throws {
        self.init(
            userID: try row.get("user_id"),
            nickname: try row.get("nickname"),
            email: try row.get("email"),
            role: try row.get("role"),
            isActive: try row.get("is_active"),
            joinedAt: try row.get("created_at")
        )
    }
}

extension OrganisationInvitation {
    static let columns: Query = "invitation_id, role, email, uses_left, created_at, expires_at"

    init(_ row: Row) throws {
        self.init(
            id: try row.get("invitation_id"),
            role: try row.get("role"),
            email: try row.get("email"),
            usesLeft: try row.get("uses_left"),
            createdAt: try row.get("created_at"),
            expiresAt: try row.get("expires_at")
        )
    }
}
