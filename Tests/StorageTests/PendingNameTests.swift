import Engine
import Foundation
import Postgres
import Storage
import Testing

/// The keys and names of messages that waited: as good, and for as long, as those of a turn.
@Suite struct PendingNameTests {
    private func input(_ conversation: UUID, _ content: String) -> TurnInput {
        TurnInput(conversationID: conversation, content: content, temporaryMessageID: "mine", idempotencyKey: "k")
    }

    private func turn(_ said: SaidMessage?) throws -> TurnStart {
        guard case .turn(let start) = said else { throw Unexpected() }
        return start
    }

    private struct Unexpected: Error {}

    @Test func whatWasTakenInIsKnownWhenItsAnswerIsOver() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let claimed = try await store.claimedRun(by: ada.principal)
            let (run, said) = (claimed.run, input(claimed.run.conversationID, "Be quick"))
            _ = try await store.say(said, mode: .steer, by: ada.principal)
            let heard = try #require(try await store.takeSteering(of: claimed, after: 1).first)
            #expect(heard.temporaryID == "mine")
            #expect(try await store.brief(for: claimed).steering == [heard])
            // The answer is under way yet.
            let during = try #require(try await store.startTurn(said, by: ada.principal))
            #expect(during.run.id == run.id && !during.isNew && during.messageID == heard.id)
            #expect(try await store.finish(claimed.outcome("Done.", after: claimed.lastSequence)))
            for isForgotten in [false, true] {
                if isForgotten { try await store.settlePending() }
                let known = [
                    try await turn(store.say(said, mode: .steer, by: ada.principal)),
                    try await turn(store.say(said, mode: .queue, by: ada.principal)),
                    try #require(try await store.startTurn(said, by: ada.principal)),
                ]
                #expect(known.allSatisfy { $0.run.id == run.id && !$0.isNew && $0.messageID == heard.id })
                #expect(known.allSatisfy { $0.run.state == .completed })
                await #expect(throws: StorageError.self) {
                    try await store.say(input(run.conversationID, "Other"), mode: .steer, by: ada.principal)
                }
                await #expect(throws: StorageError.self) {
                    try await store.startTurn(input(run.conversationID, "Other"), by: ada.principal)
                }
                #expect(try await store.run(withKey: "k", by: ada.principal)?.id == run.id)
            }
            // While the next answer is under way it is no news either.
            var next = input(run.conversationID, "Next")
            next.idempotencyKey = nil
            _ = try await store.startTurn(next, by: ada.principal)
            #expect(try await turn(store.say(said, mode: .queue, by: ada.principal)).run.id == run.id)
            let messages = try await store.messages(in: run.conversationID, before: nil, limit: 50, by: ada.principal)
            #expect(messages?.map(\.content) == ["Hello", "Be quick", "Done.", "Next"])
        }
    }

    /// However many wait, and whatever is gone since: what a new message would be refused for is no matter.
    @Test func whatIsKnownIsNotRefusedAsANewMessage() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let talk = try await store.createConversation(title: nil, by: ada.principal).id
            let draft = AgentDraft(name: "maker", displayName: "Maker", instruction: "Make.")
            let agent = try await store.createAgent(draft, by: ada.principal).id
            var first = TurnInput(conversationID: talk, content: "Hello", idempotencyKey: "first")
            first.agentID = agent
            let run = try #require(try await store.startTurn(first, by: ada.principal)).run.id
            let claimed = try #require(try await store.claim(worker: .v7(), limit: 1, silence: .seconds(60)).first)
            var said = input(talk, "Be quick")
            said.agentID = agent
            _ = try await store.say(said, mode: .steer, by: ada.principal)
            #expect(try await store.takeSteering(of: claimed, after: 1).count == 1)
            #expect(try await store.finish(claimed.outcome("Done.", after: claimed.lastSequence)))
            // Another answer is under way, before which as many wait as may.
            _ = try await store.startTurn(TurnInput(conversationID: talk, content: "Next"), by: ada.principal)
            for number in 0..<20 {
                let next = TurnInput(conversationID: talk, content: "\(number)")
                _ = try await store.say(next, mode: .queue, by: ada.principal)
            }
            for isAgentGone in [false, true] {
                if isAgentGone {
                    try await database.administrator.query(
                        "update agents set status = 'disabled' where agent_id = \(agent)"
                    )
                }
                for known in [first, said] {
                    let start = try await turn(store.say(known, mode: .queue, by: ada.principal))
                    #expect(start.run.id == run && !start.isNew)
                }
            }
        }
    }

    /// The message stands in the conversation, where it can be deleted: nothing else holds its words.
    @Test func ofWhatWasTakenInOnlyTheKeyStays() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let claimed = try await store.claimedRun(by: ada.principal)
            let talk = claimed.run.conversationID
            _ = try await store.say(input(talk, "Be quick"), mode: .steer, by: ada.principal)
            _ = try await store.say(
                TurnInput(conversationID: talk, content: "Without a key"),
                mode: .steer,
                by: ada.principal
            )
            #expect(try await store.takeSteering(of: claimed, after: 1).count == 2)
            #expect(try await store.finish(claimed.outcome("Done.", after: claimed.lastSequence)))
            try await store.settlePending()
            let kept = try await database.administrator.query("select idempotency_key, content from pending_messages")
            #expect(try kept.map { try $0.get("idempotency_key", as: String.self) } == ["k"])
            // Empty rather than null, which servers of the version before cannot read.
            #expect(try kept.map { try $0.get("content", as: String?.self) } == [""])
            #expect(try await store.deleteConversation(talk, by: ada.principal))
            #expect(try await database.administrator.query("select from pending_messages").isEmpty)
        }
    }

    @Test func whatIsQueuedKeepsItsNameWhenItsTurnBegins() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let claimed = try await store.claimedRun(by: ada.principal)
            let talk = claimed.run.conversationID
            _ = try await store.say(input(talk, "Next"), mode: .queue, by: ada.principal)
            #expect(try await store.finish(claimed.outcome("Done.", after: claimed.lastSequence)))
            let run = try #require(try await store.activeRuns(in: talk, by: ada.principal).first)
            let log = try await store.events(of: run.id, after: 0, limit: 10, by: ada.principal)
            #expect(log?.first?.data.contains(#""temp_message_id":"mine""#) == true)
        }
    }

    /// A person's keys are their own in all organisations, and what is in another one is not seen from here.
    @Test func aKeyThatIsKnownElsewhereKeepsNobodyTrying() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, bob) = (try await store.person("ada"), try await store.person("bob"))
            let claimed = try await store.claimedRun(by: ada.principal)
            let said = input(claimed.run.conversationID, "Be quick")
            _ = try await store.say(said, mode: .steer, by: ada.principal)
            try await database.administrator.query(
                "update pending_messages set org_id = \(bob.organisationID), is_held = true"
            )
            do {
                _ = try await store.say(said, mode: .steer, by: ada.principal)
                Issue.record("it is said under a key that is taken")
            } catch let error as StorageError {
                #expect(error.code == .conflict("idempotency_key"))
            }
        }
    }
}
