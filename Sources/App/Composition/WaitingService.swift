import Engine
import Logging
import ServiceLifecycle
import Storage

/// Looks, every second, at what people left waiting: questions whose time has run out, messages whose turn has come. Any
/// number of servers may.
struct WaitingService: Service {
    let store: Store
    let worker: Worker
    let logger: Logger

    func run() async throws { await cancelWhenGracefulShutdown { await self.look() } }

    private func look() async {
        while !Task.isCancelled {
            do { try await Task.sleep(for: .seconds(1)) } catch { return }
            do {
                let expired = try await store.expireApprovals()
                let hasBegun = try await store.settlePending()
                if expired > 0 || hasBegun { worker.wake() }
            } catch {
                if !Task.isCancelled {
                    logger.warning("What waits could not be looked at", metadata: ["error": "\(error)"])
                }
            }
        }
    }
}
