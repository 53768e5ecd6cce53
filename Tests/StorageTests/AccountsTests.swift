import Engine
import Foundation
import Postgres
import Storage
import Testing

/// Accounts: registering, signing in, passwords.
@Suite struct AccountsTests {
    @Test func aNewAccountHasAnOrganisationOfItsOwn() async throws {
        try await TestDatabase.with { database in
            #expect(try await database.store.hasUsers() == false)
            let user = try await database.store.register(
                email: " Ada@Example.ORG ",
                password: TestPeople.password,
                nickname: nil,
                language: "zh-CN",
                status: .active
            )
            #expect(user.email == "ada@example.org")
            #expect(user.nickname == "ada")
            #expect(user.language == "zh-CN")
            #expect(try await database.store.hasUsers())
            let roles = try await database.administrator.query(
                "select role from memberships where user_id = \(user.id) and org_id = \(user.organisationID)"
            )
            #expect(try roles.map { try $0.get("role", as: String.self) } == ["owner"])
            #expect(try await database.store.user(user.id, by: user.principal) == user)
        }
    }

    @Test func anAddressIsTakenOnceInWhateverLetters() async throws {
        try await TestDatabase.with { database in
            _ = try await database.store.person("ada")
            await #expect(throws: StorageError.self) { try await database.store.person("ADA") }
            do { _ = try await database.store.person("Ada") } catch let error as StorageError {
                #expect(error.code == .conflict("email"))
            }
            #expect(try await database.administrator.query("select from organisations").count == 1)
        }
    }

    @Test(arguments: ["short", "password123", "aaaaaaaaaaaa", "ada@example.org", String(repeating: "xyz ", count: 300)])
    func weakPasswordsAreRefused(password: String) async throws {
        try await TestDatabase.with { database in
            do {
                _ = try await database.store.register(
                    email: "ada@example.org",
                    password: Secret(password),
                    nickname: nil,
                    language: "en",
                    status: .active
                )
                Issue.record("taken: \(password)")
            } catch let error as StorageError {
                #expect(error.code == .invalid("password"))
            }
        }
    }

    @Test(arguments: ["", "ada", "@example.org", "ada@", "a b@example.org", "a@b@c", "ada@exam\0ple.org"])
    func whatIsNoAddressIsRefused(email: String) async throws {
        try await TestDatabase.with { database in
            do {
                _ = try await database.store.register(
                    email: email,
                    password: TestPeople.password,
                    nickname: nil,
                    language: "en",
                    status: .active
                )
                Issue.record("taken: \(email)")
            } catch let error as StorageError {
                #expect(error.code == .invalid("email"))
            }
        }
    }

    @Test func onlyOneBecomesTheFirstSuperuser() async throws {
        try await TestDatabase.with { database in
            let made = try await withThrowingTaskGroup(of: User?.self) { group in
                for index in 0..<6 {
                    group.addTask {
                        try await database.store.createFirstSuperuser(
                            email: "first\(index)@example.org",
                            password: TestPeople.password,
                            nickname: nil,
                            language: "en"
                        )
                    }
                }
                return try await group.reduce(into: [User]()) { if let user = $1 { $0.append(user) } }
            }
            #expect(made.count == 1)
            #expect(made.first?.isSuperuser == true)
            #expect(try await database.administrator.query("select from users").count == 1)
        }
    }

