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
                case .user(let text, _), .assistant(let text, _): String(text.prefix(2))
                case .system, .toolResult: ""
                }
            }
            #expect(told == ["a2", "3x", "a3", "4x"])
        }
    }
}
