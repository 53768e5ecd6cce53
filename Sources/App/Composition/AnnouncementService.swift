import Engine
import ServiceLifecycle
import Storage
import Web

/// Wakes this node's readers when another node has written to the run that they follow, or something concerns them
/// wherever it happened.
struct AnnouncementService: Service {
    let store: Store
    let hub: EventHub
    let streams: StreamDesk

    func run() async throws {
        await withDiscardingTaskGroup { group in
            group.addTask {
                await cancelWhenGracefulShutdown { [store, hub] in
                    for await run in store.announcements() {
                        if let run { hub.notify(run: run) } else { hub.notifyAll() }
                    }
                }
            }
            group.addTask { await cancelWhenGracefulShutdown { [store, streams] in await streams.hear(store) } }
        }
    }
}
