import Foundation
import Testing

@testable import Sandbox

/// What programs leave in their folder does not harm whoever looks at it.
@Suite struct WorkspaceTests {
    private let root: String
    private let workspaces: Workspaces
    private let conversation = UUID()

    init() throws {
        root = "/tmp/alma-workspaces-\(UUID().uuidString)"
        var quota = Workspaces.Quota()
        quota.bytes = 8 << 20
        quota.files = 500
        quota.reserve = 0
        workspaces = Workspaces(path: root, quota: quota)
    }

    private func with(_ body: (Workspace) async throws -> Void) async throws {
        defer {
            #expect(workspaces.remove(named: conversation.folderName))
            #expect((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? [] == [], "all is deleted")
            rmdir(root)
        }
        try await body(try workspaces.workspace(of: conversation))
    }

    private func shell(_ script: String, in workspace: Workspace) async throws -> SandboxResult {
        let sandbox = try await Bench.sandbox.value()
        return try await sandbox.run(SandboxCommand(["/bin/bash", "/run/program"], program: script), in: workspace)
    }

    @Test func whatIsWrittenIsThereForProgramsAndBack() async throws {
        try await with { workspace in
            try workspace.write("a/b/in.txt", Array("one\n".utf8))
            let result = try await shell(
                "cat a/b/in.txt a/b/in.txt >a/out.txt && echo more >>a/b/in.txt",
                in: workspace
            )
            #expect(result.exitCode == 0)
            #expect(try workspace.read("a/out.txt", limit: 100).bytes == Array("one\none\n".utf8))
            #expect(try workspace.read("a/b/in.txt", from: 4, limit: 3).bytes == Array("mor".utf8))
            #expect(try workspace.list().entries.map(\.path) == ["a", "a/b", "a/out.txt", "a/b/in.txt"])
            let file = try workspace.file("a/out.txt")
            #expect(file == (try workspace.list().entries.first { $0.path == "a/out.txt" }) && file.size == 8)
        }
    }

