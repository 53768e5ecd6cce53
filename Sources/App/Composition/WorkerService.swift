import Engine
import Foundation
import Logging
import ServiceLifecycle
import Storage

/// The worker as a part of the program: its runs go back to the queue when the program ends.
struct WorkerService: Service {
    let worker: Worker
    let store: Store
    /// Where the worker of a server leaves its name; nil for one that shares its data folder with others.
    let mark: String?
    let logger: Logger

    func run() async throws {
        await signOffPredecessor()
        await cancelWhenGracefulShutdown { [worker] in await worker.run() }
    }

    /// Whoever holds the data folder's lock knows that the worker before it is dead, and need not wait for its silence:
    /// after a crash the runs go on at once.
    private func signOffPredecessor() async {
        guard let mark else { return }
        if let text = try? String(contentsOfFile: mark, encoding: .utf8), let predecessor = UUID(uuidString: text) {
            do {
                try await store.retire(worker: predecessor)
            } catch {
                logger.warning(
                    "The last worker could not be signed off; its runs wait a little",
                    metadata: ["error": "\(error)"]
                )
            }
        }
        try? worker.id.text.write(toFile: mark, atomically: true, encoding: .utf8)
        chmod(mark, 0o600)
    }
}
