import Engine
import Foundation
import Postgres
import Storage
import Testing

/// Keys by which people's programs ask: what they open, and when they do no longer.
@Suite struct APIKeyTests {
    @Test func aKeyIsShownOnceAndSpeaksForItsPerson() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let root = try await store.person("root", isSuperuser: true)
            let made = try await store.createAPIKey(name: "ci", scopes: [.mcp], days: 30, by: root.principal)
            #expect(made.secret.reveal().hasPrefix("alma_") && made.secret.reveal().utf8.count == 48)
            let dump = try await database.administrator.query("select k::text from api_keys k")
            #expect(try dump.first?.get(0, as: String.self).contains(made.secret.reveal().dropFirst(5)) == false)
            let known = try #require(try await store.identity(apiKey: made.secret))
            #expect(known.user.id == root.id && known.key.scopes == [.mcp])
            // Whoever made it, it is no administrator's.
            #expect(!known.user.isSuperuser && !known.principal.isSuperuser)
            #expect(try await store.apiKeys(by: root.principal).first?.lastUsedAt != nil)
            #expect(try await store.identity(apiKey: Secret("alma_" + String(repeating: "x", count: 43))) == nil)
        }
    }

    @Test func itEndsWithItsTimeItsPersonOrItsRevocation() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, other) = (try await store.person("ada"), try await store.person("other"))
            let keys = [
                try await store.createAPIKey(name: "a", scopes: [.api], days: 1, by: ada.principal),
                try await store.createAPIKey(name: "b", scopes: [.api], days: nil, by: ada.principal),
            ]
            #expect(try await store.revokeAPIKey(keys[1].key.id, by: other.principal) == false)
            #expect(try await store.apiKeys(by: other.principal).isEmpty)
            func isAllowed(_ index: Int) async throws -> Bool {
                try await store.mayRead(ada, .key(keys[index].key.id))
            }
            #expect(try await isAllowed(0))
            let expired = keys[0].key.id
            try await database.administrator.query(
                "update api_keys set expires_at = now() - interval '1 second' where key_id = \(expired)"
            )
            #expect(try await store.identity(apiKey: keys[0].secret) == nil)
            #expect(try await isAllowed(0) == false)
            #expect(try await store.identity(apiKey: keys[1].secret) != nil)
            #expect(try await store.revokeAPIKey(keys[1].key.id, by: ada.principal))
            #expect(try await store.identity(apiKey: keys[1].secret) == nil)
            #expect(try await isAllowed(1) == false)
            let last = try await store.createAPIKey(name: "c", scopes: [.api], days: nil, by: ada.principal)
            let adaID = ada.id
            try await database.administrator.query("update users set status = 'disabled' where user_id = \(adaID)")
            #expect(try await store.identity(apiKey: last.secret) == nil)
        }
    }

    @Test func badWishesAreNamed() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person("ada").principal
            await #expect(throws: StorageError.self) {
                try await store.createAPIKey(name: "", scopes: [.api], days: nil, by: ada)
            }
            await #expect(throws: StorageError.self) {
                try await store.createAPIKey(name: "x", scopes: [], days: nil, by: ada)
            }
            await #expect(throws: StorageError.self) {
                try await store.createAPIKey(name: "x", scopes: [.api], days: 0, by: ada)
            }
        }
    }
}
