import Engine
import Foundation
import Postgres
import Storage
import Testing

/// Versions of messages and answers: what is shown, what is told, what is counted.
@Suite struct BranchTests {
    @Test func anEditedMessageIsASiblingAndTheOldOneStays() async throws {
        try await TestDatabase.with { database in
            let talk = try await Talk(database.store, "first", "second")
            let first = try await talk.shown()[0]
            let edited = try #require(try await talk.begin(.beside(first.id), "first, otherwise"))
            #expect(try await talk.shown().map(\.content) == ["first, otherwise"])
            #expect(try await talk.told() == [.user("first, otherwise")])
            try await talk.answer("another answer")
            let shown = try await talk.shown()
            #expect(shown.map(\.content) == ["first, otherwise", "another answer"])
            #expect(
                shown[0].versions == [first.id, edited.userMessageID] && shown[0].isEdited && shown[0].editCount == 1
            )
            #expect(!first.isEdited && shown[0].parentMessageID == nil)
            // Of the branch that is not shown nothing is told.
            try await talk.say("and now")
            #expect(
                try await talk.told() == [
                    .user("first, otherwise"), .assistant(text: "another answer", toolCalls: []), .user("and now"),
                ]
            )
            try await talk.answer("so")
            #expect(try await talk.all().map(\.content).count == 8)
            let conversation = try #require(try await talk.conversation())
            #expect(conversation.messageCount == 8 && conversation.title == "first")
            #expect(try await database.store.user(talk.user.id, by: talk.user.principal)?.totalMessages == 8)
        }
    }

    @Test func versionsAreSwitchedWithWhatHangsUnderThem() async throws {
        try await TestDatabase.with { database in
            let talk = try await Talk(database.store, "first", "second", "third")
            let old = try await talk.shown()
            try await talk.begin(.beside(old[2].id), "second, otherwise")
            try await talk.answer("a")
            let new = try await talk.shown()
            #expect(new.map(\.content) == ["first", "first!", "second, otherwise", "a"])
            #expect(try await talk.switchTo(new[2].versions[0])?.leafMessageID == old[5].id)
            #expect(try await talk.shown().map(\.id) == old.map(\.id))
            // A page in the middle goes on up the branch that it is of.
            let page = try await database.store.messages(
                in: talk.id,
                before: new[3].id,
                limit: 2,
                by: talk.user.principal
            )
            #expect(page?.map(\.content) == ["first!", "second, otherwise"])
            #expect(try await talk.switchTo(.v7()) == nil)
            let paged = try await database.store.messages(
                in: talk.id,
                page: Page(number: 2, size: 4),
                ascending: true,
                by: talk.user.principal
            )
            #expect(paged?.items.map(\.content) == ["third", "third!"] && paged?.total == 6)
        }
    }

    @Test func anotherAnswerHasTheSameQuestion() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let talk = try await Talk(store, "first", "second")
            let model = try await store.chatModel("other", by: talk.user.principal)
            let old = try await talk.shown()
            let again = try #require(try await talk.begin(.again(old[1].id), model: model.id))
            #expect(again.userMessageID == old[0].id && again.agentID == Agent.assistantID)
            #expect(try await talk.shown().map(\.id) == [old[0].id])
            #expect(try await talk.told() == [.user("first")])
            try await talk.answer("better")
            #expect(try await talk.shown().map(\.content) == ["first", "better"])
            #expect(try await talk.shown()[1].versions == [old[1].id, again.messageID])
            #expect(try await talk.conversation()?.messageCount == 5)
            // The same agent goes on with the model that was chosen then.
            let third = try #require(try await talk.begin(.again(again.messageID)))
            let row = try await database.administrator.query("select model_id from runs where run_id = \(third.id)")[0]
            #expect(try row.get(0, as: UUID?.self) == model.id)
            // One that ends before its first word leaves the conversation at the question.
            try await talk.answer("", state: .failed)
            #expect(try await talk.shown().map(\.content) == ["first"])
            #expect(try await store.messages(under: old[0].id, in: talk.id, by: talk.user.principal).count == 2)
            #expect(try await store.retry(run: third.id, by: talk.user.principal)?.run.userMessageID == old[0].id)
        }
    }

    @Test func nothingIsSwitchedWhileAnAnswerIsWritten() async throws {
        try await TestDatabase.with { database in
            let talk = try await Talk(database.store, "first")
            let old = try await talk.shown()
            try await talk.begin(.beside(old[0].id), "otherwise")
            for change in [
                { _ = try await talk.begin(.beside(old[0].id), "x") }, { _ = try await talk.begin(.again(old[1].id)) },
                { _ = try await talk.switchTo(old[1].id) }, { _ = try await talk.delete(old[1].id) },
            ] as [@Sendable () async throws -> Void] {
                let error = await #expect(throws: StorageError.self) { try await change() }
                #expect(error?.code == .conflict("run"))
            }
            #expect(try await talk.shown().map(\.content) == ["otherwise"])
        }
    }

    /// Whoever switches in the moment in which an answer ends is either too early or sees it.
    @Test func aSwitchAndTheEndOfARunDoNotMissEachOther() async throws {
        try await TestDatabase.with { database in
            let talk = try await Talk(database.store, "first")
            let old = try await talk.shown()
            for number in 0..<15 {
                let run = try #require(try await talk.begin(.again(old[0].id)))
                async let ended: Void = talk.answer("answer \(number)")
                let switched = try? await talk.switchTo(old[1].id)
                try await ended
                #expect(try await talk.shown().last?.id == (switched == nil ? run.messageID : old[1].id))
            }
            #expect(try await talk.all().count == 17)
        }
    }

    @Test func turnsAndEditsAtOnceMakeOneRun() async throws {
        try await TestDatabase.with { database in
            let talk = try await Talk(database.store, "first")
            let old = try await talk.shown()
            let count = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<12 {
                    group.addTask {
                        let place: TurnPlace = [.end, .beside(old[0].id), .again(old[1].id)][number % 3]
                        return (try? await talk.begin(place, "\(number)")) != nil
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(count == 1)
            #expect(try await database.administrator.query("select from runs").count == 2)
        }
    }

    @Test func aDeletionHidesWhatHangsUnderItAndIsTakenBack() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let talk = try await Talk(store, "first", "second", "third")
            let old = try await talk.shown()
            #expect(try await talk.delete(old[2].id))
            #expect(try await talk.shown().map(\.content) == ["first", "first!"])
            #expect(try await talk.conversation()?.messageCount == 2)
            #expect(try await store.message(old[4].id, in: talk.id, by: talk.user.principal) == nil)
            #expect(try await store.search("third", notIn: nil, limit: 9, by: talk.user.principal).isEmpty)
            #expect(try await talk.delete(old[2].id) == false)
            // What is said next stands beside it.
            try await talk.say("second, otherwise")
            try await talk.answer("a")
            #expect(try await talk.shown().last?.parentMessageID != old[3].id)
            #expect(try await store.isDeleted(old[2].id, in: talk.id, by: talk.user.principal))
            #expect(try await talk.restore(old[3].id) == false)
            #expect(try await talk.restore(old[2].id))
            #expect(try await talk.shown().map(\.id) == old.map(\.id))
            #expect(try await talk.shown()[2].versions.count == 2)
            #expect(try await talk.conversation()?.messageCount == 8)
            #expect(try await talk.restore(old[2].id) == false)
        }
    }

    @Test func whatIsLeftBesideADeletedOneIsShown() async throws {
        try await TestDatabase.with { database in
            let talk = try await Talk(database.store, "first")
            let old = try await talk.shown()
            try await talk.begin(.again(old[0].id))
            try await talk.answer("better")
            let better = try await talk.shown()[1]
            #expect(try await talk.delete(better.id))
            #expect(try await talk.shown().map(\.id) == old.map(\.id))
            #expect(try await talk.delete(old[1].id))
            let said = try await talk.shown()
            #expect(said.map(\.id) == [old[0].id])
            // Of the answers that are hidden nothing is shown, their runs no more than their text.
            let behind = try await database.store.runs(behind: said, in: talk.id, by: talk.user.principal)
            #expect(behind.isEmpty)
            #expect(try await talk.delete(old[0].id))
            #expect(try await talk.shown().isEmpty)
            await #expect(throws: StorageError.self) { try await talk.restore(old[1].id) }
            try await talk.say("anew")
            try await talk.answer("yes")
            #expect(try await talk.shown().map(\.content) == ["anew", "yes"])
            #expect(try await talk.restore(old[0].id))
            #expect(try await talk.shown().map(\.id) == [old[0].id])
        }
    }

    @Test func nobodyElseChangesABranch() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let talk = try await Talk(store, "first")
            let old = try await talk.shown()
            for stranger in [try await store.person("bob"), try await store.person("root", isSuperuser: true)] {
                let by = stranger.principal
                let own = try await store.createConversation(title: nil, by: by)
                #expect(try await store.switchBranch(to: old[0].id, in: talk.id, by: by) == nil)
                #expect(try await store.deleteMessage(old[0].id, in: talk.id, by: by) == false)
                #expect(try await store.restoreMessage(old[0].id, in: talk.id, by: by) == false)
                #expect(try await store.isDeleted(old[0].id, in: talk.id, by: by) == false)
                #expect(try await store.messages(under: old[0].id, in: talk.id, by: by).isEmpty)
                for id in [talk.id, own.id] {
                    for place in [TurnPlace.beside(old[0].id), .again(old[1].id)] {
                        let input = TurnInput(conversationID: id, content: "x", at: place)
                        #expect(try await store.startTurn(input, by: by) == nil)
                    }
                    #expect(try await store.switchBranch(to: old[0].id, in: own.id, by: by) == nil)
                }
            }
            #expect(try await talk.shown() == old)
        }
    }

    /// As the rows are that were written before there were branches.
    @Test func anOldConversationStandsAtItsNewestMessage() async throws {
        try await TestDatabase.with { database in
            let talk = try await Talk(database.store, "first", "second")
            try await database.administrator.query("update conversations set leaf_message_id = null")
            #expect(try await talk.shown().count == 4)
            try await talk.say("third")
            #expect(try await talk.told().count == 5)
            try await talk.answer("third!")
            #expect(try await talk.shown().count == 6)
        }
    }
}

