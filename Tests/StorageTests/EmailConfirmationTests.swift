import Engine
import Foundation
import Postgres
import Storage
import Testing

/// Whoever has the mail need not be the one who registered.
@Suite struct EmailConfirmationTests {
    private let own = Secret("the owner's own words")

    /// Somebody has registered with this address; the link that its owner got by mail.
    private func link(_ email: String, _ store: Store) async throws -> Secret {
        let root = try await store.person("root", isSuperuser: true)
        let open = RegistrationPolicy(mode: .open, verifiesEmail: true)
        #expect(try await store.setRegistrationPolicy(open, by: root.principal, address: nil))
        _ = try await store.register(
            email: email,
            password: TestPeople.password,
            nickname: nil,
            language: "en",
            status: .unverified
        )
        _ = try await store.queueMail(.verification, to: email, language: "en", from: nil)
        let mail = try #require(try await store.claimMail())
        return try #require(try await store.letter(for: mail)?.link?.token)
    }

    @Test func anAccountIsNotOpenedByTheMailAlone() async throws {
        try await TestDatabase.with { database in
            let (store, email) = (database.store, "owner@example.org")
            let token = try await link(email, store)
            #expect(try await store.confirm(token, own) == .otherPassword)
            #expect(try await store.authenticate(email: email, password: TestPeople.password) == .unverified)
            #expect(try await store.authenticate(email: email, password: own) == .refused)
            guard case .confirmed(let user, isNew: false) = try await store.confirm(token) else {
                return #expect(Bool(false), "the link was not used up")
            }
            #expect(user.status == .active)
        }
    }

    @Test func theOwnersPasswordTakesTheStrangersPlace() async throws {
        try await TestDatabase.with { database in
            let (store, email) = (database.store, "owner@example.org")
            let token = try await link(email, store)
            let weak = await #expect(throws: StorageError.self) {
                try await store.confirm(token, Secret("password"), replacing: true)
            }
            #expect(weak?.code == .invalid("password"), "and the link is still good")
            // An administrator let the stranger in meanwhile.
            try await database.administrator.query("update users set status = 'active' where email = \(email)")
            let stranger = try #require(
                try await database.administrator.query("select user_id from users where email = \(email)").first
            )
            let id: UUID = try stranger.get(0)
            let session = try await store.startSession(user: id, userAgent: nil, address: nil, lifetime: .seconds(60))
            let grant = try await store.issueRefreshToken(user: id)
            let winners = try await withThrowingTaskGroup(of: EmailConfirmation.self) { group in
                for _ in 0..<3 { group.addTask { try await store.confirm(token, own, replacing: true) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(winners.filter { $0 == .used }.count == 2, "a link is good once")
            #expect(winners.contains { if case .confirmed(_, isNew: true) = $0 { true } else { false } })
            #expect(try await store.session(token: session.token) == nil)
            #expect(try await store.identity(user: id, family: grant.family) == nil)
            #expect(try await store.authenticate(email: email, password: TestPeople.password) == .refused)
            guard case .user = try await store.authenticate(email: email, password: own) else {
                return #expect(Bool(false), "the owner is not in")
            }
            let acts = try await database.administrator.query(
                "select action from audit_events where target = \(id.text)"
            )
            #expect(try acts.map { try $0.get(0, as: String.self) } == ["password.reset"])
        }
    }
}

extension Store {
    func confirm(_ token: Secret, _ password: Secret = TestPeople.password, replacing: Bool = false) async throws
        -> EmailConfirmation
    {
        try await confirmEmail(link: token, password: password, replacing: replacing, address: nil)
    }
}
