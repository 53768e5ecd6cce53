import Engine
import Synchronization

/// Writes of many callers, gathered: while one transaction is under way the next one gathers. They go into as few commits as
/// there can be, and nobody waits longer than for two.
final class Gathering<Item: Sendable, Answer: Sendable>: Sendable {
    typealias Write = @Sendable ([Item]) async throws -> [Answer]

    private struct Waiting {
        var item: Item
        var then: @Sendable (Result<Answer, any Error>) -> Void
    }

    private struct State {
        var waiting: [Waiting] = []
        var isWriting = false
    }

    private let limit: Int
    private let pause: Duration?
    private let state = Mutex(State())

    /// `limit`: items of one transaction. `pause`: how long a transaction lets others come before it begins, where nobody
    /// waits for it.
    init(limit: Int, pause: Duration? = nil) { (self.limit, self.pause) = (limit, pause) }

    /// What `write` says of the item; throws what it throws for it. Goes on for a task that was cancelled, too.
    func add(_ item: Item, write: @escaping Write) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            add(item, write: write) { continuation.resume(with: $0) }
        }
    }

    /// The same for whoever does not wait.
    func add(_ item: Item, write: @escaping Write, then: @escaping @Sendable (Result<Answer, any Error>) -> Void) {
        let isFirst = state.withLock { state in
            state.waiting.append(Waiting(item: item, then: then))
            defer { state.isWriting = true }
            return !state.isWriting
        }
        // Not the caller's task: it writes for others too, and has to go on when the caller is stopped.
        if isFirst { Task { await self.writeAll(write) } }
    }

    private func writeAll(_ write: Write) async {
        while let isFull = stillWaiting() {
            if let pause, !isFull { try? await Task.sleep(for: pause) }
            let items = state.withLock { state in
                let items = Array(state.waiting.prefix(limit))
                state.waiting.removeFirst(items.count)
                return items
            }
            await store(items, write)
        }
    }

    /// Whether there are as many as one transaction takes; nil when there are none, and the writing ends.
    private func stillWaiting() -> Bool? {
        state.withLock { state in
            state.isWriting = !state.waiting.isEmpty
            return state.isWriting ? state.waiting.count >= limit : nil
        }
    }

    private func store(_ items: [Waiting], _ write: Write) async {
        do {
            let answers = try await write(items.map(\.item))
            for (item, answer) in zip(items, answers) { item.then(.success(answer)) }
        } catch let failure as any JournalFailure where !failure.isTransient && items.count > 1 {
            // One of them can never be stored; the others do not wait for it.
            for item in items { await store([item], write) }
        } catch {
            for item in items { item.then(.failure(error)) }
        }
    }
}
