import Engine
import Foundation
import Postgres
import Storage
import Testing

/// A sign-in beside a change of the password: nothing that the old one opened outlives it.
@Suite struct SignInRaceTests {
    private func proof(_ store: Store, _ user: User) async throws -> PasswordProof {
        let result = try await store.authenticate(email: user.email, password: TestPeople.password)
        guard case .user(_, let proof) = result else { throw TestPeople.Missing() }
        return proof
    }

    private func code(_ body: () async throws -> Void) async -> StorageError.Code? {
        do {
            try await body()
            return nil
        } catch { return (error as? StorageError)?.code }
    }

    private func start(_ store: Store, _ user: User, _ proof: PasswordProof) async throws {
        _ = try await store.startSession(
            user: user.id,
            proof: proof,
            userAgent: nil,
            address: nil,
            lifetime: .seconds(60)
        )
    }

    private func change(_ store: Store, _ user: User) async throws -> Bool {
        try await store.changePassword(
            current: TestPeople.password,
            new: Secret("another horse battery"),
            keepingSession: nil,
            by: user.principal
        )
    }

    @Test func whoWasCheckedBeforeIsNotLetInAfter() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person("ada")
            let known = try await proof(store, ada)
            try await start(store, ada, known)
            #expect(try await change(store, ada))
            #expect(await code { try await start(store, ada, known) } == .forbidden)
            #expect(await code { _ = try await store.issueRefreshToken(user: ada.id, proof: known) } == .forbidden)
        }
    }

    /// All three at the row at once, in whichever order they come to it.
    @Test func atTheSameMomentNothingIsLeftOpen() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person("ada")
            let known = try await proof(store, ada)
            let held = try await store.issueRefreshToken(user: ada.id, proof: known)
            let tasks = try await database.administrator.transaction { transaction in
                let row: Query = "select from users where user_id = \(ada.id) for update"
                _ = try await transaction.query(row)
                let tasks = [
                    Task { await code { try await start(store, ada, known) } },
                    Task { await code { _ = try await store.issueRefreshToken(user: ada.id, proof: known) } },
                    Task { await code { _ = try await store.rotateRefreshToken(held.token) } },
                    Task { await code { _ = try await change(store, ada) } },
                ]
                try await database.waitForLocks(4)
                return tasks
            }
            for task in tasks { #expect([nil, .forbidden].contains(await task.value)) }
            let left = try await database.administrator.query(
                """
                select (select count(*) from sessions) as sessions,
                    (select count(*) from refresh_tokens where revoked_at is null) as tokens
                """
            ).first
            #expect(try left?.get("sessions") == 0)
            #expect(try left?.get("tokens") == 0)
            let old = try await store.authenticate(email: ada.email, password: TestPeople.password)
            #expect(old == .refused, "the password has changed")
        }
    }
}
