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

    /// `network` is nil where programs get none, whatever people wish.
    func tools(_ door: WorkspaceDoor, network: SandboxNetwork?) -> [any Tool] {
        guard let sandbox = ready, !sandbox.report.languages.isEmpty else { return [] }
        let runner = RunCodeTool(sandbox: sandbox, door: door, network: network)
        // The checks are a program in Python.
        guard sandbox.report.languages.contains(.python) else { return [runner] }
        return [runner, CheckCodeTool(sandbox: sandbox, door: door)]
    }

    /// What a node offers only where it has the sandbox and the programs for it; others may have them.
    static let toolNames = [
        RunCodeTool.specification(languages: SandboxLanguage.allCases).name, CheckCodeTool.manual.name,
        BrowserTool.manual.name,
    ]

    /// nil where no browser is installed, or no network is to be given.
    func browsers(_ configuration: ServerConfiguration, in data: DataFolder, networks: any AgentNetworks)
        -> BrowserSessions?
    {
        guard let sandbox = ready, configuration.sandboxNetwork != .off else { return nil }
        return BrowserSessions(
            sandbox: sandbox,
            scratch: Workspaces(path: "\(data.path)/browsers"),
            addresses: configuration.toolAddresses,
            networks: networks
        )
    }

    /// What makes scripts of people's work; nothing without a sandbox.
    func makers(_ door: WorkspaceDoor) -> [any ToolMaker] {
        ready.map { [ScriptToolMaker(sandbox: $0, door: door)] } ?? []
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
