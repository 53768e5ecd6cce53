import Engine
import Foundation
import Postgres
import Storage
import Testing

/// What people write while an answer is under way.
@Suite struct PendingMessageTests {
    private func input(_ conversation: UUID, _ content: String, key: String? = nil) -> TurnInput {
        TurnInput(conversationID: conversation, content: content, idempotencyKey: key)
    }

    private func pending(_ said: SaidMessage?) throws -> PendingMessage {
        guard case .pending(let message, _) = said else { throw Unexpected() }
        return message
    }

    private struct Unexpected: Error {}

    private func contents(_ store: Store, _ conversation: UUID, _ user: User) async throws -> [String] {
        try await store.messages(in: conversation, before: nil, limit: 50, by: user.principal)?.map(\.content) ?? []
    }

    @Test func aQueuedMessageIsTheNextTurn() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let claimed = try await store.claimedRun(by: ada.principal)
            let talk = claimed.run.conversationID
            let first = try await pending(store.say(input(talk, "One", key: "k"), mode: .queue, by: ada.principal))
            #expect(
                try await pending(store.say(input(talk, "One", key: "k"), mode: .queue, by: ada.principal)) == first
            )
            await #expect(throws: StorageError.self) {
                try await store.say(input(talk, "Other", key: "k"), mode: .queue, by: ada.principal)
            }
            _ = try await store.say(input(talk, "Two"), mode: .queue, by: ada.principal)
            #expect(try await store.settlePending() == false)
            #expect(try await store.finish(claimed.outcome("Done.", after: claimed.lastSequence)))
            // The end itself has begun the next turn, and of all who look nobody begins it again.
            #expect(try await store.settlePending(in: talk) == false)
            let run = try #require(try await store.activeRuns(in: talk, by: ada.principal).first)
            #expect(try await contents(store, talk, ada) == ["Hello", "Done.", "One"])
            #expect(try await store.pendingMessages(in: talk, by: ada.principal)?.map(\.content) == ["Two"])
            guard
                case .turn(let start) = try await store.say(
                    input(talk, "One", key: "k"),
                    mode: .queue,
                    by: ada.principal
                )
            else { throw Unexpected() }
            #expect(start.run.id == run.id && !start.isNew)
        }
    }

    /// Waiting makes no person of it: nobody sits there.
    @Test func aProgramsMessageIsAProgramsWhenItsTurnComes() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            var priorities: [Int] = []
            for asker in [ada.principal.program, ada.principal] {
                let claimed = try await store.claimedRun(by: asker)
                let talk = claimed.run.conversationID
                _ = try await store.say(input(talk, "One"), mode: .queue, by: asker)
                #expect(try await store.finish(claimed.outcome("Done.", after: claimed.lastSequence)))
                let rows = try await database.administrator.query(
                    "select priority from runs where conversation_id = \(talk) order by run_id"
                )
                priorities += try rows.map { try $0.get(0, as: Int.self) }
                try await database.administrator.query(
                    "update runs set state = 'failed', finished_at = now() where finished_at is null"
                )
            }
            #expect(priorities == [5, 5, 7, 7])
        }
    }

    /// An agent that is tried out need not be switched on: not for the first message, and not for one that waits.
    @Test func whoeverIsTriedOutIsSpokenToWhileTheyAnswer() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            var draft = AgentDraft(name: "maker", displayName: "Maker", instruction: "Make.")
            draft.isActive = false
            let agent = try await store.createAgent(draft, by: ada.principal)
            let talk = try #require(try await store.beginTest(of: agent.id, title: "Try", by: ada.principal))
            var said = input(talk.id, "One")
            said.agentID = agent.id
            let start = try #require(try await store.startTurn(said, by: ada.principal))
            said = input(talk.id, "Two")
            said.agentID = agent.id
            _ = try await pending(store.say(said, mode: .queue, by: ada.principal))
            let claimed = try #require(try await store.claim(worker: .v7(), limit: 1, silence: .seconds(60)).first)
            #expect(claimed.run.id == start.run.id && claimed.run.agentID == agent.id)
            #expect(try await store.finish(claimed.outcome("Done.", after: claimed.lastSequence)))
            #expect(try await store.activeRuns(in: talk.id, by: ada.principal).map(\.agentID) == [agent.id])
            // Elsewhere it is switched off.
            var elsewhere = input(try await store.createConversation(title: nil, by: ada.principal).id, "Three")
            elsewhere.agentID = agent.id
            await #expect(throws: StorageError.self) { try await store.startTurn(elsewhere, by: ada.principal) }
        }
    }

    @Test func inAnOrganisationThatWasDeletedNothingBegins() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let claimed = try await store.claimedRun(by: ada.principal)
            let talk = claimed.run.conversationID
            _ = try await store.say(input(talk, "One"), mode: .queue, by: ada.principal)
            try await database.administrator.query("update organisations set is_personal = false, deleted_at = now()")
            #expect(try await store.finish(claimed.outcome("Done.", after: claimed.lastSequence)))
            #expect(try await store.settlePending() == false)
            try await database.administrator.query("update organisations set deleted_at = null")
            #expect(try await store.settlePending())
        }
    }

    @Test func aMessageWhoseKeyBecameAnothersIsHeldAndKeepsNobodyWaiting() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let claimed = try await store.claimedRun(by: ada.principal)
            let talk = claimed.run.conversationID
            let other = try await store.claimedRun(by: ada.principal)
            let waits = try await pending(store.say(input(talk, "One", key: "k"), mode: .queue, by: ada.principal))
            _ = try await store.say(input(other.run.conversationID, "Next"), mode: .queue, by: ada.principal)
            // Its key is used for a turn elsewhere meanwhile.
            let elsewhere = try await store.createConversation(title: nil, by: ada.principal)
            _ = try await store.startTurn(input(elsewhere.id, "Other", key: "k"), by: ada.principal)
            try await database.administrator.query(
                "update runs set state = 'failed', finished_at = now(), lease_owner = null where lease_owner is not null"
            )
            try await store.settlePending()
            let held = try await store.pendingMessages(in: talk, by: ada.principal)
            #expect(held?.map(\.id) == [waits.id] && held?.first?.isHeld == true)
            #expect(try await contents(store, other.run.conversationID, ada).last == "Next")
            guard case .turn = try await store.dispatchPending(waits.id, in: talk, by: ada.principal) else {
                throw Unexpected()
            }
            #expect(try await contents(store, talk, ada).last == "One")
        }
    }

    @Test func whoeverLooksAtTheSameMomentBeginsOneTurn() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            for _ in 0..<5 {
                let claimed = try await store.claimedRun(by: ada.principal)
                let talk = claimed.run.conversationID
                _ = try await store.say(input(talk, "One"), mode: .queue, by: ada.principal)
                // As if the end had been stored, and the process had died before the next turn.
                try await database.administrator.query(
                    "update runs set state = 'completed', finished_at = now(), lease_owner = null where run_id = \(claimed.run.id)"
                )
                async let one = store.settlePending()
                async let other = store.settlePending(in: talk)
                let begun = try await [one, other]
                #expect(begun.contains(true))
                #expect(try await store.activeRuns(in: talk, by: ada.principal).count == 1)
                #expect(try await store.pendingMessages(in: talk, by: ada.principal)?.isEmpty == true)
                #expect(try await contents(store, talk, ada) == ["Hello", "One"])
            }
        }
    }

    @Test func aStopHoldsWhatWaits() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let claimed = try await store.claimedRun(by: ada.principal)
            let talk = claimed.run.conversationID
            let one = try await pending(store.say(input(talk, "One"), mode: .queue, by: ada.principal))
            let two = try await pending(store.say(input(talk, "Two"), mode: .steer, by: ada.principal))
            #expect(two.runID == claimed.run.id)
            #expect(try await store.finish(claimed.outcome("So far", after: claimed.lastSequence, state: .cancelled)))
            #expect(try await store.activeRuns(in: talk, by: ada.principal).isEmpty)
            #expect(try await store.pendingMessages(in: talk, by: ada.principal)?.map(\.isHeld) == [true, true])
            #expect(try await store.settlePending() == false)
            // The next turn starts clean, and what is held stays where it is.
            let next = try await store.startTurn(input(talk, "Three"), by: ada.principal)
            #expect(next != nil)
            guard case .pending = try await store.dispatchPending(one.id, in: talk, by: ada.principal) else {
                throw Unexpected()
            }
            #expect(try await store.pendingMessages(in: talk, by: ada.principal)?.map(\.isHeld) == [false, true])
            let again = try #require(try await store.claim(worker: .v7(), limit: 5, silence: .seconds(9)).first)
            #expect(try await store.finish(again.outcome("Done.", after: again.lastSequence)))
            #expect(try await contents(store, talk, ada).last == "One")
            #expect(try await store.discardPending(two.id, in: talk, by: ada.principal))
            #expect(try await store.discardPending(two.id, in: talk, by: ada.principal) == false)
        }
    }

    @Test func whatIsSaidIntoARunStandsBeforeItsAnswer() async throws {
        try await TestDatabase.with { database in
            let (store, worker) = (database.store, UUID.v7())
            let ada = try await store.person()
            let claimed = try await store.claimedRun(worker: worker, by: ada.principal)
            let (run, talk) = (claimed.run, claimed.run.conversationID)
            for words in ["Be quick", "And short"] {
                _ = try await store.say(input(talk, words), mode: .steer, by: ada.principal)
            }
            #expect(try await store.heartbeat(worker: worker) == [RunWish(run: run.id, isSteered: true)])
            var stale = claimed
            stale.epoch -= 1
            #expect(try await store.takeSteering(of: stale, after: 1).isEmpty)
            #expect(try await store.takeSteering(of: claimed, after: 1).map(\.content) == ["Be quick", "And short"])
            _ = try await store.say(input(talk, "Please"), mode: .steer, by: ada.principal)
            #expect(try await store.takeSteering(of: claimed, after: 2).map(\.content) == ["Please"])
            #expect(try await store.takeSteering(of: claimed, after: 3).isEmpty)
            #expect(try await store.brief(for: claimed).steering.map(\.step) == [1, 1, 2])
            #expect(try await store.pendingMessages(in: talk, by: ada.principal)?.isEmpty == true)
            #expect(try await store.finish(claimed.outcome("Done.", after: claimed.lastSequence)))
            #expect(try await contents(store, talk, ada) == ["Hello", "Be quick", "And short", "Please", "Done."])
            // Whoever answers next is told it in this order, each once.
            _ = try await store.startTurn(input(talk, "Next"), by: ada.principal)
            let next = try #require(try await store.claim(worker: worker, limit: 5, silence: .seconds(9)).first)
            let told = try await store.brief(for: next).messages.map { message in
                switch message {
                case .system(let text), .user(let text, _), .assistant(let text, _), .toolResult(_, _, let text, _):
                    text
                }
            }
            #expect(told == ["Hello", "Be quick", "And short", "Please", "Done.", "Next"])
            #expect(try await store.user(ada.id, by: ada.principal)?.totalMessages == 5)
            _ = try await store.settlePending()
            let rows = try await database.administrator.query("select from pending_messages")
            #expect(rows.isEmpty)
        }
    }

    /// What waits is no message of the conversation yet. Once an answer has taken it in, its key brings its id.
    @Test func whatWasTakenInIsKnownByItsMessage() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let claimed = try await store.claimedRun(by: ada.principal)
            let said = input(claimed.run.conversationID, "Be quick", key: "k")
            let waiting = try await pending(store.say(said, mode: .steer, by: ada.principal))
            #expect(waiting.messageID == nil)
            let heard = try #require(try await store.takeSteering(of: claimed, after: 1).first)
            let taken = try await pending(store.say(said, mode: .steer, by: ada.principal))
            #expect(taken.id == waiting.id && taken.messageID == heard.id)
            #expect(heard.id != waiting.id, "its place among the messages is found when it is taken in")
        }
    }

    @Test func anIdleConversationIsSimplyToldAndAFullOneRefuses() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, bob) = (try await store.person("ada"), try await store.person("bob"))
            let talk = try await store.createConversation(title: nil, by: ada.principal).id
            #expect(try await store.say(input(talk, "Hi"), mode: .steer, by: bob.principal) == nil)
            guard case .turn = try await store.say(input(talk, "Hi"), mode: .steer, by: ada.principal) else {
                throw Unexpected()
            }
            var last: PendingMessage?
            for number in 0..<20 {
                last = try await pending(store.say(input(talk, "\(number)"), mode: .queue, by: ada.principal))
            }
            await #expect(throws: StorageError.self) {
                try await store.say(input(talk, "Too much"), mode: .queue, by: ada.principal)
            }
            var foreign = input(talk, "x")
            foreign.agentID = .v7()
            await #expect(throws: StorageError.self) { try await store.say(foreign, mode: .queue, by: ada.principal) }
            let message = try #require(last)
            #expect(try await store.pendingMessages(in: talk, by: bob.principal) == nil)
            #expect(try await store.discardPending(message.id, in: talk, by: bob.principal) == false)
            #expect(try await store.dispatchPending(message.id, in: talk, by: bob.principal) == nil)
        }
    }
}
