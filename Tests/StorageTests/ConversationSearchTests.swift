import Engine
import Foundation
import Postgres
import Storage
import Testing

/// A conversation is found by its title, its summary and each of its tags, as they are written.
@Suite struct ConversationSearchTests {
    /// The titles that are found, by all three ways to list conversations.
    private func found(_ search: String, _ store: Store, by user: User) async throws -> Set<String> {
        let page = try await store.conversations(search: search, isArchived: nil, page: Page(), by: user.principal)
        let walk = try await store.conversations(
            after: nil,
            limit: 100,
            search: search,
            isArchived: nil,
            by: user.principal
        )
        let json = try await store.conversationsJSON(
            search: search,
            isArchived: nil,
            page: Page(),
            by: user.principal
        )
        let told = try JSONValue(parsing: json.json).array?.compactMap { $0["title"]?.string }
        #expect(page.items.map(\.title) == walk.items.map(\.title) && page.items.map(\.title) == told, "\(search)")
        #expect(page.total == page.items.count && json.total == page.total, "\(search)")
        return Set(page.items.map(\.title))
    }

    @Test func eachTagIsLookedIntoByItself() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let conversations: [(title: String, tags: [String])] = [
                ("bare", []), ("signs", ["say \"hi\"", #"back\slash"#]), ("colours", ["Red", "blue, green"]),
                ("rates", ["50%", "x_y", "学习"]),
            ]
            for (title, tags) in conversations {
                _ = try await store.createConversation(title: title, tags: tags, by: user.principal)
            }
            let expectations: [(String, Set<String>)] = [
                // How a list of them is written is no text of theirs.
                ("[", []), ("]", []), ("[]", []), ("\", \"", []), ("Red\", \"blue", []), ("Red, blue", []),
                ("\\\"", []), (#"\\"#, []),
                ("\"", ["signs"]), ("say \"hi\"", ["signs"]), (#"k\s"#, ["signs"]),
                (",", ["colours"]), ("RED", ["colours"]), ("blue, g", ["colours"]),
                ("50%", ["rates"]), ("5%", []), ("x_y", ["rates"]), ("xzy", []), ("_", ["rates"]), ("学", ["rates"]),
            ]
            for (search, titles) in expectations {
                #expect(try await found(search, store, by: user) == titles, "\(search)")
            }
        }
    }

    @Test func aSummaryIsLookedInto() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            for title in ["told", "silent"] {
                _ = try await store.createConversation(title: title, by: user.principal)
            }
            try await database.administrator.query(
                "update conversations set summary = 'Of decorators, 100% of them' where title = 'told'"
            )
            #expect(try await found("DECORATORS", store, by: user) == ["told"])
            #expect(try await found("100%", store, by: user) == ["told"])
            #expect(try await found("100 of", store, by: user) == [])
        }
    }

    /// What `total` says then, and that nothing behind it is lost.
    @Test func countingEndsAtTenThousand() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            // What they count besides is not looked at here.
            try await database.administrator.query("alter table conversations disable trigger user")
            try await database.administrator.query(
                """
                insert into conversations (conversation_id, org_id, user_id, title)
                select gen_random_uuid(), \(user.organisationID)::uuid, \(user.id)::uuid, 'many'
                from generate_series(1, 10002)
                """
            )
            func list(_ search: String, _ number: Int) async throws -> Paged<Conversation> {
                let page = Page(number: number, size: 100)
                return try await store.conversations(search: search, isArchived: nil, page: page, by: user.principal)
            }
            #expect(try await list("many", 1).total == 10_000)
            #expect(try await list("many", 101).items.count == 2)
            #expect(try await list("few", 1).total == 0)
        }
    }
}
