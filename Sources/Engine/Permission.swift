/// Something that not everybody may do, by the name that it has in JSON, in the database and in the documentation.
package enum Permission: String, Sendable, CaseIterable {
    case userRead = "user:read"
    case userCreate = "user:create"
    /// Names, approval, switching off and on, signing out, links for a new password.
    case userUpdate = "user:update"
    case userDelete = "user:delete"
    case userRole = "user:role"
    /// Organisations that one is no member of.
    case organizationRead = "organization:read"
    case organizationUpdate = "organization:update"
    case memberInvite = "member:invite"
    case memberUpdate = "member:update"
    case memberRemove = "member:remove"
    case auditRead = "audit:read"
    /// What others have used.
    case usageRead = "usage:read"
    /// Runs of others: their state, never their words.
    case runRead = "run:read"
    case runCancel = "run:cancel"
    case systemRead = "system:read"
    /// Settings of the instance, its connections and its backups.
    case systemManage = "system:manage"
}

/// What somebody is on this instance: a set of permissions. The raw values are the names in JSON.
package enum AccountRole: String, Sendable, CaseIterable {
    case administrator, manager, auditor, member

    package var permissions: Set<Permission> {
        switch self {
        case .administrator: Set(Permission.allCases)
        case .manager: [.userRead, .userCreate, .userUpdate, .organizationRead]
        case .auditor: [.userRead, .organizationRead, .auditRead, .usageRead, .runRead, .systemRead]
        case .member: []
        }
    }
}

/// What somebody is in an organisation: a set of permissions that hold there. The raw values are `memberships.role`.
package enum OrganisationRole: String, Sendable, CaseIterable {
    case owner, admin, member

    package var permissions: Set<Permission> {
        switch self {
        case .owner, .admin: [.organizationUpdate, .memberInvite, .memberUpdate, .memberRemove]
        case .member: []
        }
    }

    /// The names of the roles with a permission.
    package static func holding(_ permission: Permission) -> [String] {
        allCases.filter { $0.permissions.contains(permission) }.map(\.rawValue)
    }
}
