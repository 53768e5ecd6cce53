import Engine
import Foundation
import Postgres
import Storage
import Testing

/// What runs are told around their messages.
@Suite struct ContextTests {
    @Test func allLayersComeWithTheBrief() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            try await database.administrator.batch([
                "update users set preferences = '{\"about\": \"I am an engineer.\"}', language = 'zh-CN'"
            ])
            let root = try await store.person("root", isSuperuser: true)
            #expect(try await store.setInstructions(instance: "Mine.", organisation: nil, by: ada.principal) == false)
            #expect(try await store.setInstructions(instance: "Be kind.", organisation: "x", by: root.principal))
            #expect(
                try await store.setInstructions(instance: nil, organisation: "We build bridges.", by: ada.principal)
            )
            let told = try await store.instructions(by: root.principal)
            #expect(told == Instructions(instance: "Be kind.", organisation: "x"))
            let claimed = try await store.claimedRun(by: ada.principal)
            let context = try await store.brief(for: claimed).context
            #expect(context.instance == "Be kind.")
            #expect(context.organisation == "We build bridges.")
            #expect(context.person == .init(language: "zh-CN", timeZone: "UTC+8:00", about: "I am an engineer."))
            #expect(context.summary == nil && !context.isCut)
        }
    }

    @Test func windowsComeWithTheCandidates() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let model = try await store.chatModel(by: ada.principal)
            try await database.administrator.batch([
                "update models set context_window = 4096, max_tokens = 512",
                "update organisations set default_model_id = \(model.id)",
            ])
            let candidate = try #require(
                try await store.brief(for: try await store.claimedRun(by: ada.principal)).candidates.first
            )
            #expect(candidate.contextWindow == 4096)
            #expect(candidate.maximumTokens == 512)
        }
    }

    @Test func theNewestSummaryOfTheWayCounts() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let conversation = try await store.createConversation(title: nil, by: ada.principal)
            var ids: [UUID] = []
            for turn in 1...3 {
                _ = try await store.startTurn(
                    TurnInput(conversationID: conversation.id, content: "Question \(turn)"),
                    by: ada.principal
                )
                let claimed = try #require(try await store.claim(worker: .v7(), limit: 9, silence: .seconds(10)).first)
                ids += [claimed.run.userMessageID, claimed.run.messageID]
                if turn < 3 { #expect(try await store.finish(claimed.outcome("Answer \(turn)", after: 2))) }
                guard turn == 3 else { continue }
                for (id, text) in [(ids[0], "one"), (ids[3], "four"), (UUID.v7(), "of another branch")] {
                    try await database.administrator.query(
                        """
                        insert into conversation_summaries (conversation_id, up_to_message_id, org_id, user_id, content, model_name)
                        values (\(conversation.id), \(id), \(claimed.run.organisationID), \(ada.id), \(text), 'demo')
                        """
                    )
                }
                let brief = try await store.brief(for: claimed)
                #expect(brief.messages.count == 5)
                #expect(brief.context.summary == .init(text: "four", covers: 4))
            }
        }
    }

    @Test func largeResultsAreTheirOwnersAndTheirConversations() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, bob) = (try await store.person("ada"), try await store.person("bob"))
            let claimed = try await store.claimedRun(by: ada.principal)
            let id = claimed.run.id
            #expect(try await store.keep("large \0", resultOf: "call_1", of: claimed))
            #expect(try await store.keep("large \0", resultOf: "call_1", of: claimed))
            #expect(try await store.toolResult("call_1", of: id, by: ada.principal) == "large \u{FFFD}")
            #expect(try await store.toolResult("call_1", of: id, by: bob.principal) == nil)
            #expect(try await store.toolResult("call_2", of: id, by: ada.principal) == nil)
            let other = try await store.claimedRun(by: ada.principal)
            #expect(try await store.toolResult("call_1", of: other.run.id, by: ada.principal) == nil)
            var late = claimed
            late.epoch -= 1
            #expect(try await store.keep("late", resultOf: "call_1", of: late) == false)
            // Row-level security by itself.
            let seen = try await database.application.query(
                "select from tool_results",
                with: [
                    SessionSetting(name: "alma.user", value: bob.id.text),
                    SessionSetting(name: "alma.org", value: bob.organisationID.text),
                ]
            )
            #expect(seen.isEmpty)
            #expect(try await store.deleteConversation(claimed.run.conversationID, by: ada.principal))
            #expect(try await database.administrator.query("select from tool_results").isEmpty)
        }
    }

    @Test func whatAForkHasChangedIsReadFromItsLog() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let claimed = try await store.claimedRun(by: ada.principal)
            let id = claimed.run.id
            #expect(try await store.keep("large", resultOf: "call_1", of: claimed))
            func append(_ sequence: Int64, _ data: String) async throws {
                let event = RunEvent(sequence: sequence, kind: .toolResult, data: data, timestamp: Date())
                _ = try await store.append([EventBatch(run: id, epoch: claimed.epoch, events: [event])])
            }
            try await append(3, #"{"call_id":"call_1","result":"lar","success":true,"result_bytes":5}"#)
            #expect(try await store.toolResult("call_1", of: id, by: ada.principal) == "large")
            try await append(4, #"{"call_id":"call_1","result":"mine","success":true,"changed":true}"#)
            #expect(try await store.toolResult("call_1", of: id, by: ada.principal) == "mine")
        }
    }

    @Test func smallResultsAreReadFromTheLog() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let claimed = try await store.claimedRun(by: ada.principal)
            let event = RunEvent(
                sequence: 3,
                kind: .toolResult,
                data: #"{"call_id":"call_7","result":"small \u0000 result","success":true}"#,
                timestamp: Date()
            )
            _ = try await store.append([EventBatch(run: claimed.run.id, epoch: claimed.epoch, events: [event])])
            #expect(try await store.toolResult("call_7", of: claimed.run.id, by: ada.principal) == "small \0 result")
        }
    }
}
