package import Engine
import Foundation
package import Sandbox

/// Says what is wrong with a program, without running it.
package struct CheckCodeTool: Tool {
    package static let manual = ToolSpecification(
        name: "check_code",
        description: """
            Checks a program without running it: its syntax, and what can be found by reading, such as names that are not \
            defined, imports that are not used, quotes that are missing. Returns the findings with their lines. Give a path \
            in the workspace, or the code and its language: python, javascript, typescript, shell, sql, json, html or css.
            """,
        schema: """
            {"type":"object","additionalProperties":false,"properties":{"path":\(FileTools.path),
            "code":{"type":"string","minLength":1,"maxLength":200000},
            "language":{"type":"string","enum":\(JSONValue.array(names.map { .string($0) }).text),
            "description":"by the path's ending when left out"}},"oneOf":[{"required":["path"]},{"required":["code","language"]}]}
            """,
        level: .readOnly,
        effect: .idempotent,
        timeLimit: .seconds(90),
        agents: ["coding"]
    )

    private static let names = ["python", "javascript", "typescript", "shell", "sql", "json", "html", "css"]
    private static let endings = [
        "py": "python", "js": "javascript", "mjs": "javascript", "cjs": "javascript", "ts": "typescript", "sh": "shell",
        "bash": "shell", "sql": "sql", "json": "json", "html": "html", "htm": "html", "css": "css",
    ]

    package let specification: ToolSpecification = Self.manual
    private let sandbox: CodeSandbox
    private let door: WorkspaceDoor

    package init(sandbox: CodeSandbox, door: WorkspaceDoor) {
        self.sandbox = sandbox
        self.door = door
    }

    package func perform(_ input: JSONValue, in context: ToolContext) async throws -> String {
        do {
            let workspace = try await door.open(for: context)
            let (name, code) = try await source(input, in: workspace)
            let language =
                input["language"]?.string ?? Self.endings[name.split(separator: ".").last.map(String.init) ?? ""]
            guard let language else { throw ToolFailure("The language of \(name) is not known. Name it.") }
            return try await check(language, code, called: name, in: workspace)
        } catch let error as SandboxError {
            throw ToolFailure(error.message)
        }
    }

    private func source(_ input: JSONValue, in workspace: Workspace) async throws -> (name: String, code: String) {
        if let code = input["code"]?.string { return ("the code", code) }
        let path = FileTools.path(input)
        return (path, try await workspace.aside { Result { try workspace.text(of: path) } }.get())
    }

    /// The checker reads its request from `/run/program`: the language on the first line, then the code.
    private func check(_ language: String, _ code: String, called name: String, in workspace: Workspace) async throws
        -> String
    {
        var limits = SandboxLimits()
        limits.time = .seconds(60)
        limits.output = 32 << 10
        let command = SandboxCommand(
            ["/usr/bin/python3", "-I", "-c", CodeChecker.script],
            program: "\(language)\n\(code)"
        )
        let record = CodeOutput()
        let result = try await sandbox.run(command, in: workspace, limits: limits) { record.add($0) }
        let text = record.text
        guard result.exitCode == 0, !text.isEmpty else {
            throw ToolFailure("The check itself failed: \(text.suffix(500))")
        }
        return text.replacing("{name}", with: name)
    }
}
