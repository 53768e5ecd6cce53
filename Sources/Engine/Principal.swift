package import Foundation

/// Who asks: every question to the store carries one (the fourth law).
package enum Principal: Sendable, Equatable {
    /// A person in one of their organisations.
    case member(user: UUID, organisation: UUID, isSuperuser: Bool)
    /// The server itself, for what belongs to nobody: signing in, claiming runs, housekeeping.
    case system

    package var userID: UUID? {
        if case .member(let user, _, _) = self { user } else { nil }
    }

    package var isSuperuser: Bool {
        if case .member(_, _, let isSuperuser) = self { isSuperuser } else { true }
    }

    package var organisationID: UUID? {
        if case .member(_, let organisation, _) = self { organisation } else { nil }
    }
}
