import Engine
import Foundation
import Postgres
import Storage
import Testing

/// How a search reads, and what it takes for the same letter.
@Suite struct MessageSearchPlanTests {
    @Test func itReadsNoFurtherThanItHasFoundEnough() async throws {
        try await TestDatabase.with { database in
            let ada = try await crowd(database)
            let search = MessageSearchQuery(
                MessageQuestion(text: "word"),
                words: ["word"],
                page: Page(),
                limit: 20,
                by: ada.principal
            )
            let plan = try await explained(
                "explain (analyze, timing off) \(search.statement)",
                database,
                by: ada
            )
            let scans = plan.filter { $0.contains("Scan") && $0.contains(" on messages_") }
            #expect(scans.count >= 4)
            #expect(scans.allSatisfy { $0.contains("_org_id_user_id_timestamp_message_id_idx") }, "\(plan)")
            // It does not put them in order, it finds them so.
            #expect(plan.contains { $0.contains("Merge Append") })
            #expect(scans.filter { $0.contains("actual rows=20") }.count == 1, "\(scans)")
            let found = try await database.store.searchMessages(
                MessageQuestion(text: "word"),
                page: Page(),
                by: ada.principal
            )
            #expect(found.total == 1000 && found.items.count == 20)
            #expect(found.items.allSatisfy { $0.excerpt == "A word, number 1" })
        }
    }

    /// What somebody has said who says little is few rows, too; their conversation is found by its key all the same.
    @Test func itsIndexServesNothingElse() async throws {
        try await TestDatabase.with { database in
            _ = try await crowd(database)
            let eve = try await database.store.person("eve")
            try await said(in: 2, by: eve, database)
            try await database.administrator.query("analyze messages")
            let rows = try await database.administrator.query(
                "select conversation_id from conversations where user_id = \(eve.id) limit 1"
            )
            let conversation: UUID = try rows[0].get(0)
            // As the messages of a conversation are read.
            let plan = try await explained(
                """
                explain select m.content from messages m
                where m.conversation_id = \(conversation) and m.user_id = \(eve.id) and m.org_id = \(eve.organisationID)
                    and not m.is_deleted
                order by m.message_id desc limit 20
                """,
                database,
                by: eve
            )
            #expect(plan.contains { $0.contains("Index Scan") }, "\(plan)")
            #expect(!plan.contains { $0.contains("_timestamp_") }, "\(plan)")
        }
    }

    @Test func partitionsToComeAreReadTheSameWay() async throws {
        try await TestDatabase.with { database in
            try await database.application.query("select create_monthly_partitions(8)")
            let row = try await database.administrator.query(
                """
                select count(*) as partitions,
                    count(*) filter (where exists (
                        select from pg_statistic_ext where stxrelid = p.relid and 'f' = any(stxkind)
                    )) as known,
                    (select count(*) from pg_partition_tree('messages_person') where isleaf) as indexes
                from pg_partition_tree('messages') p where isleaf
                """
            )[0]
            let partitions: Int = try row.get("partitions")
            #expect(partitions >= 9)
            #expect(try row.get("known", as: Int.self) == partitions)
            #expect(try row.get("indexes", as: Int.self) == partitions)
        }
    }

    /// Words are looked for in the way that costs least for their letters; what is found is the same.
    @Test func lettersAreTheSameWhateverTheirCase() async throws {
        let texts = [
            "The Queue fell over: 100% gone", "我们用GPT模型，学校7", #"a_b or C:\Dir, it's Straße 🙂"#,
            "l’École est là", "une ÉCOLE, дом, 模",
        ]
        let words: [(String, Int)] = [
            ("queue", 1), ("QUEUE", 1), ("gpt模型", 1), ("GPT模型", 1), ("模型", 1), ("模", 2), ("学校 模", 1),
            ("，", 1), ("école", 2), ("ÉCOLE", 2), ("ecole", 0), ("ДОМ", 1), ("дом", 1), ("STRAße", 1),
            ("strasse", 0), ("100%", 1), ("%", 1), ("_", 1), ("a_b", 1), ("a%b", 0), (#"\"#, 1), (#"c:\dir"#, 1),
            ("'", 1), ("T", 4), ("t", 4), ("7", 1), ("🙂", 1), ("nowhere", 0),
        ]
        try await TestDatabase.with { database in
            let ada = try await database.store.person("ada")
            for text in texts { _ = try await database.store.queuedRun(text, by: ada.principal) }
            for (word, count) in words {
                let found = try await database.store.searchMessages(
                    MessageQuestion(text: word),
                    page: Page(),
                    by: ada.principal
                )
                #expect(found.total == count && found.items.count == count, "\(word)")
            }
        }
    }

    /// Three people with three thousand messages each, and one of them.
    private func crowd(_ database: TestDatabase) async throws -> User {
        let ada = try await database.store.person("ada")
        for person in [ada, try await database.store.person("bob"), try await database.store.person("cid")] {
            try await said(in: 100, by: person, database)
        }
        try await database.administrator.query("analyze messages")
        return ada
    }

    private func said(in conversations: Int, by user: User, _ database: TestDatabase) async throws {
        try await database.administrator.batch([
            """
            insert into conversations (conversation_id, org_id, user_id)
            select (left(uuid_at(now())::text, 13) || substr(gen_random_uuid()::text, 14))::uuid,
                \(user.organisationID), \(user.id)
            from generate_series(1, \(conversations)::integer)
            """,
            """
            insert into messages (conversation_id, message_id, org_id, user_id, role, content, timestamp)
            select conversation_id, gen_random_uuid(), org_id, user_id, 'user', 'A word, number ' || n,
                now() - n * interval '1 minute'
            from conversations, generate_series(1, 30) n where user_id = \(user.id)
            """,
        ])
    }

    /// As the program asks: row-level security decides which conditions an index may answer.
    private func explained(_ statement: Query, _ database: TestDatabase, by user: User) async throws -> [String] {
        let settings = [
            SessionSetting(name: "alma.user", value: user.id.uuidString),
            SessionSetting(name: "alma.org", value: user.organisationID.uuidString),
        ]
        return try await database.application.query(statement, with: settings).map { try $0.get(0) }
    }
}
