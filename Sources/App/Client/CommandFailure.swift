import Engine

/// Why a command that asks a server did not do what it was to: a sentence for its person, and what the command ends with.
struct CommandFailure: Error, CustomStringConvertible, Equatable {
    /// The raw values are exit codes; docs/command-line.md promises them.
    enum Code: Int32, Sendable, CaseIterable {
        /// The server refused, or the run failed.
        case failed = 1
        case usage = 2
        /// A run waits for an answer that nobody may give here.
        case needsAnswer = 3
        /// Not signed in, or not allowed.
        case forbidden = 4
        case notFound = 5
        case unreachable = 6
        /// Somebody was asked whether they are sure, and was not.
        case declined = 7
        case timedOut = 124
        case cancelled = 130
    }

    var code: Code
    var description: String
    /// Of the server's answer; nil where there was none.
    var status: Int?
    /// Seconds after which the server would like to be asked again.
    var retryAfter: Int?

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    /// What the server answered with: the `error` of its envelope.
    init(status: Int, _ error: JSONValue?, retryAfter: Int? = nil) {
        let details = (error?["details"]?.array ?? []).compactMap { detail in
            detail["message"]?.string.map { "\(detail["field"]?.string ?? ""): \($0)" }
        }
        let message = error?["message"]?.string ?? "The server answered with status \(status)."
        self.init(Self.code(status), ([message] + details).joined(separator: "\n  ").harmless)
        self.status = status
        self.retryAfter = retryAfter
    }

    /// What came is not what an ALMA server says.
    static func notALMA(_ server: String) -> CommandFailure {
        CommandFailure(.failed, "\(server) did not answer as ALMA does.")
    }

    /// Whether the same may succeed a little later.
    var isPassing: Bool { code == .unreachable || status == 429 }

    private static func code(_ status: Int) -> Code {
        switch status {
        case 401, 403: .forbidden
        case 404: .notFound
        // What a proxy says while the server is away, or the server while it ends.
        case 502, 503, 504: .unreachable
        default: .failed
        }
    }
}
