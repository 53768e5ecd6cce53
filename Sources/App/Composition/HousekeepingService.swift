import Logging
import ServiceLifecycle
import Storage

/// Some minutes after the start and then once a day: room for the months to come, and away with what has expired.
struct HousekeepingService: Service {
    let store: Store
    let logger: Logger

    func run() async throws { await cancelWhenGracefulShutdown { await self.keepHouse() } }

    private func keepHouse() async {
        // The start has prepared the database; what is promised for some day must come for a server, too, that ends every night.
        var pause = Duration.seconds(600)
        while !Task.isCancelled {
            do { try await Task.sleep(for: pause) } catch { return }
            pause = .seconds(86_400)
            await chore {
                try await store.housekeep()
                let gone = try await store.applyRetention()
                guard gone != RetentionCounts(conversations: 0, logs: 0) else { return }
                logger.notice(
                    "What was to be kept no longer is deleted",
                    metadata: ["conversations": "\(gone.conversations)", "logs": "\(gone.logs)"]
                )
            }
            await chore {
                let purged = try await store.purgeOrganisations()
                guard purged > 0 else { return }
                logger.notice("Deleted organisations are gone for good", metadata: ["count": "\(purged)"])
            }
        }
    }

    private func chore(_ work: () async throws -> Void) async {
        do {
            try await work()
        } catch is CancellationError {
            // The server ends.
        } catch {
            logger.warning(
                "The daily housekeeping failed; it is tried again tomorrow.",
                metadata: ["error": "\(error)"]
            )
        }
    }
}
