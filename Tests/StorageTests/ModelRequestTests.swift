import Engine
import Foundation
import Postgres
import Storage
import Testing

/// What models were sent, kept with what it cost; and what is kept with conversations.
@Suite struct ModelRequestTests {
    private func call(_ prefix: Int, _ suffix: String, preamble: String = #"{"instruction":"Answer."}"#) -> UsageRecord
    {
        UsageRecord(
            modelID: .v7(),
            modelName: "m",
            tokens: TokenUsage(input: 5, output: 2),
            responseTime: 1,
            succeeded: true,
            request: SentRequest(preamble: preamble, prefixBytes: prefix, suffix: suffix)
        )
    }

    @Test func requestsArePutTogetherAgain() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, bob) = (try await store.person("ada"), try await store.person("bob"))
            let claimed = try await store.claimedRun(by: ada.principal)
            let id = claimed.run.id
            var batch = claimed.words(["Let me see."])
            // In one batch, in their order, whatever their keys say.
            batch.usage = [
                call(0, #"{"role":"user","content":"notes"},{"history":1},"#),
                call(48, #"{"role":"tool","content":"桥 \u0000"},"#),
            ]
            #expect(try await store.append([batch]).isEmpty)
            var outcome = claimed.outcome("Fine.", after: 3)
            outcome.usage = [call(0, #"{"history":9},"#, preamble: #"{"instruction":"Other."}"#)]
            #expect(try await store.finish(outcome))
            let found = try #require(try await store.modelRequests(of: id, by: ada.principal))
            #expect(found.map { $0.preamble["instruction"]?.string } == ["Answer.", "Answer.", "Other."])
            #expect(found.map(\.messages.count) == [2, 3, 1])
            #expect(found[1].messages.map { $0["content"]?.string } == ["notes", "Hello", "桥 \0"])
            #expect(found[2].messages.map { $0["content"]?.string } == ["Hello"])
            #expect(try await store.modelRequests(of: id, by: bob.principal) == nil)
            // What is the same is kept once.
            #expect(try await database.administrator.query("select from request_preambles").count == 2)
            #expect(try await database.administrator.query("select from model_requests").count == 3)
            #expect(try await store.deleteConversation(claimed.run.conversationID, by: ada.principal))
            #expect(try await database.administrator.query("select from model_requests").isEmpty)
        }
    }

    @Test func variablesAreTheirOwners() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, bob) = (try await store.person("ada"), try await store.person("bob"))
            let claimed = try await store.claimedRun(by: ada.principal)
            let id = claimed.run.conversationID
            let value = try JSONValue(parsing: #"{"city":"Oslo","n":[1,2.50]}"#)
            #expect(try await store.setVariable("place", to: .string("x"), in: id, by: ada.principal))
            #expect(try await store.setVariable("place", to: value, in: id, by: ada.principal))
            #expect(try await store.setVariable("place", to: value, in: id, by: bob.principal) == false)
            #expect(try await store.removeVariable("place", in: id, by: bob.principal) == false)
            #expect(try await store.variables(in: id, by: bob.principal) == nil)
            let kept = [RunContext.Variable(name: "place", value: value.text)]
            #expect(try await store.variables(in: id, by: ada.principal) == kept)
            #expect(try await store.brief(for: claimed).context.variables == kept)
            #expect(try await store.removeVariable("place", in: id, by: ada.principal))
            #expect(try await store.variables(in: id, by: ada.principal) == [])
        }
    }

    @Test func variablesHaveBounds() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let id = try await store.createConversation(title: nil, by: ada.principal).id
            for number in 1...VariableLimit.count {
                #expect(try await store.setVariable("v\(number)", to: .bool(true), in: id, by: ada.principal))
            }
            #expect(try await store.setVariable("v1", to: .null, in: id, by: ada.principal))
            for (name, value) in [
                ("more", JSONValue.null), ("no name", .null), ("v1", .string(String(repeating: "x", count: 20_000))),
            ] {
                await #expect(throws: VariableLimit.self) {
                    try await store.setVariable(name, to: value, in: id, by: ada.principal)
                }
            }
        }
    }
}
