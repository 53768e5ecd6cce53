import Foundation
import Logging
import Postgres
import Storage

/// The PostgreSQL server that tests use, and the template in it: an empty database with all migrations, made once for
/// as long as the migrations stay as they are.
struct TestCluster: Sendable {
    /// `postgresql://postgres@/postgres?host=/tmp/…`: a superuser of a server that may be filled with databases.
    static let variable = "ALMA_TEST_DATABASE_URL"

    static let shared = Task { try await TestCluster() }

    let administrator: DatabaseConfiguration
    let template: String

    private init() async throws {
        guard let url = ProcessInfo.processInfo.environment[Self.variable] else { throw TestClusterMissing() }
        var administrator = try DatabaseConfiguration(url: url)
        administrator.maximumConnections = 4
        self.administrator = administrator
        template = "alma_template_\(try Self.fingerprint())"
        try await makeTemplate()
    }

    func configuration(of database: String) -> DatabaseConfiguration {
        var configuration = administrator
        configuration.database = database
        return configuration
    }

    /// One statement on the server's own database.
    func run(_ statement: Query) async throws {
        let database = Database(administrator, logger: .silent)
        do {
            try await database.query(statement)
            await database.close()
        } catch {
            await database.close()
            throw error
        }
    }

    /// Made under another name and renamed when it is whole; of two test processes one makes it.
    private func makeTemplate() async throws {
        let maintenance = Database(administrator, logger: .silent)
        let (template, draft) = (template, "\(template)_draft")
        try await maintenance.transaction { transaction in
            try await transaction.query("select pg_advisory_xact_lock(hashtext('alma.test_template'))")
            let found = try await transaction.query("select from pg_database where datname = \(template)")
            if !found.isEmpty { return }
            try await run("drop database if exists \(unescaped: draft) with (force)")
            try await run("create database \(unescaped: draft)")
            let database = Database(configuration(of: draft), logger: .silent)
            try await Migrator(database: database, directory: Self.migrations, logger: .silent).up()
            await database.close()
            _ = try await ApplicationRole.configuration(for: configuration(of: draft), logger: .silent)
            try await run("alter database \(unescaped: draft) rename to \(unescaped: template)")
        }
        await maintenance.close()
    }

    static let migrations: String = {
        var folder = URL(fileURLWithPath: #filePath)
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let candidate = folder.appending(path: "Migrations").path
            if FileManager.default.fileExists(atPath: candidate) { return candidate }
        }
        return "Migrations"
    }()

    /// FNV-1a over the files, in their order.
    private static func fingerprint() throws -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for name in try FileManager.default.contentsOfDirectory(atPath: migrations).sorted() {
            let text = try String(contentsOfFile: "\(migrations)/\(name)", encoding: .utf8)
            for byte in (name + text).utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
        return String(hash, radix: 36)
    }
}

/// What is missing, for whoever runs the tests by hand.
struct TestClusterMissing: Error, CustomStringConvertible {
    var description: String { "Set \(TestCluster.variable) to a PostgreSQL superuser's address; scripts/test does." }
}

extension Logger {
    static let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
}
