import Foundation

/// What the kernel says about processes (`/proc`).
enum ProcessTable {
    /// Alive, and no zombie that waits to be collected.
    static func isAlive(_ process: pid_t) -> Bool {
        guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return false }
        // The state follows the command's name, which stands in parentheses and may hold anything.
        guard let end = stat.lastIndex(of: ")") else { return false }
        let state = stat[stat.index(after: end)...].drop { $0 == " " }.first
        return state != "Z" && state != "X"
    }

    /// The processes whose current folder is `folder`; PostgreSQL's servers and their children have their cluster's.
    static func processes(in folder: String) -> [pid_t] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { pid_t($0) }.filter { currentFolder(of: $0) == folder && isAlive($0) }
    }

    static func isIn(_ folder: String, _ process: pid_t) -> Bool {
        isAlive(process) && currentFolder(of: process) == folder
    }

    private static func currentFolder(of process: pid_t) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd")
    }
}
