package import NIOCore

/// Runs tasks on the event loop of a connection.
///
/// What answers quickly is quickest there: its request, its answer and whatever comes for it in between cross no thread on
/// their way, which costs more than the work itself. What takes long has no place on it: all connections of the loop would
/// wait.
package final class LoopExecutor: TaskExecutor {
    /// That of the connection whose task this is; nil elsewhere.
    @TaskLocal private static var current: LoopExecutor?
    /// For what the task at hand begins: the loop's if it is on the loop itself, else none in particular.
    static var preferred: LoopExecutor? {
        guard let current else { return nil }
        let isOnIt = withUnsafeCurrentTask { $0?.unownedTaskExecutor == current.asUnownedTaskExecutor() }
        return isOnIt ? current : nil
    }

    /// It must outlive all tasks.
    private let loop: any EventLoop

    package init(_ loop: any EventLoop) { self.loop = loop }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }

    /// What `work` returns, which runs on `loop` as all does that it asks for.
    static func run<Answer>(_ work: () async throws -> Answer, on loop: any EventLoop) async rethrows -> Answer {
        let executor = LoopExecutor(loop)
        return try await $current.withValue(executor) {
            try await withTaskExecutorPreference(executor, operation: work)
        }
    }

    /// What `work` returns, which runs beside all others and may take its time.
    static func leave<Answer>(_ work: () async throws -> Answer) async rethrows -> Answer {
        try await withTaskExecutorPreference(globalConcurrentExecutor, operation: work)
    }

    /// Calls `ring` after a while, unless what it returns is called before. A timer of the runtime's would stay for its whole
    /// time, however soon it is called off; a loop's goes at once.
    static func alarm(in time: Duration, _ ring: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
        if let loop = current?.loop {
            let alarm = loop.scheduleTask(in: TimeAmount(time), ring)
            return { alarm.cancel() }
        }
        let alarm = Task {
            try await Task.sleep(for: time)
            ring()
        }
        return { alarm.cancel() }
    }
}
