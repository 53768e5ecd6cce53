import Engine
import Foundation
import Postgres
import Storage
import Testing

/// What is to be kept no longer goes, and nothing else.
@Suite struct RetentionTests {
    @Test func oldConversationsGoUnlessTheyArePinnedOrAtWork() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, root) = (try await store.person("ada"), try await store.person("root", isSuperuser: true))
            var ids: [UUID] = []
            for _ in 0..<4 { ids.append(try await store.createConversation(title: nil, by: ada.principal).id) }
            let atWork = try await store.queuedRun(by: ada.principal).conversationID
            let old = [ids[0], ids[1], atWork]
            let pinned = ids[1]
            try await database.administrator.query(
                "update conversations set last_message_at = now() - interval '40 days' where conversation_id = any(\(old)::uuid[])"
            )
            try await database.administrator.query(
                "update conversations set is_pinned = true where conversation_id = \(pinned)"
            )
            let preview = try await store.retentionCounts(conversationDays: 30, logDays: nil, by: root.principal)
            #expect(preview == RetentionCounts(conversations: 1, logs: 0))
            #expect(try await store.retentionCounts(conversationDays: 30, logDays: nil, by: ada.principal) == nil)
            #expect(try await store.applyRetention() == RetentionCounts(conversations: 0, logs: 0), "no rule, no loss")
            var settings = try await store.instanceSettings()
            settings.conversationDays = 30
            let none = InstanceSettings()
            #expect(try await store.setInstanceSettings(settings, known: none, by: ada.principal) == false)
            #expect(try await store.setInstanceSettings(settings, known: none, by: root.principal))
            #expect(try await store.applyRetention() == RetentionCounts(conversations: 1, logs: 0))
            // Whoever changes one thing leaves alone what others have changed since they looked.
            let seen = try await store.instanceSettings()
            try await store.setRegistrationMode(.open, by: .system)
            var announced = seen
            announced.announcement = "Tonight"
            #expect(try await store.setInstanceSettings(announced, known: seen, by: root.principal))
            let now = try await store.instanceSettings()
            #expect(now.registration == .open && now.announcement == "Tonight" && now.conversationDays == 30)
            let left = try await store.conversations(search: nil, isArchived: nil, page: Page(), by: ada.principal)
            #expect(Set(left.items.map(\.id)) == Set(ids[1...] + [atWork]) && left.total == 4)
        }
    }

    @Test func oldLogsGo() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, root) = (try await store.person("ada"), try await store.person("root", isSuperuser: true))
            // Keys are in the order of time: one of long ago, one of now.
            for run in ["01900000-0000-7000-8000-00000000000a", UUID.v7().text] {
                try await database.administrator.query(
                    """
                    insert into tool_calls (
                        run_id, call_id, org_id, user_id, conversation_id, agent_id, tool_name, input_bytes, result_digest,
                        result_bytes, decision, succeeded, is_cached, seconds, called_at
                    ) values (
                        \(run)::uuid, 'c', \(ada.organisationID), \(ada.id), \(UUID.v7()), \(UUID.v7()), 'clock', 0,
                        sha256(''), 0, 'allowed', true, false, 1, now()
                    )
                    """
                )
            }
            #expect(try await store.retentionCounts(conversationDays: nil, logDays: 30, by: root.principal)?.logs == 1)
            var settings = try await store.instanceSettings()
            settings.logDays = 30
            #expect(try await store.setInstanceSettings(settings, known: InstanceSettings(), by: root.principal))
            #expect(try await store.applyRetention().logs == 1)
            #expect(try await store.toolCalls(ToolCallFilter(), page: Page(), by: ada.principal).total == 1)
        }
    }
}
