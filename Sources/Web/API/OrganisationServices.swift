import Engine
import Foundation
import Storage

extension WebServices {
    /// Takes somebody out of an organisation, or lets them leave: what they have at work there is stopped, as nobody is left to
    /// answer for it. False when there is no such member.
    func removeMember(_ user: UUID, from id: UUID, by principal: Principal, address: String?) async throws -> Bool {
        guard try await store.removeMember(user, from: id, by: principal, address: address) else { return false }
        await stopRuns(of: .member(user, of: id))
        return true
    }

    /// Closes an organisation, and stops what is at work in it. False when there is none.
    func deleteOrganisation(_ id: UUID, by principal: Principal, address: String?) async throws -> Bool {
        guard try await store.deleteOrganisation(id, by: principal, address: address) else { return false }
        await stopRuns(of: .organisation(id))
        return true
    }
}
