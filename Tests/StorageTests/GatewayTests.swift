import Engine
import Foundation
import Postgres
import Storage
import Testing

/// Single calls of programs in the database: their rows, their money, their places, their models.
@Suite struct GatewayTests {
    @Test func eachOfManyCallsHasItsRow() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let caller = GatewayCaller(ada, key: .v7(), address: "192.0.2.1")
            let records = (0..<50).map { _ in UsageRecord(cost: "0.5") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for record in records { group.addTask { try await store.record(record, of: caller) } }
                try await group.waitForAll()
            }
            // Once more is the same.
            try await store.record(records[0], of: caller)
            let rows = try await database.administrator.query(
                """
                select usage_id, run_id is null and conversation_id is null and agent_id is null as is_single, key_id,
                    address, user_id
                from usage_records
                """
            )
            #expect(Set(try rows.map { try $0.get("usage_id", as: UUID.self) }) == Set(records.map(\.id)))
            #expect(try rows.allSatisfy { try $0.get("is_single") && $0.get("user_id") == ada.id })
            #expect(try rows.allSatisfy { try $0.get("key_id") == caller.key && $0.get("address") == "192.0.2.1" })
            let question = UsageQuestion(grouping: .agent, from: "2020-01-01", to: "2100-01-01")
            let sums = try await store.usage(question, by: ada.principal)
            #expect(sums.map(\.name) == ["API"] && sums[0].calls == 50 && sums[0].runs == 0 && sums[0].cost == 25)
        }
    }

    /// The answer goes on its way while the database is busy; whoever reads costs, or closes the database, waits for them.
    @Test func whatIsWrittenBehindAnAnswerIsThereForWhoeverReads() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let caller = GatewayCaller(ada)
            try await database.administrator.transaction { transaction in
                try await transaction.query("lock table usage_records in exclusive mode")
                for _ in 0..<3 { try await store.note(UsageRecord(cost: "0.5"), of: caller) }
                try await database.waitForLocks(1)
            }
            let question = UsageQuestion(grouping: .agent, from: "2020-01-01", to: "2100-01-01")
            #expect(try await store.usage(question, by: ada.principal).map(\.calls) == [3])
            await store.settleCalls()
        }
    }

    @Test func callsAreToldApartByTheirKeys() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let key = try await store.createAPIKey(name: "nightly", scopes: [.openai], days: nil, by: ada.principal).key
            for caller in [GatewayCaller(ada, key: key.id, address: nil), GatewayCaller(ada, key: nil, address: nil)] {
                try await store.record(UsageRecord(cost: "0.5"), of: caller)
            }
            try await store.record(UsageRecord(cost: "2"), of: GatewayCaller(ada, key: key.id, address: nil))
            var question = UsageQuestion(grouping: .key, from: "2020-01-01", to: "2100-01-01")
            let sums = try await store.usage(question, by: ada.principal)
            #expect(sums.map(\.name) == ["nightly", UsageSum.noKey] && sums.map(\.cost) == [2.5, 0.5])
            #expect(sums.map(\.key) == [key.id.text, UsageSum.noKey])
            (question.grouping, question.key) = (.model, key.id)
            #expect(try await store.usage(question, by: ada.principal).map(\.calls) == [2])
            question.key = .v7()
            #expect(try await store.usage(question, by: ada.principal).isEmpty)
        }
    }

    @Test func aCallIsSetAsideAndCharged() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, bob) = (try await store.person(), try await store.person("bob"))
            let own = try await database.budget(ada, "amount, stop_at", "10, 100")
            let turn = try await database.budget(ada, "amount, stop_at, period", "6, 100, 'run'")
            let agents = try await database.budget(
                ada,
                "amount, stop_at, agent_id",
                "1, 100, '\(try await database.agent(of: ada).text)'"
            )
            let first = GatewayCaller(ada).wish("5")
            #expect(try await store.reserve(first).isGranted)
            // Each is a turn of its own, but the sum is one.
            #expect(try await store.reserve(GatewayCaller(ada).wish("5")).isGranted)
            #expect(try await !store.reserve(GatewayCaller(ada).wish("1")).isGranted)
            #expect(try await store.reserve(GatewayCaller(bob).wish("100")) == .granted([]))
            #expect(try await database.reserved(own) == 10)
            try await store.record(first.record("2"), of: GatewayCaller(ada))
            #expect(try await database.spent(own) == 2)
            #expect(try await database.spent(turn) == 2)
            #expect(try await database.spent(agents) == 0)
            #expect(try await database.reserved(own) == 5)
            #expect(try await store.reserve(GatewayCaller(ada).wish("3")).isGranted)
        }
    }

    @Test func whatNobodyRenewsIsFree() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let provider = try await store.chatModel(by: ada.principal).llmID
            _ = try await database.budget(ada, "amount, stop_at", "10, 100")
            let (held, limit) = (GatewayCaller(ada).wish("8"), ProviderLimit(concurrent: 1))
            let holder = CallHolder.person(ada.id, organisation: ada.organisationID)
            #expect(try await store.reserve(held).isGranted)
            guard case .entered(let place) = try await store.enter(provider, limit, for: holder) else {
                Issue.record("There is room.")
                return
            }
            let later: Query = "held_until = held_until - interval '2 minutes'"
            func age() async throws {
                try await database.administrator.batch([
                    "update budget_reservations set \(later)", "update provider_calls set \(later)",
                ])
            }
            try await age()
            try await store.renew([held.call, place])
            #expect(try await !store.reserve(GatewayCaller(ada).wish("8")).isGranted)
            #expect(try await store.enter(provider, limit, for: holder) == .full(seconds: nil))
            try await age()
            #expect(try await store.reserve(GatewayCaller(ada).wish("8")).isGranted)
            #expect(try await store.enter(provider, limit, for: holder) != .full(seconds: nil))
            // Those of runs stand in the same line.
            let run = try await store.claimedRun(by: ada.principal)
            #expect(try await store.enter(provider, limit, for: run.holder) == .full(seconds: nil))
        }
    }

    @Test func aNameLeadsToItsModelAndThenToTheFallbacks() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, bob) = (try await store.person(), try await store.person("bob"))
            let model = try await store.chatModel(by: ada.principal)
            func make(_ name: String, _ type: String = "chat") async throws -> ModelRecord {
                let made = try await store.createModel(
                    llmID: model.llmID,
                    name: name,
                    displayName: name,
                    modelType: type,
                    by: ada.principal
                )
                return try #require(made)
            }
            let (spare, vectors) = (try await make("spare"), try await make("vectors", "embedding"))
            try await store.choose(ModelChoice(fallbacks: [spare.id]), by: ada.principal, address: nil)
            let route = try #require(try await store.route(to: model.name, for: .chat, by: ada.principal))
            #expect(route.candidates.map(\.modelID) == [model.id, spare.id] && !route.hasBudgets)
            let direct = try await store.route(to: spare.id.text, for: .chat, by: ada.principal)
            #expect(direct?.candidates.map(\.modelID) == [spare.id])
            let embedding = try await store.route(to: "vectors", for: .embedding, by: ada.principal)
            #expect(embedding?.candidates.map(\.modelID) == [vectors.id])
            #expect(try await store.route(to: "vectors", for: .chat, by: ada.principal) == nil)
            #expect(try await store.route(to: model.name, for: .chat, by: bob.principal) == nil)
            let known = try await store.callables(by: ada.principal)
            #expect(known.filter { $0.kind != .agent }.map(\.id).sorted() == [model.name, "spare", "vectors"].sorted())
            #expect(known.contains { $0.kind == .agent && $0.id == "assistant" })
            #expect(try await store.callables(by: bob.principal).allSatisfy { $0.kind == .agent })
            #expect(try await store.agentID(called: "agent:assistant", by: bob.principal) == Agent.assistantID)
            #expect(try await store.agentID(called: "nobody", by: bob.principal) == nil)
        }
    }
}

extension GatewayCaller {
    fileprivate init(_ user: User, key: UUID? = nil, address: String? = nil) {
        self.init(user: user.id, organisation: user.organisationID, key: key, address: address)
    }

    fileprivate func wish(_ cost: String) -> BudgetReservation {
        BudgetReservation(
            holder: .person(user, organisation: organisation),
            call: .v7(),
            cost: Decimal(string: cost) ?? 0,
            currency: "USD"
        )
    }
}

extension UsageRecord {
    fileprivate init(cost: String) {
        self.init(
            modelID: .v7(),
            modelName: "demo",
            tokens: TokenUsage(input: 1, output: 1),
            cost: Decimal(string: cost),
            currency: "USD",
            responseTime: 1,
            succeeded: true
        )
    }
}
