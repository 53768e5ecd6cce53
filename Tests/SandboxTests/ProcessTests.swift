import Foundation
import Testing

@testable import Sandbox

/// Commands that go on and are talked to. One after the other: what they hold is not to be taken for a leak of others.
@Suite(.wantsNamespaces, .serialized) struct ProcessTests {
    private let bench: Bench

    init() async throws { bench = try await Bench() }

    private func process(_ command: SandboxCommand) async throws -> SandboxProcess {
        try await bench.sandbox.start(command, in: bench.folder.workspace, limits: SandboxLimits())
    }

    private func text(_ process: SandboxProcess, until end: String) async -> String {
        var text = ""
        while !text.contains(end), let output = await process.next() {
            text += String(decoding: output.bytes, as: UTF8.self)
        }
        return text
    }

    @Test func itAnswersLineByLineAndEndsWithItsInput() async throws {
        let process = try await process(
            SandboxCommand(["/bin/bash", "-c", "while read -r line; do echo \"[$line]\"; done; exit 7"])
        )
        try await process.write(Array("one\n".utf8))
        #expect(await text(process, until: "]") == "[one]\n")
        try await process.write(Array("two\n".utf8))
        #expect(await text(process, until: "]") == "[two]\n")
        process.closeInput()
        #expect(await process.next() == nil)
        guard case .result(let result) = process.ending else {
            Issue.record("no result")
            return
        }
        #expect(result.exitCode == 7)
        await #expect(throws: SandboxError.self) { try await process.write([0x0A]) }
    }

    @Test func itHasItsOwnEnvironmentAndReadsItsFolders() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "alma-folder-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("read me".utf8).write(to: folder.appending(path: "file"))
        let script =
            "echo \"$OWN\"; cat \(folder.path)/file; touch \(folder.path)/new 2>/dev/null || echo ' sealed'; ls /tmp | wc -l"
        let process = try await process(
            SandboxCommand(
                ["/bin/bash", "-c", script],
                environment: ["OWN": "a value = with 'all' \"of\" it\t"],
                folders: [folder.path]
            )
        )
        let said = await text(process, until: "never")
        #expect(said.hasPrefix("a value = with 'all' \"of\" it\t\nread me sealed\n"), "\(said)")
    }

    @Test func aFolderThatIsNotThereIsSaid() async throws {
        let process = try await process(SandboxCommand(["/bin/true"], folders: ["/nowhere/at/all"]))
        let said = await text(process, until: "never")
        guard let ending = process.ending else { return }
        switch ending {
        case .failure(let error): #expect(error.message.contains("/nowhere/at/all"))
        case .result(let result): #expect(result.exitCode != 0 && said.contains("/nowhere/at/all"))
        }
    }

    @Test func aFloodWaitsForItsReader() async throws {
        var limits = SandboxLimits()
        limits.output = .max
        let flood = try await bench.sandbox.start(
            SandboxCommand(["/bin/bash", "-c", "head -c 8000000 /dev/zero"]),
            in: bench.folder.workspace,
            limits: limits
        )
        var count = 0
        while let output = await flood.next() { count += output.bytes.count }
        #expect(count == 8_000_000)
    }

    @Test("SB04 one that fills its workspace is ended, and not begun again") func quota() async throws {
        var quota = Workspaces.Quota()
        (quota.files, quota.reserve) = (200, 0)
        let folder = try TemporaryWorkspace(quota: quota)
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        let command = SandboxCommand(["/bin/bash", "-c", "touch {1..300}; exec sleep 4715"])
        let process = try await bench.sandbox.start(command, in: folder.workspace, limits: SandboxLimits())
        #expect(await process.next() == nil)
        guard case .result(let result) = process.ending else {
            Issue.record("no result")
            return
        }
        #expect(result.isOutOfRoom && !result.isOutOfTime)
        await #expect(throws: SandboxError.self) {
            _ = try await bench.sandbox.start(command, in: folder.workspace, limits: SandboxLimits())
        }
    }

    @Test func nothingIsLeftWhenNobodyHoldsIt() async throws {
        let line = ["/bin/bash", "-c", "echo up; sleep 47134713"]
        var process: SandboxProcess? = try await process(SandboxCommand(line))
        #expect(await text(try #require(process), until: "up").contains("up"))
        #expect(!Kernel.processes(with: "47134713").isEmpty)
        process = nil
        try await eventually("nothing of it is left") { Kernel.processes(with: "47134713").isEmpty }
    }
}
