import Engine
import Foundation
import Postgres
import Storage
import Testing

/// An organisation of two, and what is done in it.
struct Harbour {
    let store: Store
    let owner: User
    let member: User
    let id: UUID

    init(_ store: Store) async throws {
        self.store = store
        owner = try await store.person("owner")
        member = try await store.person("member")
        id = try await store.createOrganisation(name: "Harbour team", by: owner.principal, address: nil).id
        #expect(try await join(member) == .joined(id))
    }

    func join(_ user: User, as role: OrganisationRole = .member) async throws -> JoinResult {
        let made = try await store.invite(
            to: id,
            as: role,
            email: nil,
            uses: 1,
            days: 1,
            by: owner.principal,
            address: nil
        )
        return try await store.join(with: #require(made).token, by: user.principal, address: nil)
    }

    func change(_ user: User, to role: OrganisationRole, by asker: User) async throws -> Bool {
        try await store.changeMember(user.id, to: role, in: id, by: asker.principal, address: nil)
    }

    func remove(_ user: User, by asker: User) async throws -> Bool {
        try await store.removeMember(user.id, from: id, by: asker.principal, address: nil)
    }

    func role(_ user: User) async throws -> OrganisationRole? { try await store.membership(of: user.id, in: id) }
}
