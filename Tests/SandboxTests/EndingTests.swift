import Foundation
import Testing

@testable import Sandbox

/// Nothing is left, however a command or its server ends.
@Suite(.serialized, .wantsNamespaces) struct EndingTests {
    private let bench: Bench

    init() async throws { bench = try await Bench() }

    @Test("SB23 a cancelled command is gone, whenever that was", arguments: Scale.delays)
    func cancelled(milliseconds: Int) async throws {
        let mark = Self.mark(58, milliseconds)
        let sandbox = try await CodeSandbox.open(launcher: Bench.launcher, atOnce: 20)
        defer { sandbox.close() }
        let bench = try await Bench(sandbox)
        let before = Kernel.descriptors
        for _ in 0..<Scale.cancellations(after: milliseconds) / 20 {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        let task = Task { try await bench.run(SandboxCommand(["/bin/sleep", mark])) }
                        try await Task.sleep(for: .milliseconds(milliseconds))
                        task.cancel()
                        let asked = ContinuousClock.now
                        await #expect(throws: CancellationError.self) { _ = try await task.value }
                        #expect(ContinuousClock.now - asked < .seconds(20))
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(Kernel.processes(with: "sleep\u{0}\(mark)") == [])
        let launcher = sandbox.launcher.id
        try await eventually("at rest: \(Kernel.descendants(of: launcher)) \(Kernel.groups(of: launcher))") {
            Kernel.isAtRest(launcher)
        }
        // Sources close their descriptors on queues of their own; other tests open some meanwhile, but not one for each command.
        try await eventually("\(before) descriptors, and now \(Kernel.descriptors)") {
            Kernel.descriptors <= before + 60
        }
    }

    /// What a command sleeps for, so that nobody else's is taken for it.
    private static func mark(_ test: Int, _ milliseconds: Int) -> String { String(test * 10_000 + milliseconds) }

    @Test("SB22 threads that come and go take no command along") func threads() async throws {
        // Its own launcher: with others' commands they would be more than one serves.
        let sandbox = try await CodeSandbox.open(launcher: Bench.launcher)
        defer { sandbox.close() }
        var left = Scale.abandoned
        while left > 0 {
            // As many at once as a server runs at most.
            try await abandon(min(left, 200), in: sandbox)
            left -= 200
        }
    }

    /// Begins so many commands, each on a thread that ends at once, and waits for what becomes of them.
    private func abandon(_ count: Int, in sandbox: CodeSandbox) async throws {
        let launcher = sandbox.launcher
        var limits = SandboxLimits()
        limits.time = .seconds(200)
        let request = try SandboxCommand(["/bin/bash", "-c", "sleep \(Scale.seconds); exit 7"]).request(limits)
        let folder = bench.folder
        let streams = try await withThrowingTaskGroup(of: CommandStream.self) { group in
            for _ in 0..<count {
                group.addTask {
                    try await withCheckedThrowingContinuation { continuation in
                        Thread.detachNewThread {
                            continuation.resume(
                                with: Result {
                                    CommandStream(
                                        try launcher.connect(workspace: folder.workspace.folder.number),
                                        request: request
                                    )
                                }
                            )
                        }
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for stream in streams {
            var code: Int32?
            while let frame = await stream.next() { if case .result(let result) = frame { code = result.exitCode } }
            #expect(code == 7)
        }
    }

    @Test("SB22 many at once") func many() async throws {
        try await withThrowingTaskGroup(of: Int32.self) { group in
            for _ in 0..<Scale.together {
                group.addTask { try await bench.shell("sleep 0.2; exit 7").result.exitCode }
            }
            for try await code in group { #expect(code == 7) }
        }
    }

    @Test("SB21 everything ends with the server", arguments: Scale.ends)
    func serverDies(milliseconds: Int) async throws {
        let sandbox = try await CodeSandbox.open(launcher: Bench.launcher, atOnce: 20)
        let bench = try await Bench(sandbox)
        let mark = Self.mark(59, milliseconds)
        let commands = (0..<20).map { _ in Task { try await bench.run(SandboxCommand(["/bin/sleep", mark])) } }
        try await Task.sleep(for: .milliseconds(milliseconds))
        let launcher = sandbox.launcher.id
        // What the kernel does to a process that is killed: the line is closed. Nobody ends the commands but the launcher.
        sandbox.close()
        for command in commands { await #expect(throws: SandboxError.self) { _ = try await command.value } }
        // The launcher's part of it is over a moment later.
        try await eventually("the launcher has ended") { kill(launcher, 0) != 0 }
        #expect(Kernel.processes(with: "sleep\u{0}\(mark)") == [], "bubblewrap's own among them")
        #expect(Kernel.groups(of: launcher) == [])
    }

    @Test("SB21 the next start sweeps what a launcher has left behind") func sweep() async throws {
        // It makes the folders.
        try await CodeSandbox.open(launcher: Bench.launcher).close()
        let folders = Kernel.groupFolders
        if folders.isEmpty { try Test.cancel("this host gives no control groups") }
        let dead = try Process.run(URL(fileURLWithPath: "/bin/true"), arguments: [])
        dead.waitUntilExit()
        let left = Process()
        left.executableURL = URL(fileURLWithPath: "/bin/sleep")
        left.arguments = ["4716"]
        // Whoever reads what this process writes does not wait for it.
        left.standardOutput = FileHandle.nullDevice
        left.standardError = FileHandle.nullDevice
        try left.run()
        defer { kill(left.processIdentifier, SIGKILL) }
        let groups = folders.map { "\($0)/\(dead.processIdentifier)-1" }
        // Another test's launcher may begin at this very moment: it sweeps a group that is still empty, or all of it.
        for group in groups {
            var isEntered = false
            for _ in 0..<1000 where !isEntered && left.isRunning {
                let isMade = mkdir(group, 0o755) == 0 || errno == EEXIST
                try #require(isMade)
                let number = Data("\(left.processIdentifier)".utf8)
                isEntered = (try? number.write(to: URL(fileURLWithPath: "\(group)/cgroup.procs"))) != nil
            }
            #expect(isEntered || !left.isRunning)
        }
        try await CodeSandbox.open(launcher: Bench.launcher).close()
        #expect(groups.filter { FileManager.default.fileExists(atPath: $0) } == [])
        try await eventually("what was left is ended") { !left.isRunning }
        #expect(left.terminationReason == .uncaughtSignal && left.terminationStatus == SIGKILL)
    }

    @Test func aListenerThatFailsEndsTheCommand() async throws {
        struct Enough: Error {}
        let begin = ContinuousClock.now
        await #expect(throws: Enough.self) {
            _ = try await bench.sandbox.run(SandboxCommand(["/usr/bin/yes"]), in: bench.folder.workspace) { _ in
                throw Enough()
            }
        }
        #expect(ContinuousClock.now - begin < .seconds(30))
    }

    @Test func aLauncherThatWasKilledIsStartedAgain() async throws {
        let sandbox = try await CodeSandbox.open(launcher: Bench.launcher)
        defer { sandbox.close() }
        let bench = try await Bench(sandbox)
        sandbox.killLauncher()
        // It may take a moment to die, and then nobody answers.
        _ = try? await bench.shell("true")
        #expect(try await bench.shell("echo fine").output == "fine\n")
    }

    @Test("SB30 without bubblewrap there is no sandbox") func missing() async throws {
        await #expect(throws: SandboxError("bubblewrap is not installed (apt-get install bubblewrap)")) {
            _ = try await CodeSandbox.open(launcher: Bench.launcher, bubblewrap: nil)
        }
        await #expect(throws: SandboxError("the program alma-sandbox does not lie beside alma")) {
            _ = try await CodeSandbox.open(launcher: "/nowhere/alma-sandbox")
        }
    }

    @Test("SB30 a sandbox that does not work is none") func broken() async throws {
        await #expect(throws: SandboxError.self) {
            _ = try await CodeSandbox.open(launcher: Bench.launcher, bubblewrap: "/bin/false")
        }
    }

    /// A stand-in that runs the command without isolating it.
    @Test("SB30 a sandbox that does not hold is none") func open() async throws {
        let folder = try TemporaryWorkspace()
        defer { folder.remove() }
        let program = "\(folder.path)/bwrap"
        let script = """
            #!/bin/bash
            while [ "$1" != -- ]; do shift; done
            shift
            echo Seccomp:2
            exec /bin/bash -c 'echo end:1'
            """
        try script.write(toFile: program, atomically: true, encoding: .utf8)
        chmod(program, 0o755)
        chmod(folder.path, 0o755)
        defer { unlink(program) }
        let error = await #expect(throws: SandboxError.self) {
            _ = try await CodeSandbox.open(launcher: Bench.launcher, bubblewrap: program)
        }
        #expect(error?.message.contains("does not hold: not Uid:65534") == true)
    }

    @Test func whatTheCheckFindsIsSaid() {
        let problems = SandboxCheck.problems(in: [
            "Uid:0", "Seccomp:2", "reaches:/root", "program:/usr/bin/node", "end:1",
        ])
        #expect(problems.contains("not Uid:65534") && problems.contains("reaches:/root"))
        #expect(!problems.contains { $0.contains("node") || $0.contains("Seccomp") })
    }
}
