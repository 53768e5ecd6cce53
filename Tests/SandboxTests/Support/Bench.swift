import Foundation
import Testing

@testable import Sandbox

/// A sandbox to attack, its launcher the one that was built beside the tests; and a folder to work in.
final class Bench: Sendable {
    /// nil where this host gives no sandbox; `reason` says why then.
    static let sandbox = Shared { try await CodeSandbox.open(launcher: launcher, atOnce: 64) }

    static var launcher: String {
        if let program = ProcessInfo.processInfo.environment["ALMA_PROGRAM"] {
            return URL(fileURLWithPath: program).deletingLastPathComponent().appendingPathComponent("alma-sandbox").path
        }
        return URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(".build/debug/alma-sandbox")
            .path
    }

    let sandbox: CodeSandbox
    let folder: TemporaryWorkspace

    init(_ sandbox: CodeSandbox? = nil) async throws {
        if let sandbox { self.sandbox = sandbox } else { self.sandbox = try await Self.sandbox.value() }
        folder = try TemporaryWorkspace()
    }

    deinit { try? FileManager.default.removeItem(atPath: folder.path) }

    struct Ended {
        var result: SandboxResult
        var output: String
        var error: String
        var text: String { output + error }
    }

    /// Runs a shell script.
    func shell(_ script: String, _ change: (inout SandboxLimits) -> Void = { _ in }) async throws -> Ended {
        try await run(SandboxCommand(["/bin/bash", "/run/program"], program: script), change)
    }

    func python(_ script: String, _ change: (inout SandboxLimits) -> Void = { _ in }) async throws -> Ended {
        try await run(SandboxLanguage.python.command(script), change)
    }

    func run(
        _ command: SandboxCommand,
        door: SandboxDoor? = nil,
        _ change: (inout SandboxLimits) -> Void = { _ in }
    ) async throws -> Ended {
        var limits = SandboxLimits()
        limits.time = .seconds(30)
        limits.memory = 256 << 20
        limits.temporary = 64 << 20
        change(&limits)
        var (output, error): ([UInt8], [UInt8]) = ([], [])
        let result = try await sandbox.run(command, in: folder.workspace, limits: limits, door: door) {
            if $0.channel == .output { output += $0.bytes } else { error += $0.bytes }
        }
        return Ended(
            result: result,
            output: String(decoding: output, as: UTF8.self),
            error: String(decoding: error, as: UTF8.self)
        )
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips where nobody may make namespaces, within a container that forbids it. Where bubblewrap can by itself, ours has to.
    static var wantsNamespaces: Self {
        .enabled(if: Kernel.givesNamespaces, "bubblewrap cannot make namespaces on this host")
    }
}

/// Made by whoever asks first.
actor Shared<Value: Sendable> {
    private let make: @Sendable () async throws -> Value
    private var task: Task<Value, any Error>?

    init(make: @escaping @Sendable () async throws -> Value) { self.make = make }

    func value() async throws -> Value {
        let task = self.task ?? Task { [make] in try await make() }
        self.task = task
        return try await task.value
    }
}

/// What the kernel knows of processes and of this process's descriptors.
enum Kernel {
    /// Processes whose command line holds `word`, bubblewrap's that was asked for them among them. The dead that nobody has
    /// collected have none: `descendants` finds them.
    static func processes(with word: String) -> [pid_t] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { pid_t($0) }.filter { process in
            let line = (try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(process)/cmdline"))) ?? Data()
            return String(decoding: line, as: UTF8.self).contains(word)
        }
    }

    /// What a process has begun and not collected yet, the dead among it, and what these have begun.
    static func descendants(of process: pid_t) -> [pid_t] { Array(HiddenFiles.descendants(of: process).dropFirst()) }

    /// Where launchers of this process make control groups, one folder in each hierarchy.
    static var groupFolders: [String] {
        let lines = ((try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8)) ?? "").split(separator: "\n")
        let places = lines.flatMap { line -> [String] in
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3 else { return [] }
            guard !parts[1].isEmpty else { return ["/sys/fs/cgroup", "/sys/fs/cgroup\(parts[2])"] }
            return parts[1].split(separator: ",").map { "/sys/fs/cgroup/\($0)\(parts[2])" }
        }
        return Set(places.map { URL(fileURLWithPath: $0).appendingPathComponent("alma-sandbox").path })
            .filter { FileManager.default.fileExists(atPath: "\($0)/cgroup.procs") }
    }

    /// The names of control groups of a launcher's commands.
    static func groups(of launcher: pid_t) -> Set<String> {
        Set(groupFolders.flatMap { (try? FileManager.default.contentsOfDirectory(atPath: $0)) ?? [] })
            .filter { $0.hasPrefix("\(launcher)-") }
    }

    /// Whether a launcher has nothing but the process that waits for the next command, with the one that it will become and
    /// their group.
    static func isAtRest(_ launcher: pid_t) -> Bool {
        descendants(of: launcher).count <= 2 && groups(of: launcher).count <= 1
    }

    static let givesNamespaces: Bool = {
        let probe = Process()
        probe.executableURL = URL(fileURLWithPath: "/usr/bin/bwrap")
        probe.arguments = ["--unshare-all", "--ro-bind", "/", "/", "/bin/true"]
        // A bubblewrap that is not there is no reason to skip: the setup installs it.
        guard (try? probe.run()) != nil else { return true }
        probe.waitUntilExit()
        return probe.terminationStatus == 0
    }()

    static var descriptors: Int {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []).count
    }
}
