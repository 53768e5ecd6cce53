import Logging
import ServiceLifecycle
import Storage
import Web

/// Looks after the streams and sockets that are open here, as long as the server runs.
struct StreamService: Service {
    let store: Store
    let streams: StreamDesk
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown { [store, streams, logger] in
            await streams.run(store, logger: logger)
        }
    }
}
