import Engine
import Foundation
import Storage
import Testing

/// Whose word it is where an agent's programs may go.
@Suite struct AgentNetworkTests {
    private let coding = UUID(uuidString: "01900000-0000-7000-8000-000000000003")!

    @Test func eachPersonDecidesForTheirOwnRuns() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, bob) = (try await store.person("ada").principal, try await store.person("bob").principal)
            #expect(try await store.network(ofAgent: coding, by: ada).isEmpty)
            #expect(try await store.setNetwork(["pypi", "Example.org"], ofAgent: coding, by: ada))
            #expect(try await store.network(ofAgent: coding, by: ada).entries == ["pypi", "example.org"])
            #expect(try await store.network(ofAgent: coding, by: bob).isEmpty)
            #expect(try await store.setNetwork([], ofAgent: coding, by: ada))
            #expect(try await store.network(ofAgent: coding, by: ada).isEmpty)
        }
    }

    @Test func anothersAgentIsNotThere() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, bob) = (try await store.person("ada").principal, try await store.person("bob").principal)
            let agent = try await store.createAgent(
                AgentDraft(name: "own", displayName: "Own", instruction: "x"),
                by: ada
            )
            #expect(try await store.setNetwork(["npm"], ofAgent: agent.id, by: ada))
            #expect(try await store.setNetwork(["npm"], ofAgent: agent.id, by: bob) == false)
            #expect(try await store.knownNetwork(ofAgent: agent.id, by: bob) == nil)
            #expect(try await store.network(ofAgent: agent.id, by: bob).isEmpty)
            await #expect(throws: StorageError.self) {
                try await store.setNetwork(["no host"], ofAgent: agent.id, by: ada)
            }
        }
    }
}
