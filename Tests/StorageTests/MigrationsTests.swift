import Engine
import Foundation
import Postgres
import Storage
import Testing

/// The migrations, both ways, and what they bring along.
@Suite struct MigrationsTests {
    @Test func allTheWayDownAndUpAgain() async throws {
        try await TestDatabase.with { database in
            let migrator = Migrator(
                database: database.administrator,
                directory: TestCluster.migrations,
                logger: .silent
            )
            let before = try await schema(database)
            let count = try await migrator.status().count
            #expect(try await migrator.down(steps: count).count == count)
            #expect(try await schema(database).filter { !$0.contains("migrations") } == [])
            #expect(try await migrator.up().count == count)
            #expect(try await schema(database) == before)
        }
    }

    @Test func aMonthsPartitionTakesWhatTheDefaultOneHeld() async throws {
        try await TestDatabase.with { database in
            let user = try await database.store.person()
            let later = Date(timeIntervalSinceNow: 200 * 86_400)
            let (run, conversation) = (UUID.v7(at: later), UUID.v7(at: later))
            try await database.administrator.batch([
                "insert into conversations (conversation_id, org_id, user_id) values (\(conversation), \(user.organisationID), \(user.id))",
                """
                insert into messages (conversation_id, message_id, org_id, user_id, role, content)
                values (\(conversation), \(UUID.v7()), \(user.organisationID), \(user.id), 'user', 'x')
                """,
                "insert into run_events (run_id, sequence, type, data, timestamp) values (\(run), 1, 'usage', '{}', now())",
            ])
            func places() async throws -> [String] {
                try await database.administrator.query(
                    "select tableoid::regclass::text from messages union all select tableoid::regclass::text from run_events"
                ).map { try $0.get(0) }
            }
            #expect(try await places() == ["messages_default", "run_events_default"])
            let made = try await database.application.query("select create_monthly_partitions(8)")
            #expect(try made[0].get(0, as: Int.self) == 12)
            #expect(try await places().contains { $0.hasSuffix("default") } == false)
            #expect(
                try await database.application.query("select create_monthly_partitions(8)")[0].get(0, as: Int.self) == 0
            )
            #expect(try await database.store.message(.v7(), in: conversation, by: user.principal) == nil)
            #expect(try await database.store.deleteConversation(conversation, by: user.principal))
        }
    }

    @Test func theProgramWorksAsTheLesserRole() async throws {
        try await TestDatabase.with { database in
            let cluster = try await TestCluster.shared.value
            let configuration = try await ApplicationRole.configuration(
                for: cluster.configuration(of: database.name),
                logger: .silent
            )
            let application = Database(configuration, logger: .silent)
            let row = try await application.query("select current_user::text, session_user::text")[0]
            #expect(try row.get(0, as: String.self) == "alma_app")
            let again = try await ApplicationRole.configuration(for: configuration, logger: .silent)
            #expect(again.options == configuration.options)
            try await database.store.prepare()
            try await database.store.ping()
            try await database.store.housekeep()
            await application.close()
        }
    }

    @Test func anOrdinaryOwnerIsBoundAsWell() async throws {
        let cluster = try await TestCluster.shared.value
        let name = "alma_owned_\(UUID().uuidString.lowercased().replacing("-", with: "_"))"
        try await cluster.run("create role \(unescaped: name) nologin")
        try await cluster.run("create database \(unescaped: name) owner \(unescaped: name)")
        var configuration = cluster.configuration(of: name)
        configuration.options = "-c role=\(name)"
        let database = Database(configuration, logger: .silent)
        try await Migrator(database: database, directory: TestCluster.migrations, logger: .silent).up()
        #expect(
            try await ApplicationRole.configuration(for: configuration, logger: .silent).options
                == configuration.options
        )
        let store = Store(database: database, keys: .ephemeral(), logger: .silent, passwordCost: 4)
        try await store.prepare()
        let (ada, bob) = (try await store.person("ada"), try await store.person("bob"))
        let claimed = try await store.claimedRun(by: ada.principal)
        #expect(try await store.append([claimed.words(["a"])]).isEmpty)
        #expect(try await store.finish(claimed.outcome("a", after: 3)))
        #expect(
            try await store.messages(in: claimed.run.conversationID, before: nil, limit: 9, by: ada.principal)?.count
                == 2
        )
        #expect(try await store.conversation(claimed.run.conversationID, by: bob.principal) == nil)
        for table in ["messages", "messages_default", "run_events", "runs", "users"] {
            #expect(try await database.query("select from \(unescaped: table)").isEmpty)
        }
        #expect(try await store.deleteConversation(claimed.run.conversationID, by: ada.principal))
        #expect(try await store.events(of: claimed.run.id, after: 0, limit: 9).isEmpty)
        #expect(try await store.user(ada.id, by: ada.principal)?.totalConversations == 0)
        await database.close()
        try await cluster.run("drop database \(unescaped: name) with (force)")
        try await cluster.run("drop role \(unescaped: name)")
    }

    private func schema(_ database: TestDatabase) async throws -> [String] {
        try await database.administrator.query(
            """
            select relkind::text || ' ' || relname::text from pg_class where relnamespace = 'public'::regnamespace
            union all select 'function ' || proname::text from pg_proc where pronamespace = 'public'::regnamespace
            order by 1
            """
        ).map { try $0.get(0) }
    }
}
