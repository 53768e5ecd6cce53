import Engine
import Foundation
import Postgres
import Storage
import Testing

/// Keys for agents' tools: whose they are, and that they stay sealed.
@Suite struct ToolSecretTests {
    private func secret(
        _ name: String = "KEY",
        _ value: String = "value-of-it",
        hosts: [String] = ["api.example.org"],
        isShared: Bool = false,
        in store: Store,
        by principal: Principal
    ) async throws -> ToolSecret {
        try await store.createToolSecret(
            name: name,
            value: Secret(value),
            hosts: hosts,
            isShared: isShared,
            by: principal
        )
    }

    @Test func aValueIsSealedAndOpensForItsPerson() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person("ada").principal
            let made = try await secret(hosts: ["API.example.org", "*.example.net:8443"], in: store, by: ada)
            #expect(made.places.map(\.text) == ["api.example.org", "*.example.net:8443"])
            #expect(try await store.toolSecrets(by: ada) == [made])
            #expect(try await store.value(of: made, by: ada) == Secret("value-of-it"))
            let dump = try await database.administrator.query("select s::text from tool_secrets s")
            #expect(try dump.first?.get(0, as: String.self).contains("value-of-it") == false)
            // A ciphertext that was moved to another row does not open.
            let other = try await secret("OTHER", in: store, by: ada)
            try await database.administrator.query(
                """
                update tool_secrets set value_encrypted = (
                    select value_encrypted from tool_secrets where secret_id = \(made.id)
                ) where secret_id = \(other.id)
                """
            )
            await #expect(throws: StorageError.self) { try await store.value(of: other, by: ada) }
        }
    }

    @Test func nobodyElseSeesUsesOrDeletesIt() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person("ada").principal
            let made = try await secret(in: store, by: ada)
            for stranger in [try await store.person("bob"), try await store.person("root", isSuperuser: true)] {
                #expect(try await store.toolSecrets(by: stranger.principal).isEmpty)
                #expect(try await store.value(of: made, by: stranger.principal) == nil)
                #expect(try await store.deleteToolSecret(made.id, by: stranger.principal) == false)
            }
            #expect(try await store.deleteToolSecret(made.id, by: ada))
            #expect(try await store.value(of: made, by: ada) == nil)
            #expect(try await store.deleteToolSecret(made.id, by: ada) == false)
        }
    }

    @Test func anAdministratorGivesToEverybody() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let root = try await store.person("root", isSuperuser: true)
            let member = Principal.member(
                user: try await store.person("ada").id,
                organisation: root.organisationID,
                isSuperuser: false
            )
            await #expect(throws: StorageError.self) { try await secret(isShared: true, in: store, by: member) }
            let shared = try await secret(isShared: true, in: store, by: root.principal)
            #expect(try await store.value(of: shared, by: member) == Secret("value-of-it"))
            #expect(try await store.deleteToolSecret(shared.id, by: member) == false)
            // The person's own of the same name comes first.
            let own = try await secret("KEY", "value-of-mine", in: store, by: member)
            #expect(try await store.toolSecrets(by: member) == [own, shared])
            #expect(try await store.deleteToolSecret(shared.id, by: root.principal))
        }
    }

    @Test func whatCannotBeOneIsRefused() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person("ada").principal
            _ = try await secret(in: store, by: ada)
            let wrong: [(String, String, [String], StorageError.Code)] = [
                ("KEY", "value-of-it", ["a.example"], .conflict("name")),
                ("1A", "value-of-it", ["a.example"], .invalid("name")),
                ("A}}", "value-of-it", ["a.example"], .invalid("name")),
                ("A", " short ", ["a.example"], .invalid("value")),
                ("A", "value-of-it", [], .invalid("hosts")),
                ("A", "value-of-it", ["https://a.example/path"], .invalid("hosts")),
                ("A", "value-of-it", ["*"], .invalid("hosts")),
            ]
            for (name, value, hosts, code) in wrong {
                let error = await #expect(throws: StorageError.self) {
                    try await secret(name, value, hosts: hosts, in: store, by: ada)
                }
                #expect(error?.code == code, "\(name) \(hosts)")
            }
        }
    }
}
