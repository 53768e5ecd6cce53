import Engine
import Foundation
import Postgres
import Storage
import Testing

/// Who is taken up next.
@Suite struct FairQueueTests {
    @Test func peopleTakeTurnsHoweverMuchOneHasQueued() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, bob) = (try await store.person("ada"), try await store.person("bob"))
            for _ in 0..<20 { _ = try await store.queuedRun(by: ada.principal) }
            for _ in 0..<2 { _ = try await store.queuedRun(by: bob.principal) }
            let first = try await store.take(6)
            #expect(first.map(\.run.userID) == [ada.id, bob.id, ada.id, bob.id, ada.id, ada.id])
            // Of two who wait, the one with less at work is next.
            let late = try await store.queuedRun(by: bob.principal)
            #expect(try await store.take(1).map(\.run.id) == [late.id])
        }
    }

    @Test func withOnePlaceTheOneWhoWasServedLongestAgoIsNext() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let people = [try await store.person("ada"), try await store.person("bob"), try await store.person("eve")]
            for person in people { for _ in 0..<3 { _ = try await store.queuedRun(by: person.principal) } }
            var served: [UUID] = []
            for _ in 0..<9 {
                let claimed = try #require(try await store.take(1).first)
                served.append(claimed.run.userID)
                #expect(try await store.finish(claimed.outcome("done", after: 2)))
            }
            #expect(served == people.map(\.id) + people.map(\.id) + people.map(\.id))
        }
    }

    @Test func whoWaitsLongEnoughComesBeforeAFloodOfMoreImportantRuns() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (root, bob) = (try await store.person("root", isSuperuser: true), try await store.person("bob"))
            let patient = try await store.queuedRun(by: bob.principal)
            for _ in 0..<5 { _ = try await store.queuedRun(by: root.principal) }
            #expect(try await store.take(1).first?.run.userID == root.id)
            try await database.administrator.query(
                "update runs set created_at = now() - interval '60 seconds' where run_id = \(patient.id)"
            )
            #expect(try await store.take(1).first?.run.userID == root.id)
            try await database.administrator.query(
                "update runs set created_at = now() - interval '91 seconds' where run_id = \(patient.id)"
            )
            #expect(try await store.take(1).map(\.run.id) == [patient.id])
        }
    }

    @Test func aPersonsRunsBeyondTheLimitStayAndHoldNobodyUp() async throws {
        try await TestDatabase.with { database in
            let store = database.store(runsPerUser: 2)
            let (ada, bob) = (try await store.person("ada"), try await store.person("bob"))
            for _ in 0..<5 { _ = try await store.queuedRun(by: ada.principal) }
            _ = try await store.queuedRun(by: bob.principal)
            let claimed = try await store.take(10)
            #expect(claimed.map(\.run.userID) == [ada.id, bob.id, ada.id])
            #expect(try await store.take(10).isEmpty)
            // A run that rests takes no place, and one that ends makes room.
            #expect(try await store.suspend(claimed[0].suspended([ToolCall(id: "c", name: "x", arguments: "{}")])))
            #expect(try await store.take(10).map(\.run.userID) == [ada.id])
            #expect(try await store.finish(claimed[2].outcome("done", after: 2)))
            #expect(try await store.take(10).map(\.run.userID) == [ada.id])
            #expect(try await store.take(10).isEmpty)
        }
    }

    @Test func limitsHoldWhoeverClaimsAtTheSameTime() async throws {
        try await TestDatabase.with { database in
            let store = database.store(runsPerUser: 7)
            let ada = try await store.person("ada")
            for _ in 0..<30 { _ = try await store.queuedRun(by: ada.principal) }
            let taken = try await withThrowingTaskGroup(of: [UUID].self) { group in
                for _ in 0..<8 { group.addTask { try await store.take(3).map(\.run.id) } }
                return try await group.reduce(into: [UUID]()) { $0 += $1 }
            }
            #expect(taken.count == 7)
            #expect(Set(taken).count == 7)
        }
    }

    @Test func anAgentAndAProviderHaveLimitsOfTheirOwn() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person("ada")
            let model = try await store.chatModel(by: ada.principal)
            let slow = try await database.agent("slow", parameters: #"{"max_concurrent": 1}"#, of: ada)
            for _ in 0..<3 { _ = try await store.queuedRun(agent: slow, by: ada.principal) }
            let free = try await store.queuedRun(by: ada.principal)
            let claimed = try await store.take(10)
            #expect(claimed.count == 2)
            #expect(claimed.contains { $0.run.id == free.id })
            #expect(try await store.take(10).isEmpty)

            try await database.administrator.query(
                """
                update llmconfigs set rate_limit = '{"concurrent": 3, "per_minute": "many"}'
                where llm_id = \(model.llmID)
                """
            )
            for _ in 0..<3 { _ = try await store.queuedRun(by: ada.principal) }
            #expect(try await store.take(10).count == 1)
            #expect(try await store.take(10).isEmpty)
        }
    }

    @Test func aHighUrgencyLiftsOneRunAndNotAFlood() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, bob) = (try await store.person("ada"), try await store.person("bob"))
            _ = try await store.queuedRun(by: bob.principal)
            for _ in 0..<3 { _ = try await store.queuedRun(urgency: .high, by: ada.principal) }
            _ = try await store.queuedRun(urgency: .low, by: bob.principal)
            let priorities = try await database.administrator.query("select priority from runs order by priority")
            #expect(try priorities.map { try $0.get(0, as: Int.self) } == [6, 7, 9, 9, 9])
            #expect(try await store.take(5).map(\.run.userID) == [ada.id, bob.id, ada.id, ada.id, bob.id])
        }
    }

    @Test func aPersonWhoWaitsComesBeforeAProgram() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, bob) = (try await store.person("ada"), try await store.person("bob"))
            let program = try await store.queuedRun(by: ada.principal.program)
            let person = try await store.queuedRun(by: bob.principal)
            let priorities = try await database.administrator.query("select priority from runs order by run_id")
            #expect(try priorities.map { try $0.get(0, as: Int.self) } == [5, 7])
            #expect(try await store.take(2).map(\.run.id) == [person.id, program.id])
            // A key is a program's.
            let made = try await store.createAPIKey(name: "k", scopes: [.api], days: nil, by: ada.principal)
            #expect(try await store.identity(apiKey: made.secret)?.principal == ada.principal.program)
        }
    }

    @Test func anAgentThatWasSwitchedOffMeanwhileIsReplaced() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person("ada")
            _ = try await store.chatModel(by: ada.principal)
            let agent = try await database.agent("poet", parameters: "{}", of: ada)
            let run = try await store.queuedRun(agent: agent, by: ada.principal)
            try await database.administrator.query("update agents set status = 'disabled' where agent_id = \(agent)")
            let worker = UUID.v7()
            let claimed = try #require(try await store.claim(worker: worker, limit: 1, silence: .seconds(10)).first)
            #expect(claimed.run.id == run.id)
            #expect(claimed.isAgentReplaced)
            #expect(claimed.run.agentID == Agent.assistantID)
            #expect(try await store.brief(for: claimed).agentName == "Assistant")
            // Whoever takes it over knows it too.
            try await store.retire(worker: worker)
            #expect(try await store.take(1).first?.isAgentReplaced == true)
        }
    }

    @Test func aClaimIsQuickBehindALongQueue() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, bob) = (try await store.person("ada"), try await store.person("bob"))
            let run = try await store.queuedRun(by: ada.principal)
            let alone = try await store.quickestClaim()
            // Without counting each: that is not what is tested.
            try await database.administrator.query("alter table conversations disable trigger user")
            try await database.administrator.query(
                """
                with many as (
                    select gen_random_uuid() as id, number > 10000 as is_over from generate_series(1, 30000) number
                ), talks as (
                    insert into conversations (conversation_id, org_id, user_id)
                    select id, \(ada.organisationID), \(ada.id) from many
                )
                insert into runs (
                    run_id, root_run_id, org_id, user_id, conversation_id, agent_id, user_message_id, message_id, state,
                    priority, finished_at
                )
                select id, id, \(ada.organisationID), \(ada.id), id,
                    \(run.agentID), gen_random_uuid(), gen_random_uuid(),
                    case when is_over then 'completed' else 'queued' end, 7, case when is_over then now() end
                from many
                """
            )
            try await database.administrator.query("analyze runs")
            let other = try await store.queuedRun(by: bob.principal)
            let claimed = try await store.take(2)
            #expect(claimed.contains { $0.run.id == other.id })
            // Reading the queue or the past whole takes ten times as long. The quickest, and beside the quickest without all
            // that: whatever else this machine does meanwhile is not what is measured.
            let behind = try await store.quickestClaim()
            #expect(behind < alone * 5 + .milliseconds(5))
        }
    }
}

