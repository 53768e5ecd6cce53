import Engine
import Foundation
import Postgres
import Storage
import Testing

/// Titles and summaries on their way into the store.
@Suite struct WritingTaskTests {
    private let worker = UUID.v7()

    private func ended(_ claimed: ClaimedRun, in store: Store, wants: Writing) async throws {
        var outcome = claimed.outcome("Because of arches.", after: claimed.lastSequence)
        outcome.writing = wants
        #expect(try await store.finish(outcome))
    }

    private func claim(_ store: Store, by worker: UUID? = nil) async throws -> [WritingTask] {
        let worker = worker ?? self.worker
        _ = try await store.heartbeat(worker: worker)
        return try await store.claimWriting(worker: worker, limit: 5, silence: .seconds(10))
    }

    private func notes(_ change: (inout WrittenNotes) -> Void) -> WrittenNotes {
        var notes = WrittenNotes()
        notes.isDone = true
        change(&notes)
        return notes
    }

    @Test func whatItsWorkerCouldNotStoreIsTakenUpAgain() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let claimed = try await store.claimedRun(by: ada.principal)
            try await ended(claimed, in: store, wants: .title)
            #expect(try await claim(store).map(\.attempt) == [1])
            #expect(try await claim(store).map(\.attempt) == [2])
        }
    }

    @Test func aTitleIsWrittenOnceAndPaid() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let claimed = try await store.claimedRun(by: ada.principal)
            #expect(try await store.brief(for: claimed).needsTitle)
            try await ended(claimed, in: store, wants: .title)
            #expect(try await store.isWriting(about: claimed.run.conversationID, by: ada.principal))
            let task = try #require(try await claim(store).first)
            #expect(task.wants == .title && task.attempt == 1)
            #expect(try await claim(store, by: .v7()).isEmpty)
            let brief = try await store.brief(for: task)
            #expect(
                brief.messages == [.user("Hello"), .assistant(text: "Because of arches.", toolCalls: [])]
            )
            #expect(brief.ids == [claimed.run.userMessageID, claimed.run.messageID])
            let cost = UsageRecord(
                modelID: .v7(),
                modelName: "m",
                tokens: TokenUsage(input: 5, output: 2),
                responseTime: 1,
                succeeded: true
            )
            let written = notes {
                $0.title = "Arches \0"
                $0.line = "On arches."
                $0.usage = [cost]
            }
            try await store.finish(task, written, by: .v7())
            // Somebody else has the task by now; what was paid was paid.
            #expect(try await database.administrator.query("select from usage_records").count == 1)
            #expect(
                try await store.conversation(claimed.run.conversationID, by: ada.principal)?.title
                    == "Hello"
            )
            try await store.finish(task, written, by: worker)
            let named = try await store.conversation(claimed.run.conversationID, by: ada.principal)
            #expect(named?.title == "Arches \u{FFFD}")
            #expect(named?.summary == "On arches.")
            #expect(try await !store.isWriting(about: claimed.run.conversationID, by: ada.principal))
            let paid = try await database.administrator.query(
                "select run_id, input_tokens from usage_records"
            )
            #expect(try paid.map { try $0.get("run_id", as: UUID.self) } == [claimed.run.id])
            #expect(try await claim(store).isEmpty)
        }
    }

    @Test func whatAPersonHasNamedStays() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let claimed = try await store.claimedRun(by: ada.principal)
            let id = claimed.run.conversationID
            try await ended(claimed, in: store, wants: .title)
            let task = try #require(try await claim(store).first)
            // Saved as it is, it is nobody's yet.
            _ = try await store.updateConversation(id, title: "Hello", by: ada.principal)
            _ = try await store.updateConversation(id, title: "Mine", by: ada.principal)
            try await store.finish(task, notes { $0.title = "Theirs" }, by: worker)
            #expect(try await store.conversation(id, by: ada.principal)?.title == "Mine")
            let named = try await store.createConversation(title: "Named", by: ada.principal)
            _ = try await store.startTurn(
                TurnInput(conversationID: named.id, content: "x"),
                by: ada.principal
            )
            let next = try #require(
                try await store.claim(worker: .v7(), limit: 1, silence: .seconds(10)).first
            )
            #expect(try await store.brief(for: next).needsTitle == false)
        }
    }

    @Test func aDeadWorkersTaskIsTakenUpAndAFailedOneRests() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let claimed = try await store.claimedRun(by: ada.principal)
            try await ended(claimed, in: store, wants: [.title, .summary])
            #expect(try await claim(store).count == 1)
            try await store.retire(worker: worker)
            let heir = UUID.v7()
            let task = try #require(try await claim(store, by: heir).first)
            #expect(task.attempt == 2 && task.wants == [.title, .summary])
            try await store.finish(task, WrittenNotes(), by: heir)
            // Later.
            #expect(try await claim(store).isEmpty)
            try await database.administrator.query("update writing_tasks set due_at = now(), attempt = 3")
            let last = try #require(try await claim(store).first)
            try await store.finish(last, WrittenNotes(), by: worker)
            #expect(try await database.administrator.query("select from writing_tasks").isEmpty)
        }
    }

    @Test func aSummaryIsKeptAndUsed() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, bob) = (try await store.person("ada"), try await store.person("bob"))
            let claimed = try await store.claimedRun(by: ada.principal)
            let id = claimed.run.conversationID
            try await ended(claimed, in: store, wants: .summary)
            let task = try #require(try await claim(store).first)
            let written = notes {
                $0.summary = .init(upTo: claimed.run.messageID, text: "Arches.", model: "m")
            }
            // Another turn has ended meanwhile and asks, too: it is not forgotten.
            _ = try await store.startTurn(
                TurnInput(conversationID: id, content: "And?"),
                by: ada.principal
            )
            let next = try #require(
                try await store.claim(worker: .v7(), limit: 1, silence: .seconds(10)).first
            )
            try await ended(next, in: store, wants: .summary)
            try await store.finish(task, written, by: worker)
            #expect(try await store.isWriting(about: id, by: ada.principal))
            #expect(try await !store.isWriting(about: id, by: bob.principal))
            let again = try #require(try await claim(store).first)
            #expect(again.run.id == next.run.id)
            #expect(try await store.brief(for: again).summary == .init(text: "Arches.", covers: 2))
            #expect(try await store.deleteConversation(id, by: ada.principal))
            #expect(try await database.administrator.query("select from conversation_summaries").isEmpty)
            #expect(try await database.administrator.query("select from writing_tasks").isEmpty)
        }
    }
}
