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

    @Test func anEndIsStoredOnceWithAllThatBelongsToIt() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let claimed = try await store.claimedRun(by: user.principal)
            var outcome = claimed.outcome("The \0 answer", after: 2)
            outcome.metadata = #"{"model":"demo","note":"\u0000 and \\u0000"}"#
            outcome.usage = [
                UsageRecord(
                    modelID: .v7(),
                    modelName: "demo",
                    tokens: TokenUsage(input: 10, output: 20, cached: 5),
                    cost: Decimal(string: "0.001234"),
                    currency: "USD",
                    responseTime: 1.5,
                    firstTokenTime: 0.2,
                    succeeded: true
                ),
                UsageRecord(
                    modelID: .v7(),
                    modelName: "free",
                    tokens: TokenUsage(input: 1, output: 2),
                    responseTime: 1,
                    succeeded: false
                ),
            ]
            #expect(try await store.finish(outcome))
            // The answer to the first one may have got lost.
            #expect(try await store.finish(outcome))
            #expect(try await store.finish(claimed.outcome("other", after: 2, state: .failed)) == false)
            let usage = try await database.administrator.query("select * from usage_records order by usage_id")
            #expect(usage.count == 2)
            #expect(try usage.map { try $0.get("cost", as: Decimal?.self) }.contains(Decimal(string: "0.001234")))
            #expect(try usage[0].get("org_id", as: UUID.self) == user.organisationID)
            let message = try await store.message(
                claimed.run.messageID,
                in: claimed.run.conversationID,
                by: user.principal
            )
            #expect(message?.content == "The \u{FFFD} answer")
            #expect(message?.modelMetadata == #"{"note": "\#u{FFFD} and \\u0000", "model": "demo"}"#)
            #expect(try await store.run(claimed.run.id, by: user.principal)?.state == .completed)
            #expect(try await store.conversation(claimed.run.conversationID, by: user.principal)?.messageCount == 2)
            #expect(try await store.append([claimed.words(["late"], after: 3)]) == [claimed.run.id])
        }
    }

    @Test func endsOfTheSameMomentAreStoredButForTheOneThatCannotBe() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let people = [try await store.person("ada"), try await store.person("bob")]
            var claimed: [ClaimedRun] = []
            for index in 0..<40 { claimed.append(try await store.claimedRun(by: people[index % 2].principal)) }
            claimed[7].epoch = 0
            let runs = claimed
            let answers = await withTaskGroup(of: (Int, Bool?).self) { group in
                for (index, run) in runs.enumerated() {
                    group.addTask {
                        var outcome = run.outcome("answer", after: 2)
                        if index == 13 { outcome.metadata = "{" }
                        return (index, try? await store.finish(outcome))
                    }
                }
                return await group.reduce(into: [Int: Bool?]()) { $0[$1.0] = $1.1 }
            }
            #expect(answers.filter { $0.value == true }.count == 38)
            #expect(answers[7] == .some(false))
            #expect(answers[13] == .some(nil))
            for (index, run) in runs.enumerated() {
                let state = try await store.run(run.run.id, by: people[index % 2].principal)?.state
                #expect(state == (index == 7 || index == 13 ? .running : .completed))
            }
        }
    }

    @Test func writingOnInTheMomentOfTheEndDisturbsNobody() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let conversation = try await store.createConversation(title: nil, by: user.principal)
            let first = TurnInput(conversationID: conversation.id, content: "first")
            _ = try await store.startTurn(first, by: user.principal)
            var turns = 1
            for index in 0..<25 {
                let claimed = try #require(try await store.claim(worker: .v7(), limit: 1, silence: .seconds(10)).first)
                async let finished = store.finish(claimed.outcome("answer", after: 2))
                // Until it is taken: whoever types is told to wait, and tries again.
                while true {
                    let next = TurnInput(conversationID: conversation.id, content: "\(index)")
                    do {
                        #expect(try await store.startTurn(next, by: user.principal)?.isNew == true)
                        break
                    } catch let error as StorageError where error.code == .conflict("run") {}
                }
                #expect(try await finished)
                turns += 1
            }
            #expect(try await store.conversation(conversation.id, by: user.principal)?.messageCount == turns * 2 - 1)
            let deadlocks = try await database.administrator.query(
                "select deadlocks from pg_stat_database where datname = current_database()"
            )
            #expect(try deadlocks[0].get(0, as: Int.self) == 0)
        }
    }

    @Test func aBriefTellsWhatTheRunNeeds() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            #expect(try await store.brief(for: store.claimedRun(by: user.principal)).candidates.isEmpty)
            let first = try await store.chatModel("default", by: user.principal)
            var ids: [UUID] = []
            for name in ["chosen", "second", "third", "off"] {
                let model = try await store.createModel(
                    llmID: first.llmID,
                    name: name,
                    displayName: name,
                    pricing: #"{"input_tokens":0.03,"output_tokens":0.06,"currency":"EUR","per_1k_tokens":true}"#,
                    by: user.principal
                )
                ids.append(try #require(model?.id))
            }
            try await store.setFallbacks([ids[2], ids[3], ids[1], first.id], by: user.principal)
            _ = try await store.updateModel(
                ids[3],
                displayName: nil,
                contextWindow: nil,
                maxTokens: nil,
                pricing: nil,
                isActive: false,
                by: user.principal
            )
            let plain = try await store.brief(for: store.claimedRun(by: user.principal))
            #expect(plain.candidates.map(\.name) == ["default", "third", "second"])
            let conversation = try await store.createConversation(title: nil, by: user.principal)
            let input = TurnInput(conversationID: conversation.id, content: "Hello", modelID: ids[0])
            _ = try await store.startTurn(input, by: user.principal)
            let claimed = try #require(try await store.claim(worker: .v7(), limit: 1, silence: .seconds(10)).first)
            let brief = try await store.brief(for: claimed)
            #expect(brief.candidates.map(\.name) == ["chosen", "third", "second", "default"])
            #expect(brief.candidates[0].price == .init(input: 30, output: 60, currency: "EUR"))
            #expect(brief.candidates[3].price == nil)
            #expect(brief.agentName == "Assistant")
            #expect(brief.instruction.isEmpty == false)
            #expect(brief.messages == [.user("Hello")])
        }
    }

    @Test func aBriefIsBoundedAndKeepsTheQuestion() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let conversation = try await store.createConversation(title: nil, by: user.principal)
            var last: RunBrief?
            for index in 0..<5 {
                let content = "\(index)" + String(repeating: "x", count: 150_000)
                _ = try await store.startTurn(
                    TurnInput(conversationID: conversation.id, content: content),
                    by: user.principal
                )
                let claimed = try #require(try await store.claim(worker: .v7(), limit: 1, silence: .seconds(10)).first)
                last = try await store.brief(for: claimed)
                #expect(try await store.finish(claimed.outcome("a\(index)", after: 2)))
            }
            let told = last?.messages.map { message in
                switch message {
                case .user(let text), .assistant(let text, _): String(text.prefix(2))
                case .toolResult: ""
                }
            }
            #expect(told == ["a2", "3x", "a3", "4x"])
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
