/// What is to be run, as the sandbox sees it.
package struct SandboxCommand: Sendable, Equatable {
    /// The program with its path, and its arguments; with all other words at most 64 KB.
    package var arguments: [String]
    /// What the command finds in `/run/program`, at most 1 MB.
    package var program: [UInt8]
    /// What its environment has besides the usual.
    package var environment: [String: String]
    /// Folders of the host that it may read, absolute; they lie where they lie on the host.
    package var folders: [String]

    package init(
        _ arguments: [String],
        program: String = "",
        environment: [String: String] = [:],
        folders: [String] = []
    ) {
        self.arguments = arguments
        self.program = Array(program.utf8)
        self.environment = environment
        self.folders = folders
    }

    /// All its words, as the launcher reads them.
    var words: [String] {
        arguments + environment.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] } + folders
    }
}

/// The bounds of one command. Sizes are bytes.
package struct SandboxLimits: Sendable, Equatable {
    package var time = Duration.seconds(60)
    /// Seconds that one of its processes may compute.
    package var processorSeconds: UInt32 = 60
    /// Processes and threads at once.
    package var processes: UInt32 = 128
    /// Of all its processes together, with what it keeps in `/tmp`; of each one where the host has no memory groups.
    package var memory: UInt64 = 512 << 20
    /// Of one file.
    package var fileSize: UInt64 = 128 << 20
    /// Of `/tmp`.
    package var temporary: UInt64 = 128 << 20
    /// Of both outputs together; what comes after that is counted and thrown away.
    package var output: UInt64 = 256 << 10
    /// Whether it may reserve more addresses than it could ever use, as browsers do; only for a command with a door.
    package var reservesAddresses = false

    package init() {}
}

/// What a command has written. A character may be cut between two of them.
package struct SandboxOutput: Sendable, Equatable {
    package enum Channel: Sendable { case output, error }

    package var channel: Channel
    package var bytes: [UInt8]

    package init(channel: Channel, bytes: [UInt8]) {
        self.channel = channel
        self.bytes = bytes
    }
}

/// How a command ended.
package struct SandboxResult: Sendable, Equatable {
    /// Whether its first instruction was reached, so far as is known of one that was killed.
    var wasBegun: Bool
    /// 128 and the signal for one that was killed.
    package var exitCode: Int32
    /// The time that it was given was over.
    package var isOutOfTime: Bool
    /// The kernel has killed at least one of its processes because the memory was used up.
    package var isOutOfMemory: Bool
    /// It was ended because its workspace was full.
    package var isOutOfRoom = false
    package var time: Duration
    package var processorTime: Duration
    /// Bytes, at most.
    package var peakMemory: UInt64
    /// Bytes of output that were thrown away.
    package var lostOutput: UInt64

    /// The signal that ended it, such as 9.
    package var signal: Int32? { (129...192).contains(exitCode) ? exitCode - 128 : nil }
}

/// Why a command could not be run in the sandbox.
package struct SandboxError: Error, Sendable, Equatable, CustomStringConvertible {
    package var message: String

    init(_ message: String) { self.message = message }

    /// `number` is an errno, or its negative.
    init(_ doing: String, errno number: Int32) { message = "\(doing): \(describe(errno: abs(number)))" }

    package var description: String { message }
}
