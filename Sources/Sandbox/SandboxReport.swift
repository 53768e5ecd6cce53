import CSandbox

/// What a host's sandbox is worth, and what it can run.
package struct SandboxReport: Sendable, Equatable {
    /// Of control groups: 1, 2, or 0 for none.
    package var groupVersion: Int
    /// What they limit: memory, processes, CPU.
    package var grouped: [String]
    /// Commands run as a user that nothing else runs as.
    package var hasOwnUser: Bool
    /// The languages that there are programs for.
    package var languages: [SandboxLanguage]

    static let unknown = SandboxReport(groupVersion: 0, grouped: [], hasOwnUser: false, languages: [])

    /// Whether memory is limited for a command as a whole: without, only for each of its processes.
    package var isComplete: Bool { grouped.contains("memory") && grouped.contains("processes") }

    /// One line for whoever runs the server.
    package var summary: String {
        let user = hasOwnUser ? "own user, " : ""
        let groups =
            grouped.isEmpty
            ? "no control groups: memory is limited for each process, not for a command"
            : "\(grouped.joined(separator: ", ")) limited by control groups (version \(groupVersion))"
        let missing = SandboxLanguage.allCases.filter { !languages.contains($0) }.map(\.rawValue)
        let without = missing.isEmpty ? "" : "; not installed: \(missing.joined(separator: ", "))"
        return "\(user)own processes, files and no network, system calls filtered; \(groups); "
            + "runs \(languages.map(\.rawValue).joined(separator: ", "))\(without)"
    }
}

/// What programs can be written in.
package enum SandboxLanguage: String, Sendable, CaseIterable {
    case python, javascript, shell, sql

    /// The program that has to be installed.
    var program: String {
        switch self {
        case .python: "/usr/bin/python3"
        case .javascript: "/usr/bin/node"
        case .shell: "/bin/bash"
        case .sql: "/usr/bin/sqlite3"
        }
    }

    /// Runs a text in this language. Scripts find the workspace's modules; of SQL the database is the workspace's
    /// `scratch.sqlite`.
    package func command(_ text: String) -> SandboxCommand {
        switch self {
        case .python: SandboxCommand([program, "/run/program"], program: text)
        // As its input: a file's own folder would be where it looks for modules.
        case .javascript: SandboxCommand(["/bin/sh", "-c", "exec \(program) - </run/program"], program: text)
        case .shell: SandboxCommand([program, "/run/program"], program: text)
        case .sql:
            SandboxCommand(
                ["/bin/sh", "-c", "exec \(program) -batch -bail -header -column scratch.sqlite </run/program"],
                program: text
            )
        }
    }
}
