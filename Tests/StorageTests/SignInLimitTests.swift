import Engine
import Foundation
import Postgres
import Storage
import Testing

/// How often a password may be tried, and what the time of an answer tells.
@Suite struct SignInLimitTests {
    @Test func guessingLocksOutTheGuesserNotTheOwner() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            _ = try await store.person("ada")
            let start = Date()
            func attempt(_ password: Secret, from address: String, after seconds: Double) async throws
                -> AuthenticationResult
            {
                try await store.authenticate(
                    email: "ada@example.org",
                    password: password,
                    address: address,
                    at: start.addingTimeInterval(seconds)
                )
            }
            guard case .user = try await attempt(TestPeople.password, from: "192.0.2.1", after: 0) else {
                return #expect(Bool(false), "not signed in")
            }
            for _ in 0..<5 { #expect(try await attempt(Secret("guess"), from: "198.51.100.7", after: 1) == .refused) }
            // Even the right password is not looked at.
            guard case .locked(let until) = try await attempt(TestPeople.password, from: "198.51.100.7", after: 2)
            else {
                return #expect(Bool(false), "not locked")
            }
            #expect(abs(until.timeIntervalSince(start) - 61) < 0.01)
            guard case .user = try await attempt(TestPeople.password, from: "192.0.2.1", after: 3) else {
                return #expect(Bool(false), "the owner is locked out")
            }
            // A crowd of addresses closes the account to strangers, not to where the owner comes from.
            for index in 0..<12 {
                for _ in 0..<5 { _ = try await attempt(Secret("guess"), from: "203.0.113.\(index)", after: 4) }
            }
            guard case .locked = try await attempt(TestPeople.password, from: "203.0.113.200", after: 5) else {
                return #expect(Bool(false), "strangers are not locked out")
            }
            guard case .user = try await attempt(TestPeople.password, from: "192.0.2.1", after: 6) else {
                return #expect(Bool(false), "the owner is locked out by a crowd")
            }
            guard case .user = try await attempt(TestPeople.password, from: "198.51.100.7", after: 4000) else {
                return #expect(Bool(false), "locked for ever")
            }
        }
    }

    @Test func aThousandGuessesAtOnceAreCounted() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            _ = try await store.person("ada")
            let refused = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<40 {
                    group.addTask {
                        try await store.authenticate(email: "ada@example.org", password: Secret("guess"), address: "a")
                            == .refused
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            // Some are refused before the fifth is known to be wrong, or they were all under way.
            #expect((5...10).contains(refused))
        }
    }

    /// Somebody's programs that start together are no attack.
    @Test func rightPasswordsTakeNothingAway() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person("ada")
            for _ in 0..<5 {
                let results = try await withThrowingTaskGroup(of: AuthenticationResult.self) { group in
                    for _ in 0..<8 {
                        group.addTask {
                            try await store.authenticate(
                                email: user.email,
                                password: TestPeople.password,
                                address: "192.0.2.1"
                            )
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(results.allSatisfy { if case .user = $0 { true } else { false } })
            }
            for _ in 0..<5 {
                #expect(
                    try await store.authenticate(email: user.email, password: Secret("guess"), address: "192.0.2.1")
                        == .refused
                )
            }
            let locked = try await store.authenticate(
                email: user.email,
                password: TestPeople.password,
                address: "192.0.2.1"
            )
            guard case .locked = locked else { return #expect(Bool(false), "failures are not counted any more") }
        }
    }

    /// Once closed it opens for one attempt at a time, however many come.
    @Test func aCrowdAfterTheLockIsOneAttempt() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            _ = try await store.person("ada")
            let start = Date()
            func guess(after seconds: Double) async throws -> AuthenticationResult {
                try await store.authenticate(
                    email: "ada@example.org",
                    password: Secret("guess"),
                    address: "a",
                    at: start.addingTimeInterval(seconds)
                )
            }
            for _ in 0..<5 { #expect(try await guess(after: 0) == .refused) }
            let refused = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<20 { group.addTask { try await guess(after: 61) == .refused } }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(refused == 1)
        }
    }

    /// Time is what they would differ in, and a hash is what takes the time: a busy machine is no excuse for it.
    @Test func nobodyCostsAsMuchAsSomebody() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person("ada")
            let root = try await store.person("root", isSuperuser: true)
            // With no password at all yet.
            let invited = try await store.createUser(
                email: "invited@example.org",
                nickname: nil,
                language: "en",
                role: .member,
                password: nil,
                by: root.principal,
                address: nil
            )
            func work(_ body: () async throws -> Void) async throws -> Int {
                let before = store.hashedPasswords
                try await body()
                return store.hashedPasswords - before
            }
            for email in [ada.email, "nobody@example.org", invited.email] {
                let signingIn = try await work {
                    let wrong = Secret("wrong horse battery")
                    let result = try await store.authenticate(email: email, password: wrong, address: "a")
                    #expect(result == .refused)
                }
                #expect(signingIn == 1, "\(email)")
                let forgetting = try await work {
                    _ = try await store.queueMail(.passwordReset, to: email, language: "en", from: nil)
                }
                #expect(forgetting == 0, "\(email)")
            }
            for email in [ada.email, "new@example.org"] {
                let registering = try await work {
                    _ = try? await store.register(
                        email: email,
                        password: TestPeople.password,
                        nickname: nil,
                        language: "en",
                        status: .active
                    )
                }
                #expect(registering == 1, "\(email)")
            }
            // What is closed is closed to those who are not there as well.
            for email in [ada.email, "nobody@example.org"] {
                for _ in 0..<5 {
                    _ = try await store.authenticate(email: email, password: Secret("guess"), address: "b")
                }
                let locked = try await work {
                    let result = try await store.authenticate(email: email, password: Secret("guess"), address: "b")
                    guard case .locked = result else { return #expect(Bool(false), "\(email) is not locked") }
                }
                #expect(locked == 0)
            }
        }
    }

    /// A household has more addresses of IPv6 than can be counted.
    @Test func aNetworkCountsAsOneAddress() async throws {
        for (address, network) in [
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("2001:DB8:1:2::9", "2001:db8:1:2::/64"),
            ("2001:db8:1:3::9", "2001:db8:1:3::/64"), ("fe80::1%eth0", "fe80:0:0:0::/64"), ("192.0.2.1", "192.0.2.1"),
            ("::ffff:192.0.2.1", "192.0.2.1"), ("somewhere", "somewhere"),
        ] { #expect(CallerNetwork.of(address) == network) }
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person("ada")
            func guess(from address: String) async throws -> AuthenticationResult {
                try await store.authenticate(email: ada.email, password: Secret("guess"), address: address)
            }
            for index in 0..<5 { #expect(try await guess(from: "2001:db8:1:2::\(index)") == .refused) }
            guard case .locked = try await guess(from: "2001:db8:1:2:ffff::1") else {
                return #expect(Bool(false), "another address of the same network is let in")
            }
            #expect(try await guess(from: "2001:db8:1:3::1") == .refused)
        }
    }
}
