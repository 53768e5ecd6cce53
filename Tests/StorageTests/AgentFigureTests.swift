import Engine
import Foundation
import Postgres
import Storage
import Testing

/// What one person has had of an agent, and lists of agents to choose from.
@Suite struct AgentFigureTests {
    @Test func onesOwnRunsOfThePeriodCount() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, bob) = (try await store.person("ada"), try await store.person("bob"))
            func run(_ seconds: Int, by user: User, state: RunState = .completed, begun: String) async throws {
                let run = try await store.claimedRun(by: user.principal)
                #expect(try await store.finish(run.outcome("done", after: 2, state: state)))
                try await database.administrator.query(
                    """
                    update runs set created_at = \(begun)::timestamptz,
                        started_at = finished_at - make_interval(secs => \(seconds)::int)
                    where run_id = \(run.run.id)
                    """
                )
            }
            func figures(_ user: User) async throws -> AgentFigures {
                try await store.figures(ofAgent: Agent.assistantID, from: "2020-01-02", by: user.principal)
            }
            #expect(try await figures(ada) == AgentFigures(runs: 0, ended: 0, completed: 0, medianTime: nil))
            try await run(10, by: ada, begun: "2020-01-02T00:00:00Z")
            try await run(20, by: ada, begun: "2020-01-03T12:00:00Z")
            try await run(90, by: ada, begun: "2020-01-04T12:00:00Z")
            try await run(500, by: ada, state: .failed, begun: "2020-01-04T12:00:00Z")
            try await run(700, by: ada, begun: "2020-01-01T23:59:59Z")
            try await run(800, by: bob, begun: "2020-01-03T12:00:00Z")
            _ = try await store.claimedRun(by: ada.principal)
            #expect(try await figures(ada) == AgentFigures(runs: 5, ended: 4, completed: 3, medianTime: 20))
            #expect(try await figures(bob) == AgentFigures(runs: 1, ended: 1, completed: 1, medianTime: 800))
            let others = try await store.figures(ofAgent: .v7(), from: "2020-01-02", by: ada.principal)
            #expect(others.runs == 0)
        }
    }

    @Test func aRunThatCalledTwoModelsCountsOnce() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, bob) = (try await store.person("ada"), try await store.person("bob"))
            let run = try await store.claimedRun(by: ada.principal)
            var outcome = run.outcome("done", after: 2)
            outcome.usage = ["large", "small"].map { name in
                UsageRecord(
                    modelID: .v7(),
                    modelName: name,
                    tokens: TokenUsage(input: 1, output: 2),
                    responseTime: 1,
                    succeeded: true
                )
            }
            #expect(try await store.finish(outcome))
            let question = UsageQuestion(grouping: .model, from: "2020-01-01", to: "2100-01-01")
            #expect(try await store.usage(question, by: ada.principal).map(\.runs) == [1, 1])
            #expect(try await store.runsPaid(question, by: ada.principal) == 1)
            #expect(try await store.runsPaid(question, by: bob.principal) == 0)
        }
    }

    @Test func aChoiceHoldsMoreThanAPageButNotAll() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            func make(_ numbers: ClosedRange<Int>) async throws {
                try await database.administrator.query(
                    """
                    insert into agents (agent_id, org_id, user_id, name, display_name, description, instruction)
                    select gen_random_uuid(), home_org_id, user_id, 'a' || n, 'Agent ' || n, '', ''
                    from users, generate_series(\(numbers.lowerBound)::int, \(numbers.upperBound)::int) n
                    where user_id = \(ada.id)
                    """
                )
            }
            try await make(1...230)
            let all = try await store.agentsToChoose(by: ada.principal)
            #expect(all.items.count > 230 && Set(all.items.map(\.id)).count == all.items.count && !all.isCut)
            try await make(231...520)
            let some = try await store.agentsToChoose(by: ada.principal)
            #expect(some.items.count == Page.choiceLimit && some.isCut)
            #expect(some.items.prefix(all.items.count).map(\.id) == all.items.map(\.id), "the same come first")
            try await database.administrator.query(
                "update agents set status = 'disabled' where user_id = \(ada.id) and name <> 'a7'"
            )
            let active = try await store.agentsToChoose(status: "active", by: ada.principal)
            #expect(active.items.filter { !$0.isSystemAgent }.map(\.displayName) == ["Agent 7"] && !active.isCut)
        }
    }
}
