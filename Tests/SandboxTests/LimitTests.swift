import Foundation
import Testing

@testable import Sandbox

/// Hungry, stubborn and talkative programs meet their limits.
@Suite(.wantsNamespaces) struct LimitTests {
    private let bench: Bench

    init() async throws { bench = try await Bench() }

    @Test("SB02 a fork bomb stays within its sandbox") func forkBomb() async throws {
        let sandbox = try await CodeSandbox.open(launcher: Bench.launcher)
        defer { sandbox.close() }
        let bench = try await Bench(sandbox)
        async let bomb = bench.shell("echo begun; b() { b | b & }; b; sleep 20") { $0.time = .seconds(10) }
        var most = 0
        try await eventually("the bomb goes off") {
            most = max(most, Kernel.descendants(of: sandbox.launcher.id).count)
            return most >= 10
        }
        let neighbour = try await Bench().shell("echo fine")
        #expect(neighbour.output == "fine\n")
        for _ in 0..<50 {
            most = max(most, Kernel.descendants(of: sandbox.launcher.id).count)
            try await Task.sleep(for: .milliseconds(10))
        }
        // Its own limit, and those who attend to it.
        #expect((10...(128 + 8)).contains(most), "\(most) processes of the host's")
        #expect(try await bomb.error.contains("Resource temporarily unavailable"))
        try await eventually("the launcher is at rest") { Kernel.isAtRest(sandbox.launcher.id) }
    }