extension Store {
    fileprivate func quickestClaim() async throws -> Duration {
        var quickest = Duration.seconds(60)
        for _ in 0..<40 {
            quickest = min(quickest, try await ContinuousClock().measure { _ = try await take(1) })
        }
        return quickest
    }

    fileprivate func take(_ limit: Int) async throws -> [ClaimedRun] {
        try await claim(worker: .v7(), limit: limit, silence: .seconds(10))
    }

    fileprivate func queuedRun(
        agent: UUID? = nil,
        urgency: Urgency = .normal,
        by principal: Principal
    ) async throws -> Run {
        let conversation = try await createConversation(title: nil, by: principal)
        let input = TurnInput(conversationID: conversation.id, content: "Hello", agentID: agent, urgency: urgency)
        guard let start = try await startTurn(input, by: principal) else { throw TestPeople.Missing() }
        return start.run
    }
}

extension TestDatabase {
    fileprivate func store(runsPerUser: Int) -> Store {
        Store(
            database: application,
            keys: .ephemeral(),
            logger: .silent,
            passwordCost: 4,
            runsPerUser: runsPerUser
        )
    }

    fileprivate func agent(_ name: String, parameters: String, of user: User) async throws -> UUID {
        let id = UUID.v7()
        try await administrator.query(
            """
            insert into agents (agent_id, org_id, user_id, name, display_name, instruction, parameters)
            values (\(id), \(user.organisationID), \(user.id), \(name), \(name), 'Answer.', \(parameters)::jsonb)
            """
        )
        return id
    }
}
