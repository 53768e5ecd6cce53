import Engine
import Foundation
import Postgres
import Storage
import Testing

/// Providers: their keys, and the addresses that they are asked at.
extension ModelsTests {
    @Test func aKeyIsSealedAndOnlyItsEndShows() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let provider = try await openAI(store, key: "sk-abcdefghijklmnop-1234", by: user.principal)
            #expect(provider.hasKey)
            #expect(provider.keyHint == "1234")
            #expect(provider.testStatus == "pending")
            let endpoint = try #require(try await store.endpoint(of: provider.id, by: user.principal))
            #expect(endpoint.apiKey?.reveal() == "sk-abcdefghijklmnop-1234")
            #expect(endpoint.baseURL == "https://api.openai.com/v1")
            let dump = try await database.administrator.query("select l::text from llmconfigs l")
            #expect(try dump[0].get(0, as: String.self).contains("abcdefgh") == false)
        }
    }

    @Test func aSealedKeyMovedToAnotherRowFails() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let first = try await openAI(store, key: "sk-first-key-of-length", by: user.principal)
            let second = try await openAI(store, key: "sk-second-key-of-length", by: user.principal)
            try await database.administrator.query(
                """
                update llmconfigs set api_key_encrypted = (select api_key_encrypted from llmconfigs where llm_id = \(first.id))
                where llm_id = \(second.id)
                """
            )
            await #expect(throws: StorageError.self) { try await store.endpoint(of: second.id, by: user.principal) }
            #expect(try await store.endpoint(of: first.id, by: user.principal) != nil)
        }
    }

    @Test func anotherAddressDropsTheKey() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let provider = try await openAI(store, key: "sk-abcdefghijklmnop-1234", by: user.principal)
            func update(_ url: String, key: Secret??) async throws -> Provider? {
                try await store.updateProvider(
                    provider.id,
                    name: "Renamed",
                    baseURL: url,
                    apiKey: key,
                    isActive: true,
                    by: user.principal
                )
            }
            #expect(try await update("https://api.openai.com/v1", key: nil)?.keyHint == "1234")
            #expect(try await update("https://elsewhere.example/v1", key: nil)?.hasKey == false)
            #expect(
                try await update("https://third.example/v1", key: .some(Secret("sk-new-key-of-length-5678")))?.keyHint
                    == "5678"
            )
            let moved = try await store.endpoint(of: provider.id, by: user.principal)
            #expect(moved?.apiKey?.reveal() == "sk-new-key-of-length-5678")
            #expect(try await update("https://third.example/v1", key: .some(nil))?.hasKey == false)
        }
    }

    /// Where a provider's requests may go into private networks: only to an address that an administrator has set.
    @Test func onlyAnAdministratorsAddressIsTrusted() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, bob) = (try await store.person("ada", isSuperuser: true), try await store.person("bob"))
            let admin = ada.principal
            let member = Principal.member(user: bob.id, organisation: ada.organisationID, isSuperuser: false)
            func isTrusted(_ provider: Provider) async throws -> Bool? {
                try await store.endpoint(of: provider.id, by: admin)?.isTrusted
            }
            func move(_ provider: Provider, to url: String, by principal: Principal) async throws -> Bool? {
                _ = try await store.updateProvider(
                    provider.id,
                    name: "Moved",
                    baseURL: url,
                    apiKey: nil,
                    isActive: true,
                    by: principal
                )
                return try await isTrusted(provider)
            }
            let (here, there) = ("http://10.0.0.1/v1", "http://169.254.169.254/v1")
            let theirs = try await openAI(store, key: "sk-1", by: member)
            #expect(try await isTrusted(theirs) == false)
            #expect(try await move(theirs, to: here, by: member) == false)
            #expect(try await move(theirs, to: here, by: admin) == true)
            // As long as it stays where the administrator has put it.
            #expect(try await move(theirs, to: here, by: member) == true)
            #expect(try await move(theirs, to: there, by: member) == false)
            #expect(try await move(theirs, to: here, by: member) == false)
            let own = try await openAI(store, key: "sk-2", by: admin)
            #expect(try await isTrusted(own) == true)
            #expect(try await move(own, to: here, by: admin) == true)
        }
    }

    @Test func providersThatNeedAKeyWantOne() async throws {
        try await TestDatabase.with { database in
            let user = try await database.store.person()
            do {
                _ = try await openAI(database.store, key: "", by: user.principal)
                Issue.record("made without a key")
            } catch let error as StorageError {
                #expect(error.code == .invalid("api_key"))
            }
        }
    }

    @Test func aTestIsKept() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let provider = try await openAI(store, key: "sk-abcdefghijklmnop-1234", by: user.principal)
            let failure = ProbeResult(latency: 5, models: [], failure: .init(code: "dns", message: "No such host."))
            let failed = try await store.recordTest(provider.id, failure, by: user.principal)
            #expect(failed?.testStatus == "failed")
            #expect(failed?.testCode == "dns" && failed?.testMessage == "No such host.")
            let well = try await store.recordTest(
                provider.id,
                ProbeResult(latency: 5, models: ["a"]),
                by: user.principal
            )
            #expect(well?.testStatus == "success")
            #expect(well?.testCode == nil && well?.testMessage == nil)
            #expect(well?.lastTestedAt != nil)
        }
    }
}
