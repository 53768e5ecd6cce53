import Engine
import Foundation
import Sandbox

/// Runs a program in the sandbox, and tells whoever watches what it writes.
struct ProgramRun: Sendable {
    let sandbox: CodeSandbox
    /// To the network; nil where there is none.
    var door: SandboxDoor?

    /// Throws `SandboxError`.
    func perform(
        _ command: SandboxCommand,
        in workspace: Workspace,
        _ limits: SandboxLimits,
        _ context: ToolContext
    ) async throws -> (CodeOutput, SandboxResult) {
        let record = CodeOutput()
        async let _: Void = Self.report(record, to: context)
        let result = try await sandbox.run(command, in: workspace, limits: limits, door: door) {
            record.add($0)
        }
        if let rest = record.takeNew(isLast: true) { try await context.progress(rest) }
        return (record, result)
    }

    /// Whoever watches sees output a quarter of a second after it was written, in few pieces.
    private static func report(_ record: CodeOutput, to context: ToolContext) async {
        while (try? await Task.sleep(for: .milliseconds(250))) != nil {
            guard let new = record.takeNew(isLast: false) else { continue }
            guard (try? await context.progress(new)) != nil else { return }
        }
    }
}
