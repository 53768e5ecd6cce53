import Engine
import Foundation
import Postgres
import Storage
import Testing

/// What a run is told before it calls its model.
@Suite struct RunBriefTests {
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
            let fallbacks = ModelChoice(fallbacks: [ids[2], ids[3], ids[1], first.id])
            try await store.choose(fallbacks, by: user.principal, address: nil)
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

    /// Those that are asked for while others are on their way go together; each gets what is its own.
    @Test func manyAtOnceAreNotMixedUp() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let worker = UUID.v7()
            var expected: [UUID: RunBrief] = [:]
            var claimed: [ClaimedRun] = []
            for name in ["ada", "bob", "eve"] {
                let person = try await store.person(name)
                _ = try await store.chatModel("model of \(name)", by: person.principal)
                for turn in 0..<4 {
                    let conversation = try await store.createConversation(title: nil, by: person.principal)
                    for number in 0...turn {
                        let input = TurnInput(conversationID: conversation.id, content: "\(name) \(turn) \(number)")
                        _ = try await store.startTurn(input, by: person.principal)
                        let run = try #require(
                            try await store.claim(worker: worker, limit: 1, silence: .seconds(10)).first
                        )
                        if number < turn {
                            #expect(try await store.finish(run.outcome("answer \(number)", after: 2)))
                        } else {
                            claimed.append(run)
                            expected[run.run.id] = try await store.brief(for: run)
                        }
                    }
                }
            }
            let briefs = try await withThrowingTaskGroup(of: (UUID, RunBrief).self) { group in
                for run in claimed { group.addTask { (run.run.id, try await store.brief(for: run)) } }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            #expect(briefs.count == 12)
            for (run, brief) in briefs {
                let alone = try #require(expected[run])
                #expect(
                    brief.messages == alone.messages && brief.candidates.map(\.name) == alone.candidates.map(\.name)
                )
                #expect(brief.tools == alone.tools && brief.context.person == alone.context.person)
                #expect(brief.team.colleagues.map(\.id) == alone.team.colleagues.map(\.id))
            }
            #expect(Set(briefs.values.map { $0.messages.count }) == [1, 3, 5, 7])
        }
    }

    /// One of them that nobody can tell anything of does not keep the others.
    @Test func oneThatIsGoneKeepsNobodyElse() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let person = try await store.person()
            let run = try await store.claimedRun(by: person.principal)
            var gone = try await store.claimedRun(by: person.principal)
            gone.run.agentID = .v7()
            let (there, missing) = (run, gone)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        let name = try await store.brief(for: there).agentName
                        #expect(name == "Assistant")
                    }
                    group.addTask {
                        await #expect(throws: StorageError.self) { try await store.brief(for: missing) }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    /// What one run keeps and nobody can read ends that run, at once, and none of those that are asked for with it.
    @Test func oneThatCannotBeReadKeepsNobodyElse() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let person = try await store.person()
            let there = try await store.claimedRun(by: person.principal)
            let unreadable = try await store.claimedRun(by: person.principal)
            let deep = String(repeating: "[", count: 600) + String(repeating: "]", count: 600)
            try await database.administrator.query(
                """
                insert into conversation_variables (conversation_id, name, org_id, user_id, value)
                values (\(unreadable.run.conversationID), 'deep', \(person.organisationID), \(person.id), \(JSONText(deep))::json)
                """
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        let name = try await store.brief(for: there).agentName
                        #expect(name == "Assistant")
                    }
                    group.addTask {
                        let error = await #expect(throws: StorageError.self) { try await store.brief(for: unreadable) }
                        #expect(error?.isTransient == false)
                    }
                }
                try await group.waitForAll()
            }
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
                case .user(let text, _), .assistant(let text, _): String(text.prefix(2))
                case .system, .toolResult: ""
                }
            }
            #expect(told == ["a2", "3x", "a3", "4x"])
        }
    }
}
