import Foundation
import Logging
import Postgres
import Testing

/// The server that the tests use: an empty one where anything may be done, named by `ALMA_TEST_DATABASE_URL`.
enum TestServer {
    struct Missing: Error, CustomStringConvertible {
        let description = "ALMA_TEST_DATABASE_URL is not set: run scripts/test, which starts a PostgreSQL for the tests"
    }

    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    static func configuration() throws -> DatabaseConfiguration {
        guard let url = ProcessInfo.processInfo.environment["ALMA_TEST_DATABASE_URL"] else { throw Missing() }
        return try DatabaseConfiguration(url: url)
    }
}

/// Lends the common database of the server; leave nothing behind in it.
func withDatabase(
    maximumConnections: Int = 2,
    _ adjust: (inout DatabaseConfiguration) -> Void = { _ in },
    _ body: (Database) async throws -> Void
) async throws {
    var configuration = try TestServer.configuration()
    configuration.maximumConnections = maximumConnections
    adjust(&configuration)
    let database = Database(configuration, logger: TestServer.logger)
    do {
        try await body(database)
        await database.close()
    } catch {
        await database.close()
        throw error
    }
}

/// Makes a database for one test and drops it afterwards.
func withOwnDatabase(maximumConnections: Int = 4, _ body: (Database) async throws -> Void) async throws {
    let name = "test_" + UUID().uuidString.lowercased().filter { $0 != "-" }
    try await withDatabase { server in
        try await server.query("create database \(unescaped: name)")
        do {
            try await withDatabase(maximumConnections: maximumConnections, { $0.database = name }, body)
            try await server.query("drop database \(unescaped: name) with (force)")
        } catch {
            try await server.query("drop database \(unescaped: name) with (force)")
            throw error
        }
    }
}
