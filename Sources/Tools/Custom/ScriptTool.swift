package import Engine
import Foundation
package import Sandbox

/// Makes tools of scripts that people wrote: `{"language", "code"}`.
package struct ScriptToolMaker: ToolMaker {
    static let longestCode = 200_000

    package let type = "script"
    private let sandbox: CodeSandbox
    private let door: WorkspaceDoor

    package init(sandbox: CodeSandbox, door: WorkspaceDoor) {
        self.sandbox = sandbox
        self.door = door
    }

    package func tool(_ kept: KeptTool) throws -> any Tool {
        guard let language = kept.definition["language"]?.string.flatMap(SandboxLanguage.init),
            language.command("", input: "", parameters: "") != nil
        else { throw ToolFailure("A script is written in python, javascript or shell.") }
        guard sandbox.report.languages.contains(language) else {
            throw ToolFailure("This server has no program for \(language.rawValue).")
        }
        let code = kept.definition["code"]?.string ?? ""
        guard !code.trimmingCharacters(in: .whitespacesAndNewlines).isEmpty else {
            throw ToolFailure("The script is empty.")
        }
        guard code.utf8.count <= Self.longestCode else {
            throw ToolFailure("The script may have at most \(Self.longestCode / 1000) KB.")
        }
        return ScriptTool(
            specification: kept.specification,
            language: language,
            code: code,
            run: ProgramRun(sandbox: sandbox),
            door: door
        )
    }
}

/// A script that gets its input as JSON on its standard input and its parameters as JSON in its first argument, and
/// prints its result. It runs in the conversation's workspace, without network.
struct ScriptTool: Tool {
    /// An input travels in the command line.
    private static let longestInput = 48 << 10
    private static let longestError = 4000

    let specification: ToolSpecification
    let language: SandboxLanguage
    let code: String
    let run: ProgramRun
    let door: WorkspaceDoor

    func perform(_ input: JSONValue, in context: ToolContext) async throws -> String {
        let (input, parameters) = (input.text, context.parameters.text)
        guard input.utf8.count + parameters.utf8.count <= Self.longestInput,
            let command = language.command(code, input: input, parameters: parameters)
        else { throw ToolFailure("The input may have at most \(Self.longestInput >> 10) KB.") }
        var limits = SandboxLimits()
        // The call's own limit ends it before.
        limits.time = .seconds(ToolSettings.timeouts.upperBound)
        limits.processorSeconds = UInt32(ToolSettings.timeouts.upperBound)
        let (texts, result) = try await perform(command, limits, context)
        guard result.exitCode == 0 else {
            let words = [texts.error, texts.output].filter { !$0.isEmpty }.joined(separator: "\n")
            throw ToolFailure("The script ended with \(result.exitCode):\n\(words.suffix(Self.longestError))")
        }
        let lost = result.lostOutput > 0 ? "\n[\(result.lostOutput) bytes more were left out]" : ""
        return texts.output + lost
    }

    private func perform(
        _ command: SandboxCommand,
        _ limits: SandboxLimits,
        _ context: ToolContext
    ) async throws -> ((output: String, error: String), SandboxResult) {
        do {
            let workspace = try await door.open(for: context)
            let (output, result) = try await run.perform(command, in: workspace, limits, context)
            return (output.texts, result)
        } catch let error as SandboxError {
            throw ToolFailure(error.message)
        }
    }
}

extension SandboxLanguage {
    /// A script that reads `input` and has `parameters` as its argument; nil where the language has neither.
    func command(_ code: String, input: String, parameters: String) -> SandboxCommand? {
        let program =
            switch self {
            case .python: "/usr/bin/python3"
            // Modules are looked for beside the program, which is not in the workspace.
            case .javascript: "NODE_PATH=/workspace/node_modules /usr/bin/node"
            case .shell: "/bin/bash"
            case .sql: ""
            }
        guard !program.isEmpty else { return nil }
        let pipe = "printf %s \"$1\" | \(program) /run/program \"$2\""
        return SandboxCommand(["/bin/sh", "-c", pipe, "sh", input, parameters], program: code)
    }
}
