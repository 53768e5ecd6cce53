import Engine
import Foundation
import Sandbox
import Testing

@testable import Tools

/// Scripts that people wrote, in the real sandbox where this host has one.
@Suite(.wantsNamespaces) struct ScriptToolTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "alma-scripts-\(UUID())").path

    private func tool(_ language: String, _ code: String) async throws -> any Tool {
        let sandbox = try await Bench.sandbox.value()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let door = WorkspaceDoor(workspaces: Workspaces(path: folder), files: FilesInMemory())
        let maker = ScriptToolMaker(sandbox: sandbox, door: door)
        return try maker.tool(
            KeptTool(
                id: .v7(),
                type: "script",
                specification: ToolSpecification(
                    name: "greet",
                    description: "Greets.",
                    schema: #"{"type":"object"}"#,
                    level: .safeExecute,
                    effect: .effectful
                ),
                definition: .object(["language": .string(language), "code": .string(code)])
            )
        )
    }

    private let context = ToolContext(run: .sample, parameters: .object(["tone": .string("kind")]))
    private let input = JSONValue.object(["name": .string("Ada \"the\" $(first) `one` 'here'\n%s")])

    @Test(arguments: [
        (
            "python",
            "import json,sys; i=json.load(sys.stdin); print(i['name'], json.loads(sys.argv[1])['tone'], end='')"
        ),
        (
            "javascript",
            """
            let t=''; process.stdin.on('data', d => t += d).on('end', () =>
            process.stdout.write(JSON.parse(t).name + ' ' + JSON.parse(process.argv[2]).tone))
            """
        ),
    ])
    func aScriptGetsItsInputAndItsParameters(language: String, code: String) async throws {
        let tool = try await tool(language, code)
        #expect(try await tool.perform(input, in: context) == "Ada \"the\" $(first) `one` 'here'\n%s kind")
    }

    @Test func aScriptThatFailsSaysWhy() async throws {
        let tool = try await tool("shell", "cat; echo broken >&2; exit 3")
        do {
            _ = try await tool.perform(input, in: context)
            Issue.record("It did not fail")
        } catch let failure as ToolFailure {
            #expect(failure.message.contains("ended with 3") && failure.message.contains("broken"))
        }
    }

    @Test func anInputThatIsTooLongIsSaid() async throws {
        let tool = try await tool("shell", "cat")
        await #expect(throws: ToolFailure("The input may have at most 48 KB.")) {
            _ = try await tool.perform(.object(["a": .string(String(repeating: "x", count: 50_000))]), in: context)
        }
    }

    @Test func onlyWhatCanBeRunIsTaken() async throws {
        for (language, code) in [("sql", "select 1"), ("perl", "1"), ("python", " \n")] {
            await #expect(throws: ToolFailure.self) { _ = try await tool(language, code) }
        }
    }
}