    @Test("SB12 links, pipes and devices lead nowhere") func traps() async throws {
        try await with { workspace in
            let result = try await shell(
                """
                ln -s /etc/passwd link; ln -s /etc folder; ln -s ../../.. up; mkfifo pipe; ln -s . here; echo x >plain
                python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")'
                cp /bin/true program; chmod 4755 program; ln plain hard; mkdir real; mknod device c 1 3 || true
                """,
                in: workspace
            )
            #expect(result.exitCode == 0)
            for path in [
                "link", "folder/passwd", "up/etc/passwd", "../x", "/etc/passwd", "pipe", "socket", "here/plain", "real",
                "real/../../x", "nothing", "plain/x", "device",
            ] {
                #expect(throws: SandboxError.self, "\(path)") { try workspace.read(path, limit: 100) }
                #expect(throws: SandboxError.self, "\(path)") { try workspace.file(path) }
                if path != "nothing", path != "device" {
                    #expect(throws: SandboxError.self, "\(path)") { try workspace.write(path, [1]) }
                }
            }
            let kinds = Dictionary(uniqueKeysWithValues: try workspace.list().entries.map { ($0.path, $0.kind) })
            #expect(
                kinds["link"] == .link && kinds["folder"] == .link && kinds["pipe"] == .other
                    && kinds["real"] == .folder
            )
            #expect(try workspace.read("hard", limit: 10).bytes == Array("x\n".utf8))
        }
    }

    @Test("SB28 many files and strange names") func names() async throws {
        try await with { workspace in
            // Made where there is room for them, and looked at where there is not.
            var quota = Workspaces.Quota()
            (quota.files, quota.reserve) = (1_000_000, 0)
            let made = try await shell(
                #"touch $'line\nbreak' $'\e[31mred' $'bad\xff' '<b>' && mkdir d && cd d && "#
                    + "for i in {1..\(Scale.files)}; do >$i; done",
                in: try Workspaces(path: root, quota: quota).workspace(of: conversation)
            )
            #expect(made.exitCode == 0)
            let all = try workspace.list(limit: 100)
            #expect(all.entries.count == 100 && !all.isComplete)
            #expect(workspace.usage() == nil && workspace.complaint()?.contains("full") == true)
            #expect(throws: SandboxError.self) { try workspace.write("x", [1]) }
        }
    }

    @Test("SB12 what is deep or closed is counted and deleted") func deep() async throws {
        try await with { workspace in
            let result = try await shell(
                """
                python3 - <<'END'
                import os
                for i in range(3000):
                    os.mkdir('d'); os.chdir('d')
                END
                mkdir closed; touch closed/x; chmod 0 closed; true
                """,
                in: workspace
            )
            #expect(result.exitCode == 0 || result.isOutOfRoom)
            #expect(workspace.usage() == nil, "too deep or too many")
        }
    }

    @Test("SB04 a program that fills its workspace is ended") func quota() async throws {
        try await with { workspace in
            let result = try await shell(
                "while :; do head -c 2M /dev/zero >$RANDOM.bin; sleep 0.05; done",
                in: workspace
            )
            #expect(result.isOutOfRoom && !result.isOutOfTime)
            await #expect(throws: SandboxError.self) { _ = try await shell("true", in: workspace) }
        }
    }

    /// At most so much a second, so that a busy machine's late look does not count for more than it is.
    private static let writer = """
        import os, time
        block, total, files = bytes(1 << 20), 0, []
        while True:
            if total % (64 << 20) == 0:
                files.append(open('x', 'wb', buffering=0)); os.unlink('x')
            total += files[-1].write(block)
            print(total, flush=True)
            time.sleep(0.05)
        """

    /// The bytes that the writer has got rid of, and how it ended.
    private func written(in workspace: Workspace) async throws -> (bytes: Int, result: SandboxResult) {
        var said: [UInt8] = []
        let sandbox = try await Bench.sandbox.value()
        let command = SandboxLanguage.python.command(Self.writer)
        let result = try await sandbox.run(command, in: workspace) { said += $0.bytes }
        let last = String(decoding: said, as: UTF8.self).split(separator: "\n").compactMap { Int($0) }.last
        return (last ?? 0, result)
    }

    @Test("SB04 files that are deleted but open count, and are seen in time") func hiddenFiles() async throws {
        try await with { workspace in
            let (bytes, result) = try await written(in: workspace)
            #expect(result.isOutOfRoom && !result.isOutOfTime)
            #expect((8 << 20...256 << 20).contains(bytes), "\(bytes >> 20) MB of 8")
            #expect(workspace.complaint() == nil, "nothing of it is left")
        }
    }

    @Test("SB04 what the disk is to keep free stays free, within bounds") func reserve() async throws {
        var quota = Workspaces.Quota()
        quota.bytes = 1 << 40
        // In memory, so that nobody else fills or empties the disk meanwhile.
        let path = "/dev/shm/alma-workspaces-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        quota.reserve = try Workspaces(path: path).workspace(of: conversation).free.bytes - 16 << 20
        let (bytes, result) = try await written(
            in: try Workspaces(path: path, quota: quota).workspace(of: conversation)
        )
        #expect(result.isOutOfRoom && !result.isOutOfTime)
        #expect((8 << 20...256 << 20).contains(bytes), "\(bytes >> 20) MB of 16")
    }

    @Test("SB04 what it had written by then is heard, and why it was ended") func lastWords() async throws {
        try await with { workspace in
            var heard = 0
            var limits = SandboxLimits()
            limits.output = 100 << 20
            let sandbox = try await Bench.sandbox.value()
            let result = try await sandbox.run(
                SandboxCommand(
                    ["/bin/bash", "/run/program"],
                    program: "echo first; touch {1..600}; while :; do echo words; done"
                ),
                in: workspace,
                limits: limits
            ) { heard += $0.bytes.count }
            #expect(result.isOutOfRoom && !result.isOutOfTime && heard > 0)
        }
    }

    @Test func countingFindsWhatAListHolds() async throws {
        try await with { workspace in
            for path in ["b/c/one", "b/two", "a"] { try workspace.write(path, [1]) }
            #expect(try workspace.list().entries.count == 5)
            #expect(workspace.usage()?.files == 5)
        }
    }

    @Test func aLinkIsNotUnlocked() throws {
        let folder = try TemporaryWorkspace()
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        for (name, mode) in [("outside", mode_t(0o640)), ("inside", 0o500)] {
            mkdir("\(folder.path)/\(name)", mode)
        }
        symlink("\(folder.path)/outside", "\(folder.path)/link")
        for name in ["link", "inside"] { folder.workspace.folder.asFolder.unlock(name.cName) }
        #expect(folder.workspace.folder.asFolder.status("outside".cName)?.st_mode == S_IFDIR | 0o640)
        #expect(folder.workspace.folder.asFolder.status("inside".cName)?.st_mode == S_IFDIR | 0o700)
    }

    @Test("SB20 nothing in it is run by the server") func hooks() async throws {
        try await with { workspace in
            try workspace.write(".git/hooks/post-checkout", Array("#!/bin/sh\n".utf8))
            try workspace.write(".bashrc", Array("touch /workspace/was-run\n".utf8))
            let server = #"{"mcpServers": {"x": {"command": "touch", "args": ["/workspace/was-run"]}}}"#
            let task = #"{"tasks": [{"command": "touch was-run", "runOptions": {"runOn": "folderOpen"}}]}"#
            try workspace.write(".mcp.json", Array(server.utf8))
            try workspace.write(".vscode/tasks.json", Array(task.utf8))
            _ = try await shell("true", in: workspace)
            let paths = try workspace.list().entries.map(\.path)
            #expect(
                [".git/hooks/post-checkout", ".bashrc", ".mcp.json", ".vscode/tasks.json"].allSatisfy(paths.contains)
            )
            #expect(try workspace.read(".vscode/tasks.json", limit: 1000).bytes == Array(task.utf8))
            #expect(throws: SandboxError.self) { try workspace.read("was-run", limit: 1) }
        }
    }

    @Test func whatIsFullCanBeMadeEmptier() async throws {
        try await with { workspace in
            _ = try await shell(
                """
                mkdir -p d/closed/inner; touch d/closed/inner/x; chmod 0 d/closed; echo x >alone
                mkdir outside; echo kept >outside/x; ln -s outside link; ln -s outside d/link
                touch d/{1..600}
                """,
                in: workspace
            )
            #expect(workspace.complaint()?.contains("full") == true)
            for path in ["nothing", "../x", "d/..", "alone/x", "link/x", "alone\0x"] {
                #expect(throws: SandboxError.self, "\(path)") { try workspace.remove(path) }
            }
            for path in ["d", "alone", "link"] { try workspace.remove(path) }
            #expect(try workspace.list().entries.map(\.path) == ["outside", "outside/x"])
            #expect(workspace.complaint() == nil)
            try workspace.write("x", [1])
        }
    }
}
