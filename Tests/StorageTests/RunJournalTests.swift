import Engine
import Foundation
import Postgres
import Storage
import Testing

/// The worker's side: claiming, fencing, the log.
@Suite struct RunJournalTests {
    @Test func eightWorkersNeverTakeOneRunTwice() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            for _ in 0..<60 { _ = try await store.queuedRun(by: user.principal) }
            let taken = try await withThrowingTaskGroup(of: [UUID].self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        let worker = UUID.v7()
                        var mine: [UUID] = []
                        // What another one has locked is passed by, so an empty answer need not be the end.
                        for _ in 0..<40 {
                            let runs = try await store.claim(worker: worker, limit: 3, silence: .seconds(10))
                            mine += runs.map(\.run.id)
                        }
                        return mine
                    }
                }
                return try await group.reduce(into: [UUID]()) { $0 += $1 }
            }
            #expect(taken.count == 60)
            #expect(Set(taken).count == 60)
        }
    }

    @Test func superusersComeFirstThenTheOldest() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, bob) = (try await store.person("ada", isSuperuser: true), try await store.person("bob"))
            var expected: [UUID] = []
            for _ in 0..<3 { expected.append(try await store.queuedRun(by: bob.principal).id) }
            expected.insert(try await store.queuedRun(by: ada.principal).id, at: 0)
            let claimed = try await store.claim(worker: .v7(), limit: 3, silence: .seconds(10))
            #expect(claimed.map(\.run.id) == Array(expected.prefix(3)))
            #expect(
                claimed.allSatisfy {
                    $0.epoch == 1 && $0.lastSequence == 2 && $0.run.attempt == 1 && $0.run.state == .running
                }
            )
        }
    }

    @Test func theRunsOfASilentWorkerAreTakenOver() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (user, first, second) = (try await store.person(), UUID.v7(), UUID.v7())
            let claimed = try await store.claimedRun(worker: first, by: user.principal)
            #expect(try await store.append([claimed.words(["a", "b", "c"])]).isEmpty)
            #expect(try await store.claim(worker: second, limit: 5, silence: .seconds(10)).isEmpty)
            try await store.retire(worker: first)
            let again = try #require(try await store.claim(worker: second, limit: 5, silence: .seconds(10)).first)
            #expect(again.run.id == claimed.run.id)
            #expect(again.epoch == 2)
            #expect(again.lastSequence == 5)
            #expect(again.run.attempt == 2)
            // The one that was thought dead writes no more.
            #expect(try await store.append([claimed.words(["d"], after: 5)]) == [claimed.run.id])
            #expect(try await store.finish(claimed.outcome("abcd", after: 6)) == false)
            #expect(try await store.append([again.words(["x"])]).isEmpty)
            #expect(try await store.finish(again.outcome("x", after: 6)))
            #expect(try await store.events(of: claimed.run.id, after: 0, limit: 100).map(\.sequence) == Array(1...7))
        }
    }

    @Test func appendsThatRaceWithATakeoverLeaveNoGapAndNoDouble() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            for _ in 0..<40 {
                let worker = UUID.v7()
                let claimed = try await store.claimedRun(worker: worker, by: user.principal)
                // The old holder writes on and on; it is declared dead in the midst of it.
                async let writing = { @Sendable () async throws -> Int64 in
                    var last = claimed.lastSequence
                    for _ in 0..<60 {
                        let refused = try await store.append([claimed.words(["old"], after: last)])
                        if !refused.isEmpty { break }
                        last += 1
                    }
                    return last
                }()
                async let taking = { @Sendable () async throws -> ClaimedRun in
                    try await store.retire(worker: worker)
                    while true {
                        let taken = try await store.claim(worker: .v7(), limit: 5, silence: .seconds(10))
                        if let found = taken.first(where: { $0.run.id == claimed.run.id }) { return found }
                    }
                }()
                let (last, taken) = (try await writing, try await taking)
                #expect(taken.lastSequence >= last)
                #expect(try await store.append([taken.words(["new", "new"])]).isEmpty)
                let log = try await store.events(of: claimed.run.id, after: 0, limit: 1000)
                #expect(log.map(\.sequence) == Array(1...taken.lastSequence + 2))
                #expect(log.suffix(2).allSatisfy { $0.data.contains("new") })
                #expect(log.dropLast(2).contains { $0.data.contains("\"new\"") } == false)
                #expect(try await store.finish(taken.outcome("x", after: taken.lastSequence + 2)))
            }
        }
    }

    @Test func manyRunsGoInTogetherAndOnlyTheLostAreRefused() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            var claimed: [ClaimedRun] = []
            for _ in 0..<6 { claimed.append(try await store.claimedRun(by: user.principal)) }
            claimed[2].epoch = 0
            claimed[4].run.id = .v7()
            let refused = try await store.append(claimed.map { $0.words(["a", "b"]) })
            #expect(refused == [claimed[2].run.id, claimed[4].run.id])
            for (index, run) in claimed.enumerated() {
                let events = try await store.events(of: run.run.id, after: 2, limit: 10)
                #expect(events.count == (index == 2 || index == 4 ? 0 : 2))
            }
            // A repetition, as when the answer to the first one got lost, changes nothing.
            #expect(try await store.append([claimed[0].words(["x", "y", "c"])]).isEmpty)
            let log = try await store.events(of: claimed[0].run.id, after: 2, limit: 10)
            #expect(log.map { $0.data.contains("\"content_delta\":\"a\"") } == [true, false, false])
            #expect(log.count == 3)
            #expect(try await store.append([]).isEmpty)
        }
    }

    @Test func eventsComeOutByteForByte() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let claimed = try await store.claimedRun(by: user.principal)
            let words = ["\"quoted\" \\ {curly},", "新しい\n行\t", "\u{1F600}", "\u{7F}\u{1}", "NULL", "", "\\u0000"]
            var sent = claimed.words(words)
            sent.events.append(
                RunEvent(
                    sequence: 10,
                    kind: .usage,
                    data: #"{ "b" : 1.0,  "a":1e3, "a":2}"#,
                    timestamp: Date(timeIntervalSince1970: 1_732_171_234.9999)
                )
            )
            // Every millisecond of a second, as binary fractions fall on either side of it.
            for index in 0..<1000 {
                let time = Date(timeIntervalSince1970: 1_732_171_234 + Double(index) / 1000)
                sent.events.append(
                    RunEvent(sequence: 11 + Int64(index), kind: .contentStream, data: "{}", timestamp: time)
                )
            }
            #expect(try await store.append([sent]).isEmpty)
            let read = try await store.events(of: claimed.run.id, after: 2, limit: 2000)
            #expect(read.map(\.json) == sent.events.map(\.json))
            #expect(try await store.events(of: claimed.run.id, after: 5, limit: 3).map(\.sequence) == [6, 7, 8])
        }
    }

    @Test func aStateTravelsWithItsEvents() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let claimed = try await store.claimedRun(by: user.principal)
            var batch = claimed.words(["x"])
            batch.state = .stopping
            #expect(try await store.append([batch]).isEmpty)
            #expect(try await store.run(claimed.run.id, by: user.principal)?.state == .stopping)
        }
    }

    @Test func onlyWatchedRunsAreAnnounced() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let silent = try await store.claimedRun(by: user.principal)
            let watched = try await store.claimedRun(by: user.principal)
            try await store.watch(run: watched.run.id)
            var announcements = store.announcements().makeAsyncIterator()
            // The first says that we have begun to listen.
            #expect(await announcements.next() == .some(nil))
            #expect(try await store.append([silent.words(["a"]), watched.words(["a"])]).isEmpty)
            #expect(await announcements.next() == watched.run.id)
            #expect(try await store.finish(silent.outcome("a", after: 3)))
            #expect(try await store.finish(watched.outcome("a", after: 3)))
            #expect(await announcements.next() == watched.run.id)
        }
    }

    @Test func aClaimIsQuickWhateverWasBefore() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let run = try await store.queuedRun(by: user.principal)
            try await database.administrator.query(
                """
                insert into runs (
                    run_id, root_run_id, org_id, user_id, conversation_id, agent_id, user_message_id, message_id, state,
                    finished_at
                )
                select id, id, \(user.organisationID), \(user.id), \(run.conversationID), \(run.agentID),
                    gen_random_uuid(), gen_random_uuid(), 'completed', now()
                from (select gen_random_uuid() as id from generate_series(1, 20000)) n
                """
            )
            try await database.administrator.query("analyze runs")
            // As the program asks: row-level security decides which conditions an index may answer.
            let lane: Query = """
                (case when model_id is null then '00000000-0000-0000-0000-000000000000' else model_id end)
                """
            let plan = try await database.application.query(
                """
                explain select user_id from runs
                where state = 'queued' and (user_id, agent_id, \(lane)) > (\(user.id), \(run.agentID), \(run.id))
                order by user_id, agent_id, \(lane) limit 1
                """,
                with: [SessionSetting(name: "alma.system", value: "on")]
            )
            let text = try plan.map { try $0.get(0, as: String.self) }.joined(separator: "\n")
            #expect(text.contains("runs_queue") && text.contains("Index Cond: (ROW("))
            #expect(try await store.claim(worker: .v7(), limit: 10, silence: .seconds(10)).count == 1)
        }
    }
}
