import Engine
import ServiceLifecycle
import Storage

/// Wakes this node's readers when another node has written to the run that they follow.
struct AnnouncementService: Service {
    let store: Store
    let hub: EventHub

    func run() async throws {
        await cancelWhenGracefulShutdown { [store, hub] in
            // What was missed meanwhile (nil) is found by the readers themselves: they look from time to time.
            for await run in store.announcements() {
                if let run { hub.notify(run: run) }
            }
        }
    }
}
