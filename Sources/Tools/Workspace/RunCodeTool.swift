package import Engine
import Foundation
package import Sandbox

/// Runs a program that the model wrote, in the sandbox and in the conversation's workspace.
package struct RunCodeTool: Tool {
    /// Seconds.
    private static let usualTime = 60
    private static let longestTime = 300

    package let specification: ToolSpecification
    private let sandbox: CodeSandbox
    private let door: WorkspaceDoor
    private let network: SandboxNetwork?

    /// `network` is nil where programs have none.
    package init(sandbox: CodeSandbox, door: WorkspaceDoor, network: SandboxNetwork? = nil) {
        self.sandbox = sandbox
        self.door = door
        self.network = network
        specification = Self.specification(languages: sandbox.report.languages, hasNetwork: network != nil)
    }

    /// Of a host that has programs for these languages.
    package static func specification(languages: [SandboxLanguage], hasNetwork: Bool = true) -> ToolSpecification {
        let languages = languages.map(\.rawValue)
        return ToolSpecification(
            name: "run_code",
            description: """
                Runs a program and returns what it wrote, its exit code, time and memory. It runs in /workspace, whose files \
                stay for later calls in this conversation (what the person attached is in uploads/), and those that it makes \
                come with your answer, pictures shown in it; processes and variables do not. There is no input. \
                \(words(hasNetwork)) Languages here: \(languages.joined(separator: ", ")). sql is SQLite on scratch.sqlite in the \
                workspace. Print what you want to see. Use it to compute, to try code out, to work on files.
                """,
            schema: """
                {"type":"object","required":["language","code"],"additionalProperties":false,"properties":{
                "language":{"type":"string","enum":\(JSONValue.array(languages.map { .string($0) }).text)},
                "code":{"type":"string","minLength":1,"maxLength":200000},
                "timeout_seconds":{"type":"integer","minimum":1,"maximum":\(Self.longestTime),
                "description":"\(Self.usualTime) when left out"}}}
                """,
            level: .safeExecute,
            effect: .effectful,
            timeLimit: .seconds(Self.longestTime + 60),
            agents: ["coding"]
        )
    }

    private static func words(_ hasNetwork: Bool) -> String {
        guard hasNetwork else { return "There is no network." }
        return
            "The network reaches the hosts that the person listed for this agent, over HTTP and HTTPS; where none are "
            + "listed there is none. Then pip install and npm install work, and what they install stays; so does git clone."
    }

    package func perform(_ input: JSONValue, in context: ToolContext) async throws -> String {
        guard let language = input["language"]?.string.flatMap(SandboxLanguage.init), let code = input["code"]?.string
        else { throw ToolFailure("There is nothing to run.") }
        var limits = SandboxLimits()
        limits.time = .seconds(input["timeout_seconds"]?.int ?? Self.usualTime)
        limits.processorSeconds = UInt32(limits.time.components.seconds)
        limits.output = 48 << 10
        do {
            let workspace = try await door.open(for: context)
            let visit = try await network?.visit(for: context)
            let changes = await FileChanges(workspace)
            let run = ProgramRun(sandbox: sandbox, door: visit?.door)
            let (output, result) = try await run.perform(language.command(code), in: workspace, limits, context)
            let made = try await MadeFiles(changes.paths(in: workspace), in: workspace, through: door, context)
            return output.summary(of: result, limits, made: made.lines, visit).text
        } catch let error as SandboxError {
            throw ToolFailure(error.message)
        }
    }
}
