import Foundation
import Logging
import Sandbox
import ServiceLifecycle

/// Every hour: away with the workspaces of conversations that are no more. Not at the start: whoever restores a database into
/// an empty data folder starts with one that knows no conversation.
struct WorkspaceService: Service {
    let workspaces: Workspaces
    let logger: Logger
    var patience: Duration = .seconds(3600)
    /// Which of some conversations the database does not know.
    let missing: @Sendable ([UUID]) async throws -> [UUID]

    func run() async throws { await cancelWhenGracefulShutdown { await self.sweep() } }

    private func sweep() async {
        while (try? await Task.sleep(for: patience)) != nil {
            do {
                let sweep = try await workspaces.sweep(missing: missing)
                if sweep.isDoubtful {
                    logger.warning("Workspaces are kept: the database knows none of their conversations")
                }
            } catch {
                logger.warning("Workspaces could not be swept", metadata: ["error": "\(error)"])
            }
        }
    }
}
