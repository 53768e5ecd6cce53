import Engine
package import NIOCore
import NIOPosix

/// Runs tasks on the event loop of a connection.
///
/// What answers quickly is quickest there: its request, its answer and whatever comes for it in between cross no thread on
/// their way, which costs more than the work itself. What takes long has no place on it: all connections of the loop would
/// wait.
package final class LoopExecutor: TaskExecutor {
    /// One for each loop: an executor must outlive all tasks.
    private static let known = Locked<[ObjectIdentifier: LoopExecutor]>([:])

    /// For what the task at hand begins: the loop's if it is on a loop itself, else none in particular.
    static var preferred: LoopExecutor? { MultiThreadedEventLoopGroup.currentEventLoop.map(of) }

    private let loop: any EventLoop

    private init(_ loop: any EventLoop) { self.loop = loop }

    static func of(_ loop: any EventLoop) -> LoopExecutor {
        known.withLock { known in
            if let executor = known[ObjectIdentifier(loop)] { return executor }
            let executor = LoopExecutor(loop)
            known[ObjectIdentifier(loop)] = executor
            return executor
        }
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }

    /// Calls `ring` after a while, unless what it returns is called before. A timer of the runtime's would stay for its whole
    /// time, however soon it is called off; a loop's goes at once.
    static func alarm(in time: Duration, _ ring: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
        let loop = MultiThreadedEventLoopGroup.currentEventLoop ?? MultiThreadedEventLoopGroup.singleton.next()
        let alarm = loop.scheduleTask(in: TimeAmount(time), ring)
        return { alarm.cancel() }
    }
}