    @Test("SB03 memory has an end") func memory() async throws {
        let ended = try await bench.python("a = []\nwhile True: a.append(bytearray(10 << 20))")
        #expect(ended.result.exitCode != 0)
        if bench.sandbox.report.isComplete {
            #expect(ended.result.isOutOfMemory)
            #expect(ended.result.peakMemory <= 256 << 20)
        }
        let many = try await bench.shell(
            "for i in 1 2 3 4 5 6; do python3 -c 'import time; a = bytearray(100 << 20); time.sleep(4)' & done; wait; echo over"
        )
        if bench.sandbox.report.isComplete { #expect(many.result.isOutOfMemory) }
    }

    @Test("SB03 what is kept in memory as files has an end") func memoryFiles() async throws {
        let ended = try await bench.shell(
            "head -c 100M /dev/zero >/tmp/x; head -c 30M /dev/zero >/dev/shm/x; stat -c %s /tmp/x /dev/shm/x"
        )
        let sizes = ended.output.split(separator: "\n").compactMap { Int($0) }
        #expect(sizes.count == 2 && sizes[0] <= 64 << 20 && sizes[1] <= 16 << 20)
        #expect(ended.error.contains("No space left"))
    }

    @Test("SB04 a file has an end") func fileSize() async throws {
        let ended = try await bench.shell("head -c 20M /dev/zero >x; stat -c %s x") { $0.fileSize = 10 << 20 }
        #expect(ended.output == "\(10 << 20)\n")
    }

    @Test("SB14 what goes on in the background ends too") func background() async throws {
        let ended = try await bench.shell(
            """
            setsid nohup sleep 47114711 >/dev/null 2>&1 &
            (setsid bash -c 'trap "" HUP TERM INT; sleep 47114711 & wait' &) &
            echo done
            """
        )
        #expect(ended.output == "done\n")
        #expect(Kernel.processes(with: "47114711") == [])
    }

    @Test(
        "SB15 stubbornness does not help",
        arguments: [
            "trap '' TERM INT HUP; while :; do sleep 0.1; done", "kill -STOP $$", "exec >&- 2>&-; sleep 47124712",
            "while :; do :; done",
        ]
    )
    func stubborn(script: String) async throws {
        let ended = try await bench.shell(script) { $0.time = .milliseconds(400) }
        #expect(ended.result.isOutOfTime)
        #expect(ended.result.time < .seconds(20))
        if script.contains("47124712") { #expect(Kernel.processes(with: "47124712") == []) }
    }

    @Test("SB15 a flood is cut", arguments: ["yes", "yes >&2"]) func flood(script: String) async throws {
        let ended = try await bench.shell(script) {
            $0.time = .seconds(8)
            $0.output = 100_000
        }
        #expect(ended.text.utf8.count == 100_000)
        #expect(ended.result.lostOutput > 1_000_000)
        #expect(ended.result.isOutOfTime)
    }

    @Test("SB16 computing has an end") func processor() async throws {
        let ended = try await bench.shell("for i in 1 2 3 4; do (while :; do :; done) & done; wait") {
            $0.time = .seconds(3)
        }
        // One core for all of it, and what a period of the kernel's may give in advance.
        if bench.sandbox.report.grouped.contains("CPU") {
            #expect(ended.result.processorTime < ended.result.time * 1.2 + .milliseconds(200))
        }
        // How much it got depends on who else computes here.
        #expect(ended.result.processorTime > .milliseconds(50))
    }

    @Test("SB17 descriptors and threads have an end") func tables() async throws {
        let ended = try await bench.python(
            """
            import os, threading, time
            files = []
            try:
                while True: files.append(os.open('/dev/null', os.O_RDONLY))
            except OSError as e: print(e.errno, len(files) < 600)
            for f in files: os.close(f)
            count = 0
            try:
                while True: threading.Thread(target=time.sleep, args=(20,), daemon=True).start(); count += 1
            except RuntimeError: print(count < 200)
            """
        )
        #expect(ended.output == "24 True\nTrue\n", "\(ended.text)")
        let watched = try await bench.python(
            """
            import ctypes
            c = ctypes.CDLL(None, use_errno=True)
            count = 0
            while c.inotify_init1(0) >= 0: count += 1
            print(ctypes.get_errno(), count < 600)
            """
        )
        #expect(watched.output == "24 True\n", "\(watched.text)")
    }

    @Test func aSignalIsTold() async throws {
        let ended = try await bench.shell("kill -SEGV $$")
        #expect(ended.result.exitCode == 139 && ended.result.signal == 11)
    }

    @Test func theExitCodeIsTold() async throws {
        let ended = try await bench.shell("echo no >&2; exit 3")
        #expect(ended.result.exitCode == 3 && ended.error == "no\n" && !ended.result.isOutOfTime)
    }

    @Test func aProgramThatIsTooLongIsRefused() async throws {
        await #expect(throws: SandboxError.self) {
            _ = try await bench.shell(String(repeating: "#", count: 2 << 20))
        }
    }

    @Test func withoutControlGroupsTheLimitsOfProcessesHold() async throws {
        let sandbox = try await CodeSandbox.open(launcher: Bench.launcher, usesGroups: false)
        defer { sandbox.close() }
        #expect(!sandbox.report.isComplete && sandbox.report.summary.contains("no control groups"))
        let bench = try await Bench(sandbox)
        let greedy = try await bench.python("a = bytearray(400 << 20)")
        #expect(greedy.error.contains("MemoryError"))
        // Those that have begun stay until its time is over, so that a slow machine comes to the limit, too.
        let bomb = try await bench.shell("for i in {1..200}; do sleep 60 & done") { $0.time = .seconds(8) }
        #expect(bomb.error.contains("Resource temporarily unavailable"))
        let hidden = try await bench.python(
            """
            import ctypes, os
            try: os.memfd_create('x'); print('MADE')
            except OSError as e: print(e.errno)
            c = ctypes.CDLL(None, use_errno=True)
            print('MADE' if c.shmget(0, 1 << 20, 0o1600) >= 0 else ctypes.get_errno())
            """
        )
        #expect(hidden.output == "38\n38\n", "memory that no limit counts")
        let programs: [SandboxLanguage: String] = [
            .python: "import random; print('fine')", .javascript: "console.log('fine')", .shell: "echo fine",
            .sql: "select 'fi' || 'ne';",
        ]
        for language in sandbox.report.languages {
            let ended = try await bench.run(language.command(programs[language] ?? ""))
            #expect(ended.output.contains("fine"), "\(language): \(ended.text)")
        }
    }
}
