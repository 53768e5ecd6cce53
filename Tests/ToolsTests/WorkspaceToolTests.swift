import Engine
import Foundation
import Sandbox
import Testing

@testable import Tools

/// The file tools by their words; what lies below them has its own tests.
@Suite final class WorkspaceToolTests {
    private let workspaces = Workspaces(path: "/tmp/alma-tools-\(UUID().uuidString)")
    private let files = FilesInMemory()
    private let context: ToolContext
    private let conversation = UUID()

    init() {
        context = ToolContext(
            run: Run(
                id: .v7(),
                organisationID: .v7(),
                userID: .v7(),
                conversationID: conversation,
                agentID: .v7(),
                userMessageID: .v7(),
                messageID: .v7(),
                state: .running,
                attempt: 1,
                createdAt: Date()
            )
        )
    }

    deinit {
        try? FileManager.default.removeItem(atPath: workspaces.path)
    }

    private var tools: [any Tool] {
        FileTools.all(
            WorkspaceDoor(workspaces: workspaces, files: files),
            reader: DocumentReader(sandbox: nil, workspaces: workspaces)
        )
    }

    private func call(_ name: String, _ input: String) async throws -> String {
        let tool = try #require(tools.first { $0.specification.name == name })
        return try await tool.perform(try JSONValue(parsing: input), in: context)
    }

    private func failure(_ name: String, _ input: String) async -> String {
        do {
            _ = try await call(name, input)
            return ""
        } catch {
            return (error as? ToolFailure)?.message ?? "\(error)"
        }
    }

    @Test func schemasCanBeRead() throws {
        let catalogue = try ToolCatalogue(tools)
        #expect(catalogue.specifications.count == 12)
        #expect(catalogue.complaint(about: #"{"path":"x","first_line":0}"#, for: "read_file") != nil)
    }

