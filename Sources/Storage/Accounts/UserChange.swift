package import Engine
import Foundation
import Postgres

/// What an administrator makes of an account; nil leaves a field as it is.
package struct UserChange: Sendable, Equatable {
    package var nickname: String?
    package var email: String?
    package var role: AccountRole?
    package var status: UserStatus?

    package init(
        nickname: String? = nil,
        email: String? = nil,
        role: AccountRole? = nil,
        status: UserStatus? = nil
    ) {
        self.nickname = nickname
        self.email = email
        self.role = role
        self.status = status
    }
}

extension UserChange {
    /// What is said of it in the audit; nil when nothing changes.
    func entry(for old: User) -> AuditEntry? {
        var entry = AuditEntry(action(for: old), target: old.id.text)
        func note(_ field: String, _ before: String, _ after: String?) {
            guard let after, after != before else { return }
            entry.before[field] = .string(before)
            entry.after[field] = .string(after)
        }
        note("nickname", old.nickname, nickname)
        note("email", old.email, email)
        note("role", old.role.rawValue, role?.rawValue)
        note("status", old.status.rawValue, status?.rawValue)
        return entry.after.isEmpty ? nil : entry
    }

    private func action(for old: User) -> String {
        if let status, status != old.status {
            switch (old.status, status) {
            case (_, .deleted): return "user.deleted"
            case (_, .disabled): return "user.disabled"
            case (.disabled, .active): return "user.enabled"
            case (.deleted, _): return "user.restored"
            default: return "user.approved"
            }
        }
        return role != nil && role != old.role ? "user.role_changed" : "user.updated"
    }

    /// Throws what forbids it: `.forbidden` when it is not the asker's, `.conflict` when nobody can. Whether the asker rules over
    /// the account is another question.
    func check(on old: User, by principal: Principal) throws {
        if let status, status != old.status {
            guard [.active, .disabled, .deleted].contains(status) else {
                throw StorageError.invalid("status", "Use active or disabled.")
            }
            try principal.demand(status == .deleted || old.status == .deleted ? .userDelete : .userUpdate)
        }
        if let role, role != old.role { try principal.demand(.userRole) }
        if nickname != nil || email != nil { try principal.demand(.userUpdate) }
        guard old.id == principal.userID else { return }
        if let role, role != old.role {
            throw StorageError.conflict("role", "Your own role is for others to change.")
        }
        if let status, status != old.status {
            throw StorageError.conflict("status", "Your own account is for others to switch off or delete.")
        }
    }

    /// Whether an administrator is one no longer.
    func dethrones(_ old: User) -> Bool {
        guard old.isSuperuser, old.status == .active else { return false }
        return (role ?? old.role) != .administrator || (status ?? old.status) != .active
    }
}
