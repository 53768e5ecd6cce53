import Foundation

/// `postmaster.pid`, in which a running server says who it is and how far its start has come.
struct PostmasterFile: Sendable, Equatable {
    enum Status: String, Sendable { case starting, stopping, ready, standby }

    var process: pid_t
    var socketFolder: String
    /// nil while the server has not come to writing it.
    var status: Status?

    /// nil when there is none, or it is unreadable: both mean that nobody serves.
    init?(cluster: String) {
        guard let text = try? String(contentsOfFile: Self.path(in: cluster), encoding: .utf8) else { return nil }
        self.init(text: text)
    }

    /// The order of lines is PostgreSQL's (`utils/pidfile.h`): 1 process, 5 socket folder, 8 status.
    init?(text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        guard let first = lines.first, let process = pid_t(first), process > 1 else { return nil }
        self.process = process
        socketFolder = lines.count > 4 ? lines[4] : ""
        status = lines.count > 7 ? Status(rawValue: lines[7]) : nil
    }

    static func path(in cluster: String) -> String { "\(cluster)/postmaster.pid" }
}
