import Engine
import Synchronization

/// Writes of many callers, gathered: while one transaction is under way the next one gathers. They go into as few commits as
/// there can be, and nobody waits longer than for two.
final class Gathering<Item: Sendable, Answer: Sendable>: Sendable {
    typealias Write = @Sendable ([Item]) async throws -> [Answer]

    private struct Waiting {
        var item: Item
        var continuation: CheckedContinuation<Answer, any Error>
    }

    private struct State {
        var waiting: [Waiting] = []
        var isWriting = false
    }

    private let limit: Int
    private let state = Mutex(State())

    /// `limit`: items of one transaction.
    init(limit: Int) { self.limit = limit }

    /// What `write` says of the item; throws what it throws for it. Goes on for a task that was cancelled, too.
    func add(_ item: Item, write: @escaping Write) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            let isFirst = state.withLock { state in
                state.waiting.append(Waiting(item: item, continuation: continuation))
                defer { state.isWriting = true }
                return !state.isWriting
            }
            // Not the caller's task: it writes for others too, and has to go on when the caller is stopped.
            if isFirst { Task { await self.writeAll(write) } }
        }
    }

    private func writeAll(_ write: Write) async {
        while true {
            let items = state.withLock { state in
                let items = Array(state.waiting.prefix(limit))
                state.waiting.removeFirst(items.count)
                state.isWriting = !items.isEmpty
                return items
            }
            guard !items.isEmpty else { return }
            await store(items, write)
        }
    }

    private func store(_ items: [Waiting], _ write: Write) async {
        do {
            let answers = try await write(items.map(\.item))
            for (item, answer) in zip(items, answers) { item.continuation.resume(returning: answer) }
        } catch let failure as any JournalFailure where !failure.isTransient && items.count > 1 {
            // One of them can never be stored; the others do not wait for it.
            for item in items { await store([item], write) }
        } catch {
            for item in items { item.continuation.resume(throwing: error) }
        }
    }
}
