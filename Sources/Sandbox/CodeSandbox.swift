package import Foundation

/// Runs programs that a model or a person wrote, each in a sandbox of its own: own user, processes, files and network (none),
/// filtered system calls, limits on time, memory, processes and output. See docs/sandbox.md.
package struct CodeSandbox: Sendable {
    /// The user of commands when the server is root: one that nobody else has.
    package static let user: uid_t = 65_533

    let launcher: Launcher
    private let places: Places
    /// What this host gives, found out by trying.
    package let report: SandboxReport

    /// Starts the launcher and tries whether the sandbox holds. Throws `SandboxError` in words for whoever runs the
    /// server when it does not: then nothing is run at all.
    package static func open(
        launcher: String?,
        bubblewrap: String? = findBubblewrap(),
        usesGroups: Bool = true,
        atOnce: Int = max(8, 4 * ProcessInfo.processInfo.activeProcessorCount)
    ) async throws -> CodeSandbox {
        guard let launcher, access(launcher, X_OK) == 0 else {
            throw SandboxError("the program alma-sandbox does not lie beside alma")
        }
        guard let bubblewrap, access(bubblewrap, X_OK) == 0 else {
            throw SandboxError("bubblewrap is not installed (apt-get install bubblewrap)")
        }
        let setting = Launcher.Setting(
            program: launcher,
            bubblewrap: bubblewrap,
            user: user,
            usesGroups: usesGroups
        )
        let sandbox = CodeSandbox(launcher: try Launcher(setting), places: Places(min(atOnce, 200)), report: .unknown)
        do {
            let report = try await SandboxCheck(sandbox: sandbox).perform()
            return CodeSandbox(launcher: sandbox.launcher, places: sandbox.places, report: report)
        } catch {
            sandbox.close()
            throw error
        }
    }

    package static func findBubblewrap() -> String? {
        let folders = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return folders.split(separator: ":").map { "\($0)/bwrap" }.first { access($0, X_OK) == 0 }
    }

    /// Ends the launcher with everything that still runs.
    package func close() { launcher.close() }

    /// For tests of what comes after it.
    func killLauncher() { launcher.kill() }

    var limits: UInt32 { launcher.limits }
    var groupVersion: UInt32 { launcher.groupVersion }

    /// Runs the command in a workspace, which it sees as `/workspace`. When this returns, however it does, nothing of the
    /// command is left. A cancelled task ends it at once; so does a workspace that is found to be full (`RoomWatch`).
    ///
    /// Throws `SandboxError`, `CancellationError`, or what `hear` throws, which ends the command too.
    package func run(
        _ command: SandboxCommand,
        in workspace: Workspace,
        limits: SandboxLimits = SandboxLimits(),
        door: SandboxDoor? = nil,
        hear: (SandboxOutput) async throws -> Void = { _ in }
    ) async throws -> SandboxResult {
        if let complaint = await workspace.complaintAside() { throw SandboxError(complaint) }
        let request = try command.request(limits, gifts: door?.gifts(limits) ?? 0)
        guard await places.take() else { throw CancellationError() }
        defer { places.leave() }
        var far: Descriptor?
        let line = try door.map { try SandboxLine($0, far: &far) }
        let connection = try launcher.connect(workspace: workspace.folder.number, line: far?.number ?? -1)
        // From now on it closes with the command.
        far = nil
        let stream = CommandStream(connection, request: request)
        let watch = RoomWatch(workspace, stream)
        async let _: Void = watch.run()
        async let _: Void? = line?.serve()
        var result = try await withTaskCancellationHandler {
            try await listen(to: stream, hear)
        } onCancel: {
            stream.end()
        }
        result.isOutOfRoom = watch.wasFull
        return result
    }

    private func listen(
        to stream: CommandStream,
        _ hear: (SandboxOutput) async throws -> Void
    ) async throws -> SandboxResult {
        var result: SandboxResult?
        var failure: (any Error)?
        var words = ""
        while let frame = await stream.next() {
            switch frame {
            case .output(let output):
                guard failure == nil else { continue }
                if words.utf8.count < 200 { words += String(decoding: output.bytes, as: UTF8.self) }
                do {
                    try await hear(output)
                } catch {
                    failure = error
                    stream.end()
                }
            case .result(let ended): result = ended
            case .failure(let reason): failure = SandboxError("The sandbox could not be made: \(reason)")
            }
        }
        try Task.checkCancellation()
        if let failure { throw failure }
        guard let result else { throw SandboxError("The launcher of the sandbox has ended.") }
        // What was written is bubblewrap's then, or the launcher's.
        if !result.wasBegun, result.exitCode == 1 || result.exitCode == 126 {
            throw SandboxError("The sandbox could not be made: \(words.prefix(200))")
        }
        return result
    }
}
