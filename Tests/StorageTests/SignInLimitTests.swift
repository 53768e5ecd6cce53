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

    /// The quickest of tries in turn, which other tests disturb least, at a cost that outweighs the database: without a
    /// hash for nobody they would differ by a factor of ten and more.
    @Test func nobodyTakesAsLongAsSomebody() async throws {
        try await TestDatabase.with { database in
            let store = Store(
                database: database.application,
                keys: .ephemeral(),
                logger: .silent,
                passwordCost: 10
            )
            _ = try await store.person("ada")
            var times: [String: [Duration]] = [:]
            for round in 0..<7 {
                for name in ["ada", "nobody"] {
                    let time = try await ContinuousClock().measure {
                        let result = try await store.authenticate(
                            email: "\(name)@example.org",
                            password: Secret("wrong horse battery"),
                            address: "192.0.2.\(round)"
                        )
                        #expect(result == .refused)
                    }
                    times[name, default: []].append(time)
                }
            }
            let quickest = times.compactMapValues { $0.min() }
            let (known, unknown) = (try #require(quickest["ada"]), try #require(quickest["nobody"]))
            #expect(unknown < known * 2 && known < unknown * 2, "\(known) for a known one, \(unknown) for nobody")
        }
    }
}
