import Logging
import ServiceLifecycle
import Storage

/// Once a day: room for the months to come, and away with what has expired.
struct HousekeepingService: Service {
    let store: Store
    let logger: Logger

    func run() async throws { await cancelWhenGracefulShutdown { await self.keepHouse() } }

    private func keepHouse() async {
        while !Task.isCancelled {
            // The start has prepared the database, so a day passes first.
            do { try await Task.sleep(for: .seconds(86_400)) } catch { return }
            do {
                try await store.housekeep()
                let gone = try await store.applyRetention()
                if gone != RetentionCounts(conversations: 0, logs: 0) {
                    logger.notice(
                        "What was to be kept no longer is deleted",
                        metadata: ["conversations": "\(gone.conversations)", "logs": "\(gone.logs)"]
                    )
                }
                let purged = try await store.purgeOrganisations()
                if purged > 0 {
                    logger.notice("Deleted organisations are gone for good", metadata: ["count": "\(purged)"])
                }
            } catch {
                logger.warning(
                    "The daily housekeeping failed; it is tried again tomorrow.",
                    metadata: ["error": "\(error)"]
                )
            }
        }
    }
}
