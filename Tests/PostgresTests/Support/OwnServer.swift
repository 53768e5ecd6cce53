import Foundation
import Postgres

/// A server of one test's own, for what cannot be done to one that others use: stopping it.
final class OwnServer {
    private let directory: String
    private let binaries =
        ProcessInfo.processInfo.environment["ALMA_TEST_POSTGRES_BIN"] ?? "/usr/lib/postgresql/15/bin"
    private var process: Process?

    init() throws {
        directory = "/tmp/alma-" + UUID().uuidString.prefix(8).lowercased()
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        if Self.isRoot { try spawn("/usr/bin/chown", ["postgres:postgres", directory]).waitUntilExit() }
        let options = ["-D", "\(directory)/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
        try run("initdb", options).waitUntilExit()
    }

    deinit {
        try? stop(SIGQUIT)
        try? FileManager.default.removeItem(atPath: directory)
    }

    var configuration: DatabaseConfiguration {
        get throws { try DatabaseConfiguration(url: "postgresql://postgres@/postgres?host=\(directory)") }
    }

    /// Returns when the server answers.
    func start() async throws {
        let settings = ["listen_addresses=", "unix_socket_directories=\(directory)", "fsync=off"]
        process = try run("postgres", ["-D", "\(directory)/data"] + settings.flatMap { ["-c", $0] })
        let database = Database(try configuration, logger: TestServer.logger)
        while process?.isRunning == true {
            if (try? await database.query("select 1")) != nil { return await database.close() }
        }
        struct Failed: Error {}
        throw Failed()
    }

    /// `SIGINT` ends all connections with a word, `SIGQUIT` without one.
    func stop(_ signal: Int32) throws {
        guard let process else { return }
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        self.process = nil
    }

    /// PostgreSQL refuses to run as root.
    private func run(_ program: String, _ arguments: [String]) throws -> Process {
        guard Self.isRoot else { return try spawn("\(binaries)/\(program)", arguments) }
        let identity = ["--reuid=postgres", "--regid=postgres", "--clear-groups", "\(binaries)/\(program)"]
        return try spawn("/usr/bin/setpriv", identity + arguments)
    }

    private func spawn(_ path: String, _ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.currentDirectoryURL = URL(filePath: "/tmp")
        try process.run()
        return process
    }

    private static var isRoot: Bool { geteuid() == 0 }
}
