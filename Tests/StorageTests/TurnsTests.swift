import Engine
import Foundation
import Postgres
import Storage
import Testing

/// Turns: how a run begins, once, and how it is called off or tried again.
@Suite struct TurnsTests {
    @Test func aTurnIsAMessageARunAndTwoEvents() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let conversation = try await store.createConversation(title: nil, by: user.principal)
            let input = TurnInput(
                conversationID: conversation.id,
                content: "\n  First line that is rather long and goes on until it is cut somewhere\nsecond",
                temporaryMessageID: #"temp "1""#
            )
            let start = try #require(try await store.startTurn(input, by: user.principal))
            #expect(start.isNew)
            #expect(start.run.state == .queued)
            #expect(start.run.agentID == Agent.assistantID)
            #expect(start.run.messageID > start.run.userMessageID)
            #expect(try await store.run(start.run.id, by: user.principal) == start.run)
            #expect(try await store.activeRuns(in: conversation.id, by: user.principal) == [start.run])
            let said = try await store.messages(in: conversation.id, before: nil, limit: 9, by: user.principal) ?? []
            let runs = try await store.runs(behind: said, in: conversation.id, by: user.principal)
            #expect(runs.map(\.run) == [start.run] && runs.map(\.isWritten) == [false])
            let events = try #require(try await store.events(of: start.run.id, after: 0, limit: 10, by: user.principal))
            #expect(events.map(\.sequence) == [1, 2])
            #expect(events.map(\.kind) == [.messageReceived, .runStatus])
            #expect(events[0].data.contains(#""temp_message_id":"temp \"1\"""#))
            #expect(events[1].data.contains(#""state":"queued""#))
            let found = try #require(try await store.conversation(conversation.id, by: user.principal))
            #expect(found.title == "First line that is rather long and goes on until it is cut …")
            #expect(found.title.count == 60)
            #expect(found.messageCount == 1)
            #expect(found.activeRunState == .queued)
        }
    }

    @Test func whatCannotBeSentIsNotSent() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let conversation = try await store.createConversation(title: nil, by: user.principal)
            func code(_ change: (inout TurnInput) -> Void) async throws -> StorageError.Code? {
                var input = TurnInput(conversationID: conversation.id, content: "x")
                change(&input)
                do {
                    _ = try await store.startTurn(input, by: user.principal)
                    return nil
                } catch let error as StorageError {
                    return error.code
                }
            }
            #expect(try await code { $0.content = " \n" } == .invalid("content"))
            #expect(
                try await code { $0.content = String(repeating: "x", count: 256 * 1024 + 1) } == .invalid("content")
            )
            #expect(try await code { $0.content = "a\0b" } == .invalid("content"))
            #expect(try await code { $0.agentID = .v7() } == .invalid("agent_id"))
            #expect(try await code { $0.modelID = .v7() } == .invalid("model_id"))
            #expect(try await code { $0.idempotencyKey = "" } == .invalid("idempotency_key"))
            let missing = TurnInput(conversationID: .v7(), content: "x")
            #expect(try await store.startTurn(missing, by: user.principal) == nil)
            #expect(
                try await store.startTurn(TurnInput(conversationID: conversation.id, content: "x"), by: .system) == nil
            )
            for table in ["messages", "runs", "run_events"] {
                #expect(try await database.administrator.query("select from \(unescaped: table)").isEmpty)
            }
            #expect(try await code { $0.content = String(repeating: "x", count: 256 * 1024) } == nil)
        }
    }

    @Test func aConversationHasOneTurnAtATime() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let conversation = try await store.createConversation(title: nil, by: user.principal)
            let outcomes = try await withThrowingTaskGroup(of: StorageError.Code?.self) { group in
                for index in 0..<12 {
                    group.addTask {
                        do {
                            _ = try await store.startTurn(
                                TurnInput(conversationID: conversation.id, content: "\(index)"),
                                by: user.principal
                            )
                            return nil
                        } catch let error as StorageError {
                            return error.code
                        }
                    }
                }
                return try await group.reduce(into: [StorageError.Code?]()) { $0.append($1) }
            }
            #expect(outcomes.filter { $0 == nil }.count == 1)
            #expect(outcomes.filter { $0 == .conflict("run") }.count == 11)
            #expect(try await database.administrator.query("select from messages").count == 1)
            #expect(try await database.administrator.query("select from run_events").count == 2)
            #expect(try await store.conversation(conversation.id, by: user.principal)?.messageCount == 1)
        }
    }

    /// The form of the home page, sent by fingers that are quicker than the server.
    @Test func aTurnThatBeginsAConversationBeginsOne() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let runs = try await withThrowingTaskGroup(of: Run?.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        let conversation = try await store.createConversation(title: nil, by: user.principal)
                        let input = TurnInput(
                            conversationID: conversation.id,
                            content: "once",
                            idempotencyKey: "key",
                            beginsConversation: true
                        )
                        return try await store.startTurn(input, by: user.principal)?.run
                    }
                }
                return try await group.reduce(into: [Run?]()) { $0.append($1) }
            }
            #expect(Set(runs.map { $0?.conversationID }).count == 1 && runs.first??.state == .queued)
            #expect(try await database.administrator.query("select from runs").count == 1)
        }
    }

    @Test func oneKeyIsOneRunHoweverManySendIt() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let conversation = try await store.createConversation(title: nil, by: user.principal)
            let input = TurnInput(conversationID: conversation.id, content: "once", idempotencyKey: "key")
            let starts = try await withThrowingTaskGroup(of: TurnStart?.self) { group in
                for _ in 0..<20 { group.addTask { try await store.startTurn(input, by: user.principal) } }
                return try await group.reduce(into: [TurnStart?]()) { $0.append($1) }
            }
            #expect(Set(starts.map { $0?.run.id }).count == 1)
            #expect(starts.filter { $0?.isNew == true }.count == 1)
            #expect(try await database.administrator.query("select from messages").count == 1)
            var other = input
            other.content = "twice"
            do {
                _ = try await store.startTurn(other, by: user.principal)
                Issue.record("another body with the same key")
            } catch let error as StorageError {
                #expect(error.code == .conflict("idempotency_key"))
            }
            // The key is the person's own.
            let bob = try await store.person("bob")
            let his = try await store.createConversation(title: nil, by: bob.principal)
            let start = try await store.startTurn(
                TurnInput(conversationID: his.id, content: "once", idempotencyKey: "key"),
                by: bob.principal
            )
            #expect(start?.isNew == true)
        }
    }

    @Test func aQueuedRunIsCancelledAtOnce() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let run = try await store.queuedRun(by: user.principal)
            let cancelled = try await store.requestCancellation(of: run.id, by: user.principal)
            #expect(cancelled?.state == .cancelled)
            #expect(cancelled?.finishedAt != nil)
            let events = try await store.events(of: run.id, after: 2, limit: 10)
            #expect(events.map(\.sequence) == [3])
            #expect(events[0].endsRun)
            let again = try await store.requestCancellation(of: run.id, by: user.principal)
            #expect(again == cancelled)
            #expect(try await store.events(of: run.id, after: 2, limit: 10).count == 1)
            #expect(try await store.claim(worker: .v7(), limit: 10, silence: .seconds(10)).isEmpty)
            #expect(try await store.requestCancellation(of: .v7(), by: user.principal) == nil)
        }
    }

    @Test func aRunningRunIsMarkedAndItsWorkerHears() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (user, worker) = (try await store.person(), UUID.v7())
            let claimed = try await store.claimedRun(worker: worker, by: user.principal)
            #expect(try await store.heartbeat(worker: worker) == [])
            #expect(try await store.requestCancellation(of: claimed.run.id, by: user.principal)?.state == .stopping)
            #expect(try await store.heartbeat(worker: worker) == [RunWish(run: claimed.run.id, isCancelled: true)])
            #expect(try await store.heartbeat(worker: .v7()) == [])
            #expect(try await store.finish(claimed.outcome("", after: 2, state: .cancelled)))
            #expect(try await store.heartbeat(worker: worker) == [])
            // Cancelled before its first word: no message.
            #expect(try await database.administrator.query("select from messages").count == 1)
        }
    }

    @Test func claimsAndCancellationsDoNotMissEachOther() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (user, worker) = (try await store.person(), UUID.v7())
            for _ in 0..<20 {
                let run = try await store.queuedRun(by: user.principal)
                async let cancelled = store.requestCancellation(of: run.id, by: user.principal)
                async let claimed = store.claim(worker: worker, limit: 1, silence: .seconds(10))
                let (state, isClaimed) = (try await cancelled?.state, try await !claimed.isEmpty)
                #expect(state == (isClaimed ? .stopping : .cancelled))
                if isClaimed {
                    #expect(try await store.heartbeat(worker: worker).contains { $0.run == run.id && $0.isCancelled })
                }
            }
        }
    }

    @Test func aFailedRunIsTriedAgain() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let claimed = try await store.claimedRun(by: user.principal)
            await #expect(throws: StorageError.self) { try await store.retry(run: claimed.run.id, by: user.principal) }
            #expect(try await store.finish(claimed.outcome("half an ans", after: 2, state: .failed)))
            let retry = try #require(try await store.retry(run: claimed.run.id, by: user.principal))
            #expect(retry.run.userMessageID == claimed.run.userMessageID)
            #expect(retry.run.messageID != claimed.run.messageID)
            #expect(
                try await store.events(of: retry.run.id, after: 0, limit: 5).map(\.kind) == [
                    .messageReceived, .runStatus,
                ]
            )
            await #expect(throws: StorageError.self) { try await store.retry(run: claimed.run.id, by: user.principal) }
            #expect(try await store.retry(run: .v7(), by: user.principal) == nil)
            let second = try #require(try await store.claim(worker: .v7(), limit: 1, silence: .seconds(10)).first)
            // What failed is not told to the model.
            #expect(try await store.brief(for: second).messages == [.user("Hello")])
            #expect(try await store.finish(second.outcome("whole", after: 2)))
            await #expect(throws: StorageError.self) { try await store.retry(run: claimed.run.id, by: user.principal) }
        }
    }

    @Test func titlesAreCutBetweenCharacters() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let family = "👨‍👩‍👧‍👦"
            let conversation = try await store.createConversation(title: nil, by: user.principal)
            let input = TurnInput(conversationID: conversation.id, content: String(repeating: family, count: 80))
            _ = try await store.startTurn(input, by: user.principal)
            let title = try #require(try await store.conversation(conversation.id, by: user.principal)?.title)
            #expect(title.unicodeScalars.count <= 200)
            #expect(title.hasPrefix(family))
        }
    }
}
