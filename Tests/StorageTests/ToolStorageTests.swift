import Engine
import Foundation
import Postgres
import Storage
import Testing

/// What runs with tools ask of the store.
@Suite struct ToolStorageTests {
    private func tool(_ name: String, description: String = "Does it.") -> ToolSpecification {
        ToolSpecification(
            name: name,
            description: description,
            schema: #"{"type":"object"}"#,
            level: .readOnly,
            effect: .pure
        )
    }

    @Test func theProgramsToolsAreTheAssistants() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let claimed = try await store.claimedRun(by: user.principal)
            #expect(try await store.brief(for: claimed).tools == [])
            try await store.register([tool("dig"), tool("calculate")])
            #expect(try await store.brief(for: claimed).tools == ["calculate", "dig"])
            // Another start, of a program that lost one and describes the other anew.
            try await store.register([tool("dig", description: "Digs.")])
            try await store.register([tool("dig", description: "Digs.")])
            #expect(try await store.brief(for: claimed).tools == ["dig"])
            let rows = try await database.administrator.query("select description from tools where is_active")
            #expect(try rows.map { try $0.get(0, as: String.self) } == ["Digs."])
            // A node that cannot offer it leaves it to those that can.
            try await store.register([tool("calculate")], elsewhere: ["dig"])
            #expect(try await store.brief(for: claimed).tools == ["calculate", "dig"])
            try await store.register([tool("calculate")], elsewhere: ["run"])
            #expect(try await store.brief(for: claimed).tools == ["calculate"])
        }
    }

    @Test func toolsOfTheOrganisationComeWithWhatTheyDoAndHowTheyAreUsed() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let other = try await store.person("other")
            let claimed = try await store.claimedRun(by: user.principal)
            try await store.register([tool("dig")])
            let statements: [Query] = [
                """
                insert into tools (tool_id, org_id, name, description, tool_type, schema, security_level, effect, definition)
                select gen_random_uuid(), o, name, 'Kept.', 'script', '{"type":"object"}', 'safe_execute', 'effectful',
                    '{"language":"python"}'
                from unnest(array['brew', 'dig']) name, unnest(array[\(user.principal.organisationID)::uuid,
                    \(other.principal.organisationID)::uuid]) o
                """,
                """
                insert into agent_tools (agent_id, tool_id, configuration)
                select \(claimed.run.agentID), tool_id, '{"timeout":7,"custom_params":{"depth":5}}' from tools
                on conflict (agent_id, tool_id) do update set configuration = excluded.configuration
                """,
            ]
            for statement in statements { try await database.administrator.query(statement) }
            let brief = try await store.brief(for: claimed)
            #expect(brief.tools == ["brew", "dig"])
            let settings = ToolSettings(timeout: 7, parameters: .object(["depth": .number(5)]))
            #expect(brief.toolSettings == ["dig": settings])
            // Another organisation's is never there, and the program's own keeps its name.
            let kept = try #require(brief.keptTools.first)
            #expect(brief.keptTools.count == 1 && kept.type == "script" && kept.settings == settings)
            #expect(kept.specification.name == "brew" && kept.specification.effect == .effectful)
            #expect(kept.definition["language"]?.string == "python")
        }
    }

    @Test func aStepIsPaidWithItsEventsAndOnce() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let claimed = try await store.claimedRun(by: user.principal)
            let record = UsageRecord(
                modelID: .v7(),
                modelName: "demo",
                tokens: TokenUsage(input: 10, output: 20),
                cost: Decimal(string: "0.5"),
                currency: "USD",
                responseTime: 1,
                succeeded: true
            )
            var batch = claimed.words(["a"])
            batch.usage = [record]
            #expect(try await store.append([batch]).isEmpty)
            // The answer to the first one got lost.
            #expect(try await store.append([batch]).isEmpty)
            var outcome = claimed.outcome("a", after: 3)
            outcome.usage = [record]
            #expect(try await store.finish(outcome))
            let rows = try await database.administrator.query("select usage_id, user_id, cost from usage_records")
            #expect(rows.count == 1)
            #expect(try rows.first?.get("usage_id", as: UUID.self) == record.id)
            #expect(try rows.first?.get("user_id", as: UUID.self) == user.id)
            #expect(try await store.events(of: claimed.run.id, after: 2, limit: 10).count == 2)
        }
    }

    @Test func aWriterWhoseTimeHasPassedPaysNothing() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let claimed = try await store.claimedRun(by: user.principal)
            var batch = claimed.words(["a"])
            batch.epoch -= 1
            batch.usage = [
                UsageRecord(
                    modelID: .v7(),
                    modelName: "demo",
                    tokens: TokenUsage(input: 1, output: 1),
                    responseTime: 1,
                    succeeded: true
                )
            ]
            #expect(try await store.append([batch]) == [claimed.run.id])
            #expect(try await database.administrator.query("select from usage_records").count == 0)
        }
    }

    @Test func aSearchFindsOnesOwnWordsOnly() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, bob) = (try await store.person("ada"), try await store.person("bob"))
            let meeting = try await store.queuedRun("The meeting is on TUESDAY, 100% sure", by: ada.principal)
            _ = try await store.queuedRun("我们星期二见面", by: ada.principal)
            _ = try await store.queuedRun("Bob's tuesday", by: bob.principal)
            let found = try await store.search("tuesday", notIn: nil, limit: 10, by: ada.principal)
            #expect(found.map(\.excerpt) == ["The meeting is on TUESDAY, 100% sure"])
            #expect(found.first?.role == "user")
            let elsewhere = try await store.search(
                "tuesday",
                notIn: meeting.conversationID,
                limit: 10,
                by: ada.principal
            )
            #expect(elsewhere.isEmpty)
            #expect(try await store.search("星期二", notIn: nil, limit: 10, by: ada.principal).count == 1)
            // Not a pattern.
            #expect(try await store.search("%", notIn: nil, limit: 10, by: ada.principal).count == 1)
            #expect(try await store.search("_", notIn: nil, limit: 10, by: ada.principal).isEmpty)
        }
    }

    @Test func anExcerptIsShort() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let padding = String(repeating: "word ", count: 200)
            _ = try await store.queuedRun(padding + "needle " + padding, by: ada.principal)
            let excerpt = try #require(
                try await store.search("NEEDLE", notIn: nil, limit: 1, by: ada.principal).first?.excerpt
            )
            #expect(excerpt.contains("needle"))
            #expect(excerpt.count <= 306)
        }
    }
}
