import Engine
import Foundation
import Postgres
import Storage
import Testing

/// Browser sessions, refresh tokens, and the sealing of secrets at their side.
@Suite struct SessionsTests {
    @Test func anOldTokensStreamEndsWithThePassword() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let family = try await store.issueRefreshToken(user: ada.id).family
            func token(_ issuedAt: Date) -> Credential {
                .token(family: family, issuedAt: issuedAt, expiresAt: issuedAt + 600)
            }
            let (before, after) = (Date(timeIntervalSinceNow: -60), Date(timeIntervalSinceNow: 2))
            try await database.administrator.query(
                "update users set tokens_valid_after = now() - interval '30 seconds'"
            )
            #expect(try await store.mayRead(ada, token(before)) == false)
            #expect(try await store.mayRead(ada, token(after)))
        }
    }

    @Test func aSessionIsKnownByItsToken() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person("ada")
            let (token, session) = try await store.startSession(
                user: user.id,
                userAgent: "Browser",
                address: "192.0.2.1",
                lifetime: .seconds(3600)
            )
            let found = try #require(try await store.session(token: token))
            #expect(found.session == session)
            #expect(found.user == user)
            #expect(found.principal == user.principal)
            #expect(token.reveal().utf8.count == 43)
            #expect(try await store.session(token: Secret("guess")) == nil)
            let kept = try await database.administrator.query(
                "select encode(token_hash, 'escape') as hash from sessions"
            )
            #expect(try kept[0].get("hash", as: String.self).contains(token.reveal()) == false)
        }
    }

    @Test func aSessionEnds() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, bob) = (try await store.person("ada"), try await store.person("bob"))
            let first = try await store.startSession(user: ada.id, userAgent: nil, address: nil, lifetime: .seconds(60))
            let second = try await store.startSession(
                user: ada.id,
                userAgent: nil,
                address: nil,
                lifetime: .seconds(60)
            )
            let expired = try await store.startSession(
                user: ada.id,
                userAgent: nil,
                address: nil,
                lifetime: .seconds(-1)
            )
            #expect(try await store.session(token: expired.token) == nil)
            #expect(try await store.signIns(of: ada.id, by: ada.principal)?.count == 2)
            try await store.endSession(first.session.id, by: bob.principal)
            #expect(try await store.session(token: first.token) != nil)
            try await store.endSession(first.session.id, by: ada.principal)
            #expect(try await store.session(token: first.token) == nil)
            #expect(try await store.mayRead(ada, .session(first.session.id)) == false)
            #expect(try await store.mayRead(ada, .session(second.session.id)))
            let family = try await store.issueRefreshToken(user: ada.id).family
            #expect(try await store.identity(user: ada.id, family: family) != nil)
            #expect(try await store.identity(user: bob.id, family: family) == nil)
            try await database.administrator.query("update users set status = 'disabled' where user_id = \(ada.id)")
            #expect(try await store.session(token: second.token) == nil)
            #expect(try await store.mayRead(ada, .session(second.session.id)) == false)
            #expect(try await store.identity(user: ada.id, family: family) == nil)
            try await store.housekeep()
            #expect(try await database.administrator.query("select from sessions").count == 1)
        }
    }

    @Test func seenIsWrittenOnceAMinute() async throws {
        try await TestDatabase.with { database in
            let user = try await database.store.person("ada")
            let (token, session) = try await database.store.startSession(
                user: user.id,
                userAgent: nil,
                address: nil,
                lifetime: .seconds(60)
            )
            _ = try await database.store.session(token: token)
            func lastSeen() async throws -> Date {
                try await database.administrator.query("select last_seen_at from sessions")[0].get(0)
            }
            #expect(try await lastSeen() == session.lastSeenAt)
            try await database.administrator.query("update sessions set last_seen_at = now() - interval '2 minutes'")
            _ = try await database.store.session(token: token)
            #expect(try await lastSeen() >= session.lastSeenAt)
        }
    }

    @Test func aRefreshTokenWorksOnceAndReuseRevokesTheFamily() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person("ada")
            let first = try await store.issueRefreshToken(user: user.id).token
            let unrelated = try await store.issueRefreshToken(user: user.id).token
            guard case .rotated(let second, let found) = try await store.rotateRefreshToken(first) else {
                return #expect(Bool(false), "not rotated")
            }
            #expect(found == user)
            guard case .rotated(let third, _) = try await store.rotateRefreshToken(second.token) else {
                return #expect(Bool(false), "not rotated again")
            }
            guard case .refused = try await store.rotateRefreshToken(first) else {
                return #expect(Bool(false), "reused")
            }
            guard case .refused = try await store.rotateRefreshToken(third.token) else {
                return #expect(Bool(false), "the family lives")
            }
            guard case .rotated = try await store.rotateRefreshToken(unrelated) else {
                return #expect(Bool(false), "another family is hit")
            }
            guard case .refused = try await store.rotateRefreshToken(Secret("guess")) else {
                return #expect(Bool(false), "guessed")
            }
        }
    }

    @Test func ofTwoWhoRefreshAtOnceNobodyKeepsTheFamily() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person("ada")
            let token = try await store.issueRefreshToken(user: user.id).token
            let results = try await withThrowingTaskGroup(of: RefreshResult.self) { group in
                for _ in 0..<8 { group.addTask { try await store.rotateRefreshToken(token) } }
                return try await group.reduce(into: [RefreshResult]()) { $0.append($1) }
            }
            let fresh = results.compactMap { if case .rotated(let token, _) = $0 { token } else { nil } }
            #expect(fresh.count == 1)
            guard case .refused = try await store.rotateRefreshToken(try #require(fresh.first).token) else {
                return #expect(Bool(false), "the family lives")
            }
        }
    }

    @Test func signingOutRevokesTheFamily() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person("ada")
            let grant = try await store.issueRefreshToken(user: user.id)
            let token = Credential.token(family: grant.family, issuedAt: Date() + 2, expiresAt: Date() + 600)
            #expect(try await store.mayRead(user, token))
            try await store.revokeRefreshToken(grant.token)
            guard case .refused = try await store.rotateRefreshToken(grant.token) else {
                return #expect(Bool(false), "it lives")
            }
            #expect(try await store.identity(user: user.id, family: grant.family) == nil)
            #expect(try await store.mayRead(user, token) == false)
        }
    }

    @Test func theAuditIsOnlyAddedTo() async throws {
        try await TestDatabase.with { database in
            let user = try await database.store.person("ada")
            try await database.store.audit(
                AuditEntry(
                    "provider.created",
                    target: "x",
                    before: ["name": .string("a")],
                    after: ["name": .string("b")]
                ),
                by: user.principal,
                address: "192.0.2.1"
            )
            try await database.store.audit(AuditEntry("server.started"), by: .system, address: nil)
            #expect(try await database.administrator.query("select from audit_events").count == 2)
            let system = [SessionSetting(name: "alma.system", value: "on")]
            await #expect(throws: DatabaseError.self) {
                try await database.application.query("delete from audit_events", with: system)
            }
            await #expect(throws: DatabaseError.self) {
                try await database.application.query("update audit_events set action = 'x'", with: system)
            }
        }
    }
}
