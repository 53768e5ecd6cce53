package import Foundation

/// Who asks: every question to the store carries one (the fourth law).
package enum Principal: Sendable, Equatable {
    /// A person in one of their organisations. `isProgram`: a program asks in their name, and nobody sits and waits.
    case member(user: UUID, organisation: UUID, role: AccountRole, isProgram: Bool = false)
    /// The server itself, for what belongs to nobody: signing in, claiming runs, housekeeping.
    case system

    package static func member(user: UUID, organisation: UUID, isSuperuser: Bool) -> Principal {
        .member(user: user, organisation: organisation, role: isSuperuser ? .administrator : .member)
    }

    package var userID: UUID? {
        if case .member(let user, _, _, _) = self { user } else { nil }
    }

    package var isSuperuser: Bool {
        if case .member(_, _, let role, _) = self { role == .administrator } else { true }
    }

    package var organisationID: UUID? {
        if case .member(_, let organisation, _, _) = self { organisation } else { nil }
    }

    package var isProgram: Bool {
        if case .member(_, _, _, let isProgram) = self { isProgram } else { false }
    }

    /// The same, asked by a program.
    package var program: Principal {
        guard case .member(let user, let organisation, let role, _) = self else { return self }
        return .member(user: user, organisation: organisation, role: role, isProgram: true)
    }

    /// The one place where it is decided who may do what; of organisations, what somebody's role in them adds.
    package func may(_ permission: Permission) -> Bool {
        if case .member(_, _, let role, _) = self { role.permissions.contains(permission) } else { true }
    }
}
