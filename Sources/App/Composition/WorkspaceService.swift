import Logging
import Sandbox
import ServiceLifecycle
import Storage

/// At the start and every hour: away with the workspaces of conversations that are no more.
struct WorkspaceService: Service {
    let store: Store
    let workspaces: Workspaces
    let logger: Logger

    func run() async throws { await cancelWhenGracefulShutdown { await self.sweep() } }

    private func sweep() async {
        while !Task.isCancelled {
            do {
                let lost = try await store.missing(conversations: workspaces.conversations)
                await workspaces.removeAside(lost)
                try await Task.sleep(for: .seconds(3600))
            } catch is CancellationError {
                return
            } catch {
                logger.warning("Workspaces could not be swept", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: .seconds(60))
            }
        }
    }
}
