import Engine
import Foundation
import Postgres
import Storage
import Testing

/// Requests that come again: of those who are signed in, and of those who are not.
@Suite struct IdempotentAnswerTests {
    private func request(_ key: String, _ body: String) -> IdempotentRequest {
        IdempotentRequest(route: "POST /v1/register", key: key, hash: Array(body.utf8))
    }

    private func word(_ claim: IdempotentClaim) -> String {
        switch claim {
        case .new: "new"
        case .answered(let answer): answer.reveal()
        case .going: "going"
        case .other: "other"
        }
    }

    @Test func aStrangersRequestIsKnownByAllOfIt() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            func asked(_ key: String, _ body: String, by principal: Principal = .system) async throws -> String {
                word(try await store.claim(request(key, body), by: principal))
            }
            guard case .new(let claim) = try await store.claim(request("one", "ada"), by: .system) else {
                Issue.record("it is new")
                return
            }
            #expect(try await asked("one", "ada") == "going")
            try await store.keep(Secret("the answer"), of: claim, by: .system)
            #expect(try await asked("one", "ada") == "the answer")
            #expect(try await asked("one", "eve") == "new", "the same key with something else")
            #expect(try await asked("two", "ada") == "new", "the same with another key")
            // Of somebody the key alone decides, and strangers' answers are nothing to them.
            let ada = try await store.person("ada").principal
            #expect(try await asked("one", "ada", by: ada) == "new")
            #expect(try await asked("one", "eve", by: ada) == "other")
            try await database.administrator.query(
                "update idempotent_answers set created_at = now() - interval '25 hours'"
            )
            #expect(try await asked("one", "ada") == "new", "a day is over")
        }
    }

    @Test func whatAStrangerGivesUpMayComeAgain() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person("ada").principal
            guard case .new(let claim) = try await store.claim(request("one", "x"), by: .system) else {
                Issue.record("it is new")
                return
            }
            try await store.giveUp(claim, by: ada)
            #expect(word(try await store.claim(request("one", "x"), by: .system)) == "going", "it is nobody else's")
            try await store.giveUp(claim, by: .system)
            #expect(word(try await store.claim(request("one", "x"), by: .system)) == "new")
        }
    }

    /// A body may hold a password: whoever has the database alone tries none out.
    @Test func ofAStrangersRequestAMarkIsKept() async throws {
        try await TestDatabase.with { database in
            let asked = request("one", "ada")
            _ = try await database.store.claim(asked, by: .system)
            let row = try await database.administrator.query("select key, request_hash from idempotent_answers")[0]
            #expect(try row.get("key", as: String.self).utf8.count == 44)
            #expect(try row.get("request_hash", as: [UInt8].self) == [])
            let other = Store(database: database.application, keys: .ephemeral(), logger: .silent, passwordCost: 4)
            #expect(word(try await other.claim(asked, by: .system)) == "new", "with other keys it is another mark")
            #expect(word(try await database.store.claim(asked, by: .system)) == "going")
        }
    }

    /// What was done before stays done: the older keys, which open what they have sealed, know it again.
    @Test func aStrangersRequestIsKnownAfterTheKeysHaveChanged() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "alma-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let keys = (try SealingKeys.load(directory: folder), try SealingKeys.rotate(directory: folder))
        try await TestDatabase.with { database in
            func store(_ keys: SealingKeys) -> Store {
                Store(database: database.application, keys: keys, logger: .silent, passwordCost: 4)
            }
            let (old, new) = (store(keys.0), store(keys.1))
            guard case .new(let claim) = try await old.claim(request("one", "ada"), by: .system) else {
                Issue.record("it is new")
                return
            }
            func asked(_ body: String) async throws -> String {
                word(try await new.claim(request("one", body), by: .system))
            }
            #expect(try await asked("ada") == "going")
            try await old.keep(Secret("the answer"), of: claim, by: .system)
            #expect(try await asked("ada") == "the answer")
            #expect(try await asked("eve") == "new")
            #expect(try await asked("eve") == "going")
            try await database.administrator.query(
                "update idempotent_answers set created_at = now() - interval '25 hours'"
            )
            #expect(try await asked("ada") == "new", "a day is over")
            #expect(try await asked("ada") == "going", "of the older one nothing is told any more")
        }
    }
}
