import Engine
import ServiceLifecycle

/// The worker as a part of the program: its runs go back to the queue when the program ends.
struct WorkerService: Service {
    let worker: Worker

    func run() async throws { await cancelWhenGracefulShutdown { [worker] in await worker.run() } }
}