    @Test func signingInTellsTheStateOnlyToWhoKnowsThePassword() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person("ada")
            for (name, status) in [("pia", UserStatus.pending), ("dan", .disabled)] {
                _ = try await store.register(
                    email: "\(name)@example.org",
                    password: TestPeople.password,
                    nickname: nil,
                    language: "en",
                    status: status
                )
            }
            guard
                case .user(let found, _) = try await store.authenticate(
                    email: "ADA@example.org ",
                    password: TestPeople.password
                )
            else { return #expect(Bool(false), "not signed in") }
            #expect(found.id == user.id)
            #expect(try await store.authenticate(email: "ada@example.org", password: Secret("wrong")) == .refused)
            #expect(try await store.authenticate(email: "nobody@example.org", password: Secret("wrong")) == .refused)
            #expect(try await store.authenticate(email: "pia@example.org", password: Secret("wrong")) == .refused)
            #expect(try await store.authenticate(email: "pia@example.org", password: TestPeople.password) == .pending)
            #expect(try await store.authenticate(email: "dan@example.org", password: TestPeople.password) == .disabled)
            #expect(try await store.authenticate(email: "ada@example.org", password: Secret("a\0b")) == .refused)
        }
    }

    @Test func aNewPasswordEndsWhatTheOldOneOpened() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person("ada")
            let kept = try await store.startSession(user: user.id, userAgent: "a", address: nil, lifetime: .seconds(60))
            let other = try await store.startSession(
                user: user.id,
                userAgent: "b",
                address: nil,
                lifetime: .seconds(60)
            )
            let grant = try await store.issueRefreshToken(user: user.id)
            let new = Secret("another horse battery")
            #expect(
                try await store.changePassword(
                    current: Secret("wrong"),
                    new: new,
                    keepingSession: nil,
                    by: user.principal
                ) == false
            )
            #expect(
                try await store.changePassword(
                    current: TestPeople.password,
                    new: new,
                    keepingSession: kept.session.id,
                    by: user.principal
                )
            )
            #expect(try await store.session(token: kept.token) != nil)
            #expect(try await store.session(token: other.token) == nil)
            guard case .refused = try await store.rotateRefreshToken(grant.token) else {
                return #expect(Bool(false), "the refresh token still works")
            }
            #expect(try await store.authenticate(email: user.email, password: TestPeople.password) == .refused)
            guard case .user = try await store.authenticate(email: user.email, password: new) else {
                return #expect(Bool(false), "the new password does not work")
            }
            #expect(try await store.identity(user: user.id, family: grant.family) == nil)
            let again = try await store.issueRefreshToken(user: user.id)
            let identity = try #require(try await store.identity(user: user.id, family: again.family))
            #expect(identity.tokensValidAfter > user.createdAt)
        }
    }

    @Test func preferencesAreMerged() async throws {
        try await TestDatabase.with { database in
            let user = try await database.store.person("ada")
            _ = try await database.store.mergePreferences(#"{"theme":"dark","a":{"b":1,"c":2}}"#, by: user.principal)
            let merged = try await database.store.mergePreferences(
                #"{"theme":null,"a":{"c":3,"d":{"e":null}}}"#,
                by: user.principal
            )
            #expect(merged.preferences == #"{"a": {"b": 1, "c": 3, "d": {}}}"#)
            await #expect(throws: StorageError.self) {
                try await database.store.mergePreferences("[1]", by: user.principal)
            }
            let big = #"{"x":""# + String(repeating: "x", count: 60_000) + #""}"#
            _ = try await database.store.mergePreferences(big, by: user.principal)
        }
    }

    @Test func theProfileIsOnesOwn() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, bob) = (try await store.person("ada"), try await store.person("bob"))
            let changed = try await store.updateProfile(
                nickname: "Ada L.",
                timezone: "Europe/London",
                language: "zh-CN",
                by: ada.principal
            )
            #expect(changed.nickname == "Ada L.")
            #expect(changed.language == "zh-CN")
            #expect(try await store.user(ada.id, by: bob.principal) == nil)
            await #expect(throws: StorageError.self) {
                try await store.updateProfile(nickname: " ", timezone: "UTC", language: "en", by: ada.principal)
            }
            await #expect(throws: StorageError.self) {
                try await store.updateProfile(nickname: "x", timezone: "UTC", language: "fr", by: ada.principal)
            }
        }
    }

    @Test func registrationIsDecidedByAdministrators() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, bob) = (try await store.person("ada", isSuperuser: true), try await store.person("bob"))
            #expect(try await store.registrationPolicy().mode == .closed)
            #expect(try await store.setRegistrationMode(.approval, by: ada.principal))
            #expect(try await store.setRegistrationMode(.open, by: bob.principal) == false)
            #expect(try await store.registrationPolicy().mode == .approval)
            #expect(try await store.setRegistrationMode(.closed, by: .system))
        }
    }
}
