import Foundation
import Subprocess

/// An installed PostgreSQL: the folder with `initdb`, `postgres` and `pg_ctl`.
struct PostgresPrograms: Sendable, Equatable {
    var folder: String
    var majorVersion: Int

    /// All that are installed, the newest first.
    static func installed() -> [PostgresPrograms] {
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        let debian = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        let folders = debian.map { "/usr/lib/postgresql/\($0)/bin" } + path
        var found: [PostgresPrograms] = []
        for folder in folders {
            guard let programs = PostgresPrograms(folder: folder), !found.contains(programs) else { continue }
            found.append(programs)
        }
        return found.sorted { $0.majorVersion > $1.majorVersion }
    }

    /// The newest, or the one that `version`'s files need.
    static func choose(majorVersion: Int?) throws(AppError) -> PostgresPrograms {
        let all = installed()
        guard let newest = all.first else {
            throw AppError(
                .postgresMissing,
                "PostgreSQL is not installed (no initdb and postgres on PATH or in /usr/lib/postgresql): "
                    + "run `apt-get install postgresql`, or set DATABASE_URL to a server that you have."
            )
        }
        guard let majorVersion else { return newest }
        if let same = all.first(where: { $0.majorVersion == majorVersion }) { return same }
        throw AppError(
            .postgresVersion,
            "The data folder was written by PostgreSQL \(majorVersion), but only \(newest.majorVersion) is installed: "
                + "run `apt-get install postgresql-\(majorVersion)`, or move the data with pg_dump and pg_restore."
        )
    }

    /// nil when the folder has not all three. A link such as /usr/local/bin/initdb leads to its real place.
    init?(folder: String) {
        guard let initdb = realpath("\(folder)/initdb", nil) else { return nil }
        defer { free(initdb) }
        let real = URL(fileURLWithPath: String(cString: initdb)).deletingLastPathComponent().path
        for program in ["initdb", "postgres", "pg_ctl"] where access("\(real)/\(program)", X_OK) != 0 { return nil }
        guard let version = Self.majorVersion(of: real) else { return nil }
        self.folder = real
        majorVersion = version
    }

    /// Debian's folder names tell it; others are asked by their server's share folder.
    private static func majorVersion(of folder: String) -> Int? {
        if let version = folder.split(separator: "/").compactMap({ Int($0) }).last { return version }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "\(folder)/postgres")
        process.arguments = ["--version"]
        process.standardOutput = output
        guard (try? process.run()) != nil else { return nil }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text.split(separator: " ").compactMap { Int($0.prefix { $0.isNumber }) }.first
    }

    /// Runs one of them to its end as `user`, with nothing of our environment; returns what it said.
    func run(_ program: String, _ arguments: [String], as user: ServiceUser, input: String = "") async throws -> Outcome
    {
        // Our current folder may be closed to that user. Changing users is left to setpriv (util-linux): between fork
        // and exec of a process with threads, glibc's setuid waits for threads that the child does not have.
        let identity =
            user.isOther ? ["setpriv", "--reuid=\(user.user)", "--regid=\(user.group)", "--clear-groups"] : []
        let result = try await Subprocess.run(
            .name("env"),
            arguments: Arguments(["--chdir=/"] + identity + [program] + arguments),
            environment: .custom(["PATH": "\(folder):/usr/bin:/bin", "LC_ALL": "C.UTF-8"]),
            input: .string(input),
            output: .string(limit: 64 * 1024),
            error: .combinedWithOutput
        )
        return Outcome(succeeded: result.terminationStatus.isSuccess, output: result.standardOutput)
    }

    /// How a program ended.
    struct Outcome: Sendable {
        var succeeded: Bool
        var output: String
    }
}
