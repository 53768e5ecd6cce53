/// What `work` returns, found in a task of its own that is cancelled with the caller's.
///
/// A task keeps the memory of its deepest call for as long as it lives, so whoever lives long has others find what it needs.
/// `async let` would not do: its task has its first memory from the one that waits for it.
/// `executor`: where; beside all others when there is none.
package func apart<Answer: Sendable>(
    on executor: (any TaskExecutor)? = nil,
    _ work: @escaping @Sendable () async throws -> Answer
) async throws -> Answer {
    let task = Task(executorPreference: executor) { try await work() }
    return try await withTaskCancellationHandler {
        try await task.value
    } onCancel: {
        task.cancel()
    }
}
