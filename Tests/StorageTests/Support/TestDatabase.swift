import Foundation
import Postgres
import Storage

/// A database of a test's own, cloned from the template in some 40 ms, gone after the test.
struct TestDatabase: Sendable {
    let name: String
    /// As the superuser, above row-level security: to look, and to prepare what no method does.
    let administrator: Database
    /// As the program.
    let application: Database
    let store: Store

    /// One for all: what was sealed in a database can be read in its copies.
    private static let keys = SealingKeys.ephemeral()

    /// Runs `body` with a clone of `origin`, or of an empty database; at most eight tests have one at a time.
    static func with<Answer: Sendable>(
        copyOf origin: String? = nil,
        _ body: @Sendable (TestDatabase) async throws -> Answer
    ) async throws -> Answer {
        let cluster = try await TestCluster.shared.value
        await TestGate.shared.enter()
        do {
            let database = try await TestDatabase(cluster, copyOf: origin ?? cluster.template)
            do {
                let answer = try await body(database)
                try await database.drop(from: cluster)
                await TestGate.shared.leave()
                return answer
            } catch {
                try? await database.drop(from: cluster)
                throw error
            }
        } catch {
            await TestGate.shared.leave()
            throw error
        }
    }

    /// A database to be copied, with what `fill` puts into it. It stays as long as the server.
    static func origin<Answer: Sendable>(
        _ fill: @Sendable (TestDatabase) async throws -> Answer
    ) async throws -> (name: String, answer: Answer) {
        let cluster = try await TestCluster.shared.value
        let database = try await TestDatabase(cluster, copyOf: cluster.template)
        let answer = try await fill(database)
        await database.close()
        return (database.name, answer)
    }

    private init(_ cluster: TestCluster, copyOf origin: String) async throws {
        let name = "alma_test_\(UUID().uuidString.lowercased().replacing("-", with: "_"))"
        try await cluster.run(
            "create database \(unescaped: name) template \(unescaped: origin) strategy file_copy"
        )
        var configuration = cluster.configuration(of: name)
        administrator = Database(configuration, logger: .silent)
        configuration.options = "-c role=alma_app"
        configuration.maximumConnections = 8
        application = Database(configuration, logger: .silent)
        // bcrypt at its cheapest: what is tested is ours.
        store = Store(database: application, keys: Self.keys, logger: .silent, passwordCost: 4)
        self.name = name
    }

    private func close() async {
        await application.close()
        await administrator.close()
    }

    private func drop(from cluster: TestCluster) async throws {
        await close()
        try await cluster.run("drop database \(unescaped: name) with (force)")
    }
}

extension TestDatabase {
    /// While `body` runs nobody gets a connection, and those that there were are lost: as when its server is away.
    func away(_ body: () async throws -> Void) async throws {
        let cluster = try await TestCluster.shared.value
        let change: Query = "alter database \(unescaped: name) with allow_connections"
        try await cluster.run("\(change) false")
        try await cluster.run("select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = \(name)")
        do { try await body() } catch {
            try await cluster.run("\(change) true")
            throw error
        }
        try await cluster.run("\(change) true")
    }

    /// Until so many statements wait for a lock of another.
    func waitForLocks(_ count: Int) async throws {
        for _ in 0..<2000 {
            let waiting: Int? = try await administrator.query(
                "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
            ).first?.get(0)
            if waiting ?? 0 >= count { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw TestPeople.Missing()
    }
}

/// Lets a few in at a time: a server has a hundred connections.
actor TestGate {
    static let shared = TestGate(limit: 8)

    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(limit: Int) { free = limit }

    func enter() async {
        guard free == 0 else {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    func leave() {
        guard !waiting.isEmpty else {
            free += 1
            return
        }
        waiting.removeFirst().resume()
    }
}
