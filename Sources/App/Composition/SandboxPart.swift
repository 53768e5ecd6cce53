import Engine
import Foundation
import Logging
import Sandbox
import Tools

/// The sandbox of this server, or why it has none: without one its agents get no tool that runs programs.
enum SandboxPart: Sendable {
    case ready(CodeSandbox)
    /// Wanted, and this host does not give it.
    case unavailable(String)
    case off

    /// Starts it and tries it.
    static func open(_ configuration: ServerConfiguration, logger: Logger) async -> SandboxPart {
        guard configuration.sandbox == .auto else { return .off }
        do {
            let sandbox = try await CodeSandbox.open(launcher: launcher)
            logger.info("The sandbox is ready: \(sandbox.report.summary)")
            return .ready(sandbox)
        } catch {
            let reason = (error as? SandboxError)?.message ?? "\(error)"
            logger.warning("Agents run no programs, because there is no sandbox: \(reason)")
            return .unavailable(reason)
        }
    }

    /// What health reports show; nil when nothing is wrong.
    var trouble: String? {
        if case .unavailable(let reason) = self { reason } else { nil }
    }

    /// nil when there is none.
    var ready: CodeSandbox? {
        if case .ready(let sandbox) = self { sandbox } else { nil }
    }

    func tools(_ door: WorkspaceDoor) -> [any Tool] {
        guard let sandbox = ready, !sandbox.report.languages.isEmpty else { return [] }
        return [RunCodeTool(sandbox: sandbox, door: door)]
    }

    func close() {
        if case .ready(let sandbox) = self { sandbox.close() }
    }

    /// Beside this program.
    private static var launcher: String? {
        guard let program = Bundle.main.executablePath else { return nil }
        return URL(fileURLWithPath: program).resolvingSymlinksInPath().deletingLastPathComponent()
            .appendingPathComponent("alma-sandbox").path
    }
}
