import Engine
import Foundation
import Postgres
import Storage
import Testing

/// What was said is found by its words.
@Suite struct MessageSearchTests {
    private func hits(_ store: Store, _ question: MessageQuestion, by user: User) async throws -> Paged<MessageHit> {
        try await store.searchMessages(question, page: Page(), by: user.principal)
    }

    @Test func allWordsMustBeThereAndAreMarked() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, bob) = (try await store.person("ada"), try await store.person("bob"))
            let run = try await store.queuedRun("The Queue fell over\nafter the failover: 100% gone", by: ada.principal)
            _ = try await store.queuedRun("Only the queue", by: ada.principal)
            _ = try await store.queuedRun("The queue and the failover are Bob's", by: bob.principal)
            let found = try await hits(store, MessageQuestion(text: "  queue FAILOVER "), by: ada)
            #expect(found.total == 1)
            let hit = try #require(found.items.first)
            #expect(hit.messageID == run.userMessageID && hit.conversationID == run.conversationID)
            #expect(hit.excerpt == "The Queue fell over after the failover: 100% gone")
            #expect(hit.parts.filter(\.isMatch).map(\.text) == ["Queue", "failover"])
            #expect(try await hits(store, MessageQuestion(text: "queue"), by: ada).total == 2)
            #expect(
                try await hits(store, MessageQuestion(text: "queue", notIn: run.conversationID), by: ada).total == 1
            )
            for nothing in ["", " \n", "q_eue", "fail%"] {
                #expect(try await hits(store, MessageQuestion(text: nothing), by: ada).total == 0)
            }
            #expect(try await hits(store, MessageQuestion(text: "queue", role: "assistant"), by: ada).total == 0)
            let other = try await store.queuedRun("x", by: bob.principal)
            let foreign = MessageQuestion(text: "x", conversationID: other.conversationID)
            #expect(try await hits(store, foreign, by: ada).total == 0)
        }
    }

    @Test func wordsOfLanguagesWithoutBlanksAreFoundWhereTheyStand() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person("ada")
            let long = String(repeating: "前面的话很长。", count: 60)
            _ = try await store.queuedRun(long + "我们星期二见面，讨论队列的问题。" + long, by: ada.principal)
            let hit = try #require(try await hits(store, MessageQuestion(text: "星期二 队列"), by: ada).items.first)
            #expect(hit.parts.filter(\.isMatch).map(\.text) == ["星期二", "队列"])
            #expect(hit.excerpt.hasPrefix("… ") && hit.excerpt.hasSuffix(" …") && hit.excerpt.count < 320)
            #expect(try await hits(store, MessageQuestion(text: "星期三"), by: ada).total == 0)
        }
    }

    @Test func aPageHoldsItsPartAndTheConversationOpensThere() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person("ada")
            for number in 0..<5 { _ = try await store.queuedRun("needle \(number)", by: ada.principal) }
            let question = MessageQuestion(text: "needle")
            let second = try await store.searchMessages(question, page: Page(number: 2, size: 2), by: ada.principal)
            #expect(second.total == 5 && second.items.map(\.excerpt) == ["needle 2", "needle 1"])
            let hit = try #require(second.items.first)
            // It is the last of what is shown.
            #expect(try await store.placeBehind(hit.messageID, in: hit.conversationID, by: ada.principal) == nil)
        }
    }

    @Test func whereAgentsAreTriedOutIsSearchedWhenItIsNamed() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person("ada")
            let draft = AgentDraft(name: "host", displayName: "Host", instruction: "Be kind.")
            let agent = try await store.createAgent(draft, by: ada.principal)
            let talk = try #require(try await store.beginTest(of: agent.id, title: "Test", by: ada.principal))
            let turn = TurnInput(conversationID: talk.id, content: "a trial of words", agentID: agent.id)
            _ = try await store.startTurn(turn, by: ada.principal)
            #expect(try await hits(store, MessageQuestion(text: "trial"), by: ada).total == 0)
            #expect(try await store.search("trial", notIn: nil, limit: 5, by: ada.principal).isEmpty)
            let named = MessageQuestion(text: "trial", conversationID: talk.id)
            #expect(try await hits(store, named, by: ada).total == 1)
            // One for each agent and person, in no list and no total.
            #expect(try await store.beginTest(of: agent.id, title: "Again", by: ada.principal)?.id == talk.id)
            let eve = try await store.person("eve")
            #expect(try await store.beginTest(of: agent.id, title: "Hers", by: eve.principal) == nil)
            #expect(try await store.testConversation(of: agent.id, by: eve.principal) == nil)
            // Nor does who may use it try it out: that is its maker's.
            let shared = AgentDraft(name: "all", displayName: "All", instruction: "Be kind.", isShared: true)
            let colleague = Principal.member(user: eve.id, organisation: ada.organisationID, isSuperuser: false)
            let theirs = try await store.createAgent(shared, by: ada.principal)
            #expect(try await store.agent(theirs.id, by: colleague) != nil)
            #expect(try await store.beginTest(of: theirs.id, title: "Hers", by: colleague) == nil)
            #expect(try await store.beginTest(of: Agent.assistantID, title: "Hers", by: eve.principal) == nil)
            for isArchived in [nil, false, true] {
                let list = try await store.conversations(
                    search: nil,
                    isArchived: isArchived,
                    page: Page(),
                    by: ada.principal
                )
                #expect(list.items.isEmpty && list.total == 0)
            }
            _ = try await store.updateConversation(talk.id, isArchived: true, by: ada.principal)
            #expect(try await store.deleteConversation(talk.id, by: ada.principal))
            _ = try await store.createConversation(title: nil, by: ada.principal)
            let list = try await store.conversations(search: nil, isArchived: nil, page: Page(), by: ada.principal)
            #expect(list.total == 1)
            let archive = try await store.conversations(search: nil, isArchived: true, page: Page(), by: ada.principal)
            #expect(archive.total == 0)
        }
    }
}
