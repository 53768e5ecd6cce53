import Engine
import Foundation
import Postgres
import Storage
import Testing

/// Where agents search the web.
@Suite struct SearchSettingTests {
    @Test func whatAnAdministratorChoosesHoldsAndItsKeyGoesNowhereElse() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person(isSuperuser: true)
            let admin = ada.principal
            #expect(try await store.searchChoice() == nil)
            let first = SearchSetting(kind: .custom, url: "https://one.example.org/?q={query}")
            #expect(try await store.setSearch(first, key: Secret("k1"), by: admin))
            var choice = try #require(try await store.searchChoice())
            #expect(choice.kind == .custom && choice.url == first.url && choice.key?.reveal() == "k1")
            let rows = try await database.administrator.query("select value from settings where name = 'search_key'")
            #expect(try rows.first?.get("value", as: String.self).contains("k1") == false)
            // Said again without a key it stays; at another address it does not.
            #expect(try await store.setSearch(first, key: nil, by: admin))
            #expect(try await store.searchSetting(by: admin)?.hasKey == true)
            let other = SearchSetting(kind: .custom, url: "https://two.example.org/?q={query}")
            #expect(try await store.setSearch(other, key: nil, by: admin))
            choice = try #require(try await store.searchChoice())
            #expect(choice.url == other.url && choice.key == nil)
            #expect(try await store.setSearch(SearchSetting(kind: nil), key: nil, by: admin))
            #expect(try await store.searchChoice().map { $0.kind == nil } == true)
            #expect(try await store.setSearch(nil, key: nil, by: admin))
            #expect(try await store.searchChoice() == nil)
        }
    }

    @Test func itIsNobodyElses() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person(isSuperuser: true)
            let bob = try await store.person("bob")
            let setting = SearchSetting(kind: .brave)
            #expect(try await store.setSearch(setting, key: Secret("k"), by: ada.principal))
            #expect(try await store.setSearch(SearchSetting(kind: nil), key: nil, by: bob.principal) == false)
            #expect(try await store.searchSetting(by: bob.principal) == nil)
            #expect(try await store.searchChoice()?.key?.reveal() == "k")
        }
    }
}