/// A conversation as its person and a worker see it.
private struct Talk: Sendable {
    let store: Store
    let user: User
    let id: UUID

    /// Each of `words` is answered by itself with an exclamation mark.
    init(_ store: Store, _ words: String...) async throws {
        self.store = store
        user = try await store.person()
        id = try await store.createConversation(title: nil, by: user.principal).id
        for word in words {
            try await say(word)
            try await answer(word + "!")
        }
    }

    func say(_ words: String) async throws { _ = try #require(try await begin(.end, words)) }

    @discardableResult
    func begin(_ place: TurnPlace, _ words: String = "", model: UUID? = nil) async throws -> Run? {
        let input = TurnInput(conversationID: id, content: words, at: place, modelID: model)
        return try await store.startTurn(input, by: user.principal)?.run
    }

    func answer(_ words: String, state: RunState = .completed) async throws {
        let claimed = try #require(try await store.claim(worker: .v7(), limit: 1, silence: .seconds(10)).first)
        #expect(try await store.finish(claimed.outcome(words, after: claimed.lastSequence, state: state)))
    }

    /// What the model is told of the run that waits.
    func told() async throws -> [ModelMessage] {
        let run = try #require(try await store.activeRuns(in: id, by: user.principal).first)
        return try await store.brief(for: ClaimedRun(run: run, epoch: 0, lastSequence: 2)).messages
    }

    func shown() async throws -> [Message] {
        try await store.messages(in: id, before: nil, limit: 100, by: user.principal) ?? []
    }

    func all() async throws -> [Message] {
        try await store.messages(in: id, .all, page: Page(size: 100), ascending: true, by: user.principal)?.items ?? []
    }

    func conversation() async throws -> Conversation? { try await store.conversation(id, by: user.principal) }

    func switchTo(_ message: UUID) async throws -> Conversation? {
        try await store.switchBranch(to: message, in: id, by: user.principal)
    }

    func delete(_ message: UUID) async throws -> Bool {
        try await store.deleteMessage(message, in: id, by: user.principal)
    }

    func restore(_ message: UUID) async throws -> Bool {
        try await store.restoreMessage(message, in: id, by: user.principal)
    }
}
