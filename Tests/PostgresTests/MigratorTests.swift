import Foundation
import Postgres
import Testing

@Suite struct MigratorTests {
    private let files = [
        "001_first.up.sql": "create table a (id int);\ncreate table b (note text default ';');",
        "001_first.down.sql": "drop table a; drop table b;",
        "002_second.up.sql": "insert into a values (1); insert into b values ('x');",
        "002_second.down.sql": "delete from a; delete from b;",
        "readme.txt": "not a migration",
    ]

    @Test func upAndDown() async throws {
        try await withMigrations(files) { database, migrator, _ async throws in
            #expect(try await migrator.status().map(\.isApplied) == [false, false])
            #expect(try await migrator.up(dryRun: true).map(\.version) == [1, 2])
            #expect(try await database.query("select from pg_tables where schemaname = 'public'").isEmpty)
            #expect(try await migrator.up(to: 1).map(\.name) == ["first"])
            #expect(try await migrator.up().map(\.version) == [2])
            #expect(try await migrator.up().isEmpty)
            #expect(try await migrator.status().map(\.isApplied) == [true, true])
            #expect(try await database.query("select from a, b").count == 1)
            #expect(try await migrator.down(dryRun: true).map(\.version) == [2])
            #expect(try await migrator.down(steps: 2).map(\.version) == [2, 1])
            #expect(try await migrator.status().map(\.isApplied) == [false, false])
            #expect(try await migrator.down().isEmpty)
        }
    }

    @Test func manyAtOnceAreSafe() async throws {
        let slow = files.merging(["003_slow.up.sql": "select pg_sleep(0.1); create table c (id int);"]) { $1 }
        try await withMigrations(slow) { database, _, directory in
            let done = try await withThrowingTaskGroup(of: [Migration].self) { group in
                for _ in 0..<4 {
                    let migrator = Migrator(database: database, directory: directory, logger: TestServer.logger)
                    group.addTask { try await migrator.up() }
                }
                return try await group.reduce(into: []) { $0.append($1.count) }
            }
            #expect(done.sorted() == [0, 0, 0, 3])
            #expect(try await database.query("select from a").count == 1)
        }
    }

    @Test func aFailureKeepsNothingOfItsFile() async throws {
        let broken = files.merging([
            "002_second.up.sql": "insert into a values (1);\ninsert into a values ('汉');\nselect 1;"
        ]) { $1 }
        try await withMigrations(broken) { database, migrator, _ async throws in
            let error = await #expect(throws: DatabaseError.self) { try await migrator.up() }
            #expect(error?.message.contains("2 second") == true)
            #expect(error?.message.contains("line 2") == true)
            #expect(try await database.query("select from a").isEmpty)
            #expect(try await migrator.status().map(\.isApplied) == [true, false])
        }
    }

    @Test(arguments: ["commit; select 1", "rollback", "copy a from stdin"])
    func aFileMayNotBreakOut(script: String) async throws {
        try await withMigrations(files.merging(["002_second.up.sql": script]) { $1 }) { _, migrator, _ async throws in
            await #expect(throws: DatabaseError.self) { try await migrator.up() }
            #expect(try await migrator.status().map(\.isApplied) == [true, false])
        }
    }

    @Test func aChangedFileIsRefused() async throws {
        try await withMigrations(files) { _, migrator, directory in
            try await migrator.up(to: 1)
            try "create table z (id int)".write(
                toFile: "\(directory)/001_first.up.sql",
                atomically: true,
                encoding: .utf8
            )
            for refused in [
                { try await migrator.up() }, { try await migrator.down() }, { try await migrator.status() },
            ] {
                let error = await #expect(throws: DatabaseError.self) { try await refused() }
                #expect(error?.code == .migration)
                #expect(error?.message.contains("1 first was changed") == true)
            }
        }
    }

    @Test func aNewerDatabaseIsRefused() async throws {
        try await withMigrations(files) { _, migrator, directory in
            try await migrator.up()
            try FileManager.default.removeItem(atPath: "\(directory)/002_second.up.sql")
            try FileManager.default.removeItem(atPath: "\(directory)/002_second.down.sql")
            let error = await #expect(throws: DatabaseError.self) { try await migrator.up() }
            #expect(error?.message.contains("newer than this program") == true)
        }
    }

    @Test func aLateNumberIsRefused() async throws {
        let late = ["001_first.up.sql": "select 1", "003_third.up.sql": "select 1"]
        try await withMigrations(late) { _, migrator, directory in
            try await migrator.up()
            try "select 1".write(toFile: "\(directory)/002_late.up.sql", atomically: true, encoding: .utf8)
            let error = await #expect(throws: DatabaseError.self) { try await migrator.up() }
            #expect(error?.message.contains("2 late comes before 3") == true)
            let wayBack = await #expect(throws: DatabaseError.self) { try await migrator.down() }
            #expect(wayBack?.message.contains("has no way back") == true)
        }
    }

    @Test func dataIsBackedUpFirst() async throws {
        struct NoSpace: Error {}
        let (calls, called) = AsyncStream.makeStream(of: Void.self)
        try await withMigrations(files) { database, _, directory in
            let migrator = Migrator(database: database, directory: directory, logger: TestServer.logger) {
                called.yield()
                throw NoSpace()
            }
            // An empty database needs none, and neither does one where nothing is to be done.
            try await migrator.up()
            try await migrator.up()
            try await database.query("truncate b")
            await #expect(throws: NoSpace.self) { try await migrator.down() }
            #expect(try await database.query("select from a").count == 1)
            called.finish()
            var count = 0
            for await _ in calls { count += 1 }
            #expect(count == 1)
        }
    }

    private func withMigrations(
        _ files: [String: String],
        _ body: (Database, Migrator, String) async throws -> Void
    ) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path()
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        for (name, text) in files { try text.write(toFile: "\(directory)/\(name)", atomically: true, encoding: .utf8) }
        try await withOwnDatabase { database in
            let migrator = Migrator(database: database, directory: directory, logger: TestServer.logger)
            try await body(database, migrator, directory)
        }
    }
}