    @Test func aFileIsWrittenReadChangedAndFound() async throws {
        #expect(try await call("list_files", "{}") == "There are no files.")
        #expect(
            try await call("write_file", #"{"path":"/workspace/src/a.py","content":"x = 1\ny = 2\ny = 2\n"}"#)
                == """
                18 bytes are in src/a.py.
                src/a.py (text/x-python, 18 bytes) comes with your answer.
                """
        )
        #expect(try await call("list_files", "{}") == "src/\nsrc/a.py  18")
        #expect(
            try await call("read_file", #"{"path":"./src/a.py","first_line":2,"lines":1}"#)
                == "2\ty = 2\n… 2 more lines"
        )
        #expect(
            await failure("edit_file", #"{"path":"src/a.py","old_text":"z","new_text":""}"#).contains(
                "is not in src/a.py"
            )
        )
        #expect(
            await failure("edit_file", #"{"path":"src/a.py","old_text":"y = 2","new_text":""}"#).contains("2 times")
        )
        #expect(
            try await call(
                "edit_file",
                #"{"path":"src/a.py","old_text":"y = 2","new_text":"Y = 3","replace_all":true}"#
            )
            .hasPrefix("src/a.py is changed in 2 places.")
        )
        #expect(
            try await call("search_files", #"{"text":"y = 3","ignores_case":true}"#)
                == "src/a.py:2: Y = 3\nsrc/a.py:3: Y = 3"
        )
        #expect(try await call("search_files", #"{"text":"y = 3"}"#) == "Nothing was found.")
    }

    @Test func aDiffChangesAFileAsAWhole() async throws {
        _ = try await call("write_file", #"{"path":"a.txt","content":"one\ntwo\nthree\nfour\nfive\n"}"#)
        // The numbers are off by some lines.
        let diff = #"--- a\n+++ b\n@@ -4,3 +4,3 @@\n one\n-two\n+2\n three\n@@ -9,2 +9,3 @@\n four\n five\n+six\n"#
        _ = try await call("patch_file", #"{"path":"a.txt","diff":"\#(diff)"}"#)
        #expect(
            try await call("read_file", #"{"path":"a.txt"}"#) == "1\tone\n2\t2\n3\tthree\n4\tfour\n5\tfive\n6\tsix\n7\t"
        )
        let wrong = #"@@ -1 +1 @@\n-2\n+two\n@@ -5 +5 @@\n-none\n+x\n"#
        #expect(await failure("patch_file", #"{"path":"a.txt","diff":"\#(wrong)"}"#).contains("Change 2 does not fit"))
        #expect(try await call("search_files", #"{"text":"two"}"#) == "Nothing was found.")
        #expect(await failure("patch_file", #"{"path":"a.txt","diff":"hello"}"#).contains("no unified diff"))
    }

    @Test func filesAreMovedAndDeleted() async throws {
        _ = try await call("write_file", #"{"path":"a/b.txt","content":"x"}"#)
        _ = try await call("write_file", #"{"path":"c.txt","content":"y"}"#)
        #expect(await failure("move_file", #"{"path":"a/b.txt","to":"c.txt"}"#) == "There is a c.txt already.")
        #expect(await failure("move_file", #"{"path":"a/b.txt","to":"../x"}"#) != "")
        #expect(try await call("move_file", #"{"path":"a","to":"deep/er/a"}"#) == "a is now deep/er/a.")
        #expect(try await call("read_file", #"{"path":"deep/er/a/b.txt"}"#) == "1\tx")
        #expect(await failure("delete_file", #"{"path":"."}"#).contains("The workspace itself"))
        #expect(await failure("delete_file", #"{"path":"../.."}"#) != "")
        _ = try await call("delete_file", #"{"path":"deep"}"#)
        #expect(try await call("list_files", "{}") == "c.txt  1")
    }

    @Test func whatWasBroughtLiesInTheWorkspace() async throws {
        files.bring("notes.txt", Array("one\ntwo\n".utf8), in: conversation)
        #expect(try await call("read_file", #"{"path":"uploads/notes.txt"}"#) == "1\tone\n2\ttwo\n3\t")
        #expect(
            try await call("read_document", #"{"path":"uploads/notes.txt"}"#)
                == "File: uploads/notes.txt (text/plain, 8 bytes)\n\none\ntwo\n"
        )
    }

    @Test func whatWasMadeIsThereAgainOnAnotherNode() async throws {
        _ = try await call("write_file", #"{"path":"out/a.txt","content":"made"}"#)
        workspaces.remove([conversation])
        #expect(try await call("read_file", #"{"path":"out/a.txt"}"#) == "1\tmade")
    }

    @Test func linesEndAsTheyDidBefore() async throws {
        let workspace = try workspaces.workspace(of: conversation)
        func text() throws -> String { String(decoding: try workspace.read("w", limit: 100).bytes, as: UTF8.self) }
        try workspace.write("w", Array("one\r\ntwo\r\n\r\nthree".utf8))
        #expect(try await call("read_file", #"{"path":"w","first_line":2,"lines":1}"#) == "2\ttwo\n… 2 more lines")
        #expect(try await call("search_files", #"{"text":"three"}"#) == "w:4: three")
        let edit = #"{"path":"w","old_text":"one\ntwo","new_text":"1\n2"}"#
        #expect(try await call("edit_file", edit).hasPrefix("w is changed."))
        #expect(try text() == "1\r\n2\r\n\r\nthree")
        _ = try await call("edit_file", #"{"path":"w","old_text":"three","new_text":"3\n4"}"#)
        #expect(try text() == "1\r\n2\r\n\r\n3\r\n4")
        let diff = #"@@ -1,2 +1,2 @@\n 1\n-2\n+two\n+half\n"#
        _ = try await call("patch_file", #"{"path":"w","diff":"\#(diff)"}"#)
        #expect(try text() == "1\r\ntwo\r\nhalf\r\n\r\n3\r\n4")
        try workspace.write("w", Array("a\nb\r\nc\n".utf8))
        _ = try await call("edit_file", #"{"path":"w","old_text":"b\nc","new_text":"B\nC"}"#)
        _ = try await call("edit_file", #"{"path":"w","old_text":"a\n","new_text":"A\n\n"}"#)
        #expect(try text() == "A\n\nB\r\nC\n")
    }

    @Test func whatIsFoundIsCutAndItsPathsAreShownInOneLine() async throws {
        let workspace = try workspaces.workspace(of: conversation)
        try workspace.write("b\nad\u{1B}[31m", Array(String(repeating: "x\n", count: 200_000).utf8))
        let found = try await call("search_files", #"{"text":"x"}"#).split(separator: "\n")
        #expect(found.count == 101 && found.last == "… and perhaps more")
        #expect(found.first == "b\u{FFFD}ad:1: x")
        #expect(try await call("list_files", "{}") == "b\u{FFFD}ad  400000")
    }

    @Test func refusalsSayWhy() async throws {
        #expect(await failure("read_file", #"{"path":"no"}"#) == "There is no no in the workspace.")
        #expect(await failure("read_file", #"{"path":"../../etc/passwd"}"#).contains("leads out of the workspace"))
        #expect(await failure("write_file", #"{"path":"../x","content":""}"#).contains("leads out of the workspace"))
        _ = try await call("write_file", #"{"path":"bell","content":"a\u0007b"}"#)
        #expect(try await call("read_file", #"{"path":"bell"}"#) == "1\ta\u{FFFD}b")
    }

    @Test func outputIsMadeFitToBeShown() {
        let record = CodeOutput()
        record.add(SandboxOutput(channel: .output, bytes: Array("\u{1B}[31mred\u{1B}[0m\0 ".utf8) + [0xE4, 0xBD]))
        #expect(record.takeNew(isLast: false) == "red\u{FFFD} ")
        #expect(record.takeNew(isLast: false) == nil)
        record.add(SandboxOutput(channel: .error, bytes: [0xA0, 0xFF, 10]))
        #expect(record.takeNew(isLast: true) == "你\u{FFFD}\n".replacing("你", with: "\u{4F60}"))
    }
}
