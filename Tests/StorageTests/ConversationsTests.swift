import Engine
import Foundation
import Postgres
import Storage
import Testing

/// Conversations and their messages, as lists and one by one.
@Suite struct ConversationsTests {
    @Test func aConversationIsMadeChangedAndDeleted() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let made = try await store.createConversation(
                title: " Python ",
                tags: ["python", "学习"],
                metadata: #"{"topic":"programming"}"#,
                by: user.principal
            )
            #expect(made.title == "Python")
            #expect(made.tags == ["python", "学习"])
            #expect(try await store.conversation(made.id, by: user.principal) == made)
            let changed = try await store.updateConversation(made.id, title: "New", isPinned: true, by: user.principal)
            #expect(changed?.title == "New")
            #expect(changed?.isPinned == true)
            #expect(changed?.tags == made.tags && changed?.metadata == made.metadata)
            #expect(try await store.createConversation(title: nil, by: user.principal).title == Conversation.untitled)
            #expect(try await store.deleteConversation(made.id, by: user.principal))
            #expect(try await store.deleteConversation(made.id, by: user.principal) == false)
            #expect(try await store.conversation(made.id, by: user.principal) == nil)
            #expect(try await store.updateConversation(made.id, title: "x", by: user.principal) == nil)
            for (field, title, tags) in [("title", String(repeating: "x", count: 201), []), ("tags", "x", [""])] {
                do {
                    _ = try await store.createConversation(title: title, tags: tags, by: user.principal)
                    Issue.record("taken: \(field)")
                } catch let error as StorageError {
                    #expect(error.code == .invalid(field))
                }
            }
        }
    }

    @Test func metadataIsReplacedWhole() async throws {
        try await TestDatabase.with { database in
            let (store, user) = (database.store, try await database.store.person())
            let made = try await store.createConversation(title: "x", metadata: #"{"a":1,"b":2}"#, by: user.principal)
            func change(_ metadata: String) async throws -> Conversation? {
                try await store.updateConversation(made.id, metadata: metadata, by: user.principal)
            }
            #expect(try await change(#"{"c":3}"#)?.metadata == #"{"c": 3}"#)
            #expect(try await change("{}")?.metadata == "{}")
            for wrong in ["[]", "x", #"{"a":"\#(String(repeating: "x", count: 65_536))"}"#] {
                do {
                    _ = try await change(wrong)
                    Issue.record("taken: \(wrong.prefix(10))")
                } catch let error as StorageError {
                    #expect(error.code == .invalid("metadata"))
                }
            }
            #expect(try await store.conversation(made.id, by: user.principal)?.metadata == "{}")
        }
    }

    @Test func theServerLearnsWhichNobodyHas() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (one, other) = (try await store.person(), try await store.person("other"))
            let kept = try await store.createConversation(title: "kept", by: one.principal).id
            let others = try await store.createConversation(title: "another's", by: other.principal).id
            let deleted = try await store.createConversation(title: "deleted", by: one.principal).id
            #expect(try await store.deleteConversation(deleted, by: one.principal))
            let never = UUID()
            let missing = try await store.missing(conversations: [kept, deleted, others, never])
            #expect(Set(missing) == [deleted, never])
            #expect(try await store.missing(conversations: [kept, others]) == [])
            #expect(try await store.missing(conversations: []) == [])
        }
    }

    @Test func totalsFollowWhatHappens() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            var ids: [UUID] = []
            for index in 0..<5 {
                ids.append(try await store.createConversation(title: "\(index)", by: user.principal).id)
            }
            _ = try await store.updateConversation(ids[0], isArchived: true, by: user.principal)
            _ = try await store.updateConversation(ids[0], isArchived: true, by: user.principal)
            _ = try await store.updateConversation(ids[1], isArchived: true, by: user.principal)
            _ = try await store.deleteConversation(ids[1], by: user.principal)
            _ = try await store.deleteConversation(ids[2], by: user.principal)
            func total(_ isArchived: Bool?, _ search: String? = nil) async throws -> Int {
                let page = Page(number: 1, size: 2)
                let list = try await store.conversations(
                    search: search,
                    isArchived: isArchived,
                    page: page,
                    by: user.principal
                )
                let json = try await store.conversationsJSON(
                    search: search,
                    isArchived: isArchived,
                    page: page,
                    by: user.principal
                )
                #expect(list.total == json.total)
                return list.total
            }
            #expect(try await total(nil) == 3)
            #expect(try await total(true) == 1)
            #expect(try await total(false) == 2)
            #expect(try await total(nil, "3") == 1)
            #expect(try await store.user(user.id, by: user.principal)?.totalConversations == 3)
        }
    }

    @Test func pagesAndCursorsWalkTheSameWay() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            for index in 0..<23 {
                let made = try await store.createConversation(title: "\(index)", by: user.principal)
                if index % 7 == 0 {
                    _ = try await store.updateConversation(made.id, isPinned: true, by: user.principal)
                }
                if index % 5 == 0 {
                    _ = try await store.updateConversation(made.id, isArchived: true, by: user.principal)
                }
            }
            for isArchived in [nil, false, true] as [Bool?] {
                var byPage: [UUID] = []
                for number in 1...6 {
                    byPage += try await store.conversations(
                        search: nil,
                        isArchived: isArchived,
                        page: Page(number: number, size: 4),
                        by: user.principal
                    ).items.map(\.id)
                }
                var byCursor: [UUID] = []
                var cursor: ConversationCursor?
                repeat {
                    let found = try await store.conversations(
                        after: cursor,
                        limit: 4,
                        isArchived: isArchived,
                        by: user.principal
                    )
                    byCursor += found.items.map(\.id)
                    cursor = found.next.flatMap { ConversationCursor(text: $0.text) }
                    #expect(cursor == found.next)
                } while cursor != nil
                #expect(byPage == byCursor)
                #expect(Set(byPage).count == byPage.count)
                #expect(byPage.count == [nil: 23, true: 5, false: 18][isArchived])
            }
            let first = try await store.conversations(
                search: nil,
                isArchived: nil,
                page: Page(number: 1, size: 5),
                by: user.principal
            )
            #expect(first.items.map(\.isPinned) == [true, true, true, true, false])
            #expect(first.items[0].title == "21")
            for text in ["", "x", "p-1-x", "q-1-\(UUID())", "p-zzzzzzzzzzzzzzzzz-\(UUID())"] {
                #expect(ConversationCursor(text: text) == nil)
            }
        }
    }

    @Test func theJSONIsThatOfTheDocument() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            #expect(
                try await store.conversationsJSON(search: nil, isArchived: nil, page: Page(), by: user.principal).json
                    == "[]"
            )
            let made = try await store.createConversation(title: #"A "quoted" 标题"#, tags: ["x"], by: user.principal)
            let found = try await store.conversationsJSON(
                search: nil,
                isArchived: nil,
                page: Page(),
                by: user.principal
            )
            let items = try JSONSerialization.jsonObject(with: Data(found.json.utf8)) as? [[String: Any]]
            let item = try #require(items?.first)
            #expect(item["conversation_id"] as? String == made.id.text)
            #expect(item["title"] as? String == #"A "quoted" 标题"#)
            #expect(item["last_message_at"] is NSNull)
            #expect(item["tags"] as? [String] == ["x"])
            #expect(item["message_count"] as? Int == 0)
            let created = try #require(item["created_at"] as? String)
            #expect(created.wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/#) != nil)
            #expect(item["test_agent_id"] is NSNull)
            #expect(item.count == 12)
        }
    }

    @Test func searchTakesSignsLiterally() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            for title in ["100% sure", "100 percent", "a_b", "aXb", #"back\slash"#, "Ünïcode 中文"] {
                _ = try await store.createConversation(title: title, by: user.principal)
            }
            func titles(_ search: String) async throws -> [String] {
                try await store.conversations(search: search, isArchived: nil, page: Page(), by: user.principal).items
                    .map(\.title)
            }
            #expect(try await titles("100%") == ["100% sure"])
            #expect(try await titles("a_b") == ["a_b"])
            #expect(try await titles(#"k\s"#) == [#"back\slash"#])
            #expect(try await titles("中文") == ["Ünïcode 中文"])
            #expect(try await titles("SURE") == ["100% sure"])
            #expect(try await titles(" ").count == 6)
            #expect(try await titles("x\0y").isEmpty)
        }
    }

    @Test func messagesComeInPagesAndFromTheEnd() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let conversation = try await store.createConversation(title: nil, by: user.principal)
            for index in 0..<5 {
                let input = TurnInput(conversationID: conversation.id, content: "question \(index)")
                let start = try #require(try await store.startTurn(input, by: user.principal))
                let claimed = try #require(try await store.claim(worker: .v7(), limit: 1, silence: .seconds(10)).first)
                #expect(claimed.run.id == start.run.id)
                #expect(try await store.finish(claimed.outcome("answer \(index)", after: 2)))
            }
            let all = try await store.messages(
                in: conversation.id,
                page: Page(size: 100),
                ascending: true,
                by: user.principal
            )
            let expected = (0..<5).flatMap { ["question \($0)", "answer \($0)"] }
            #expect(all?.items.map(\.content) == expected)
            #expect(all?.total == 10)
            #expect(all?.items[1].parentMessageID == all?.items[0].id)
            #expect(all?.items[2].parentMessageID == all?.items[1].id)
            let last = try await store.messages(
                in: conversation.id,
                page: Page(number: 2, size: 3),
                ascending: false,
                by: user.principal
            )
            #expect(last?.items.map(\.content) == ["question 3", "answer 2", "question 2"])
            let newest = try #require(
                try await store.messages(in: conversation.id, before: nil, limit: 3, by: user.principal)
            )
            #expect(newest.map(\.content) == ["answer 3", "question 4", "answer 4"])
            let older = try await store.messages(
                in: conversation.id,
                before: newest[0].id,
                limit: 2,
                by: user.principal
            )
            #expect(older?.map(\.content) == ["answer 2", "question 3"])
            let one = try await store.message(newest[2].id, in: conversation.id, by: user.principal)
            #expect(one == newest[2])
            #expect(one?.modelMetadata == #"{"model": "demo"}"#)
            #expect(try await store.messages(in: .v7(), page: Page(), ascending: true, by: user.principal) == nil)
            let after = try await store.conversation(conversation.id, by: user.principal)
            #expect(after?.messageCount == 10)
            #expect(after?.title == "question 0")
            #expect(after?.lastMessageAt != nil)
            #expect(try await store.user(user.id, by: user.principal)?.totalMessages == 10)
            let assistant = try await store.agent(Agent.assistantID, by: user.principal)
            #expect(assistant?.usageCount == 5)
            #expect(assistant?.successRate == 1)
        }
    }

    @Test func aDeletedConversationTakesEverythingAlong() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let kept = try await store.queuedRun(by: user.principal)
            let claimed = try await store.claimedRun(by: user.principal)
            _ = try await store.append([claimed.words(["a", "b"])])
            #expect(try await store.deleteConversation(claimed.run.conversationID, by: user.principal))
            // A writer that did not know finds out.
            #expect(try await store.append([claimed.words(["c"], after: 4)]) == [claimed.run.id])
            #expect(try await store.finish(claimed.outcome("abc", after: 5)) == false)
            for (table, count) in [("run_events", 2), ("runs", 1), ("messages", 1), ("conversations", 1)] {
                let rows = try await database.administrator.query("select from \(unescaped: table)")
                #expect(rows.count == count, "\(table)")
            }
            #expect(try await store.events(of: kept.id, after: 0, limit: 10).count == 2)
        }
    }
}
