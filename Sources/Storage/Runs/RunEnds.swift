import Engine
import Foundation
import Postgres
import Synchronization

/// Ends of many runs, gathered: while one transaction is under way the next one gathers. Ends wait for the same rows, the
/// counters of a person and of an agent, until the one before is committed; together they wait once.
final class RunEnds: Sendable {
    typealias Write = @Sendable ([RunOutcome]) async throws -> [Bool]

    /// Of one transaction.
    private static let limit = 32

    private struct Waiting {
        var outcome: RunOutcome
        var continuation: CheckedContinuation<Bool, any Error>
    }

    private struct State {
        var waiting: [Waiting] = []
        var isWriting = false
    }

    private let state = Mutex(State())

    /// Whether the end is stored; throws what `write` throws for it.
    func add(_ outcome: RunOutcome, write: @escaping Write) async throws -> Bool {
        try await withCheckedThrowingContinuation { continuation in
            let isFirst = state.withLock { state in
                state.waiting.append(Waiting(outcome: outcome, continuation: continuation))
                defer { state.isWriting = true }
                return !state.isWriting
            }
            // Not the caller's task: it writes for others too, and has to go on when the caller is stopped.
            if isFirst { Task { await self.writeAll(write) } }
        }
    }

    private func writeAll(_ write: Write) async {
        while true {
            let ends = state.withLock { state in
                let ends = Array(state.waiting.prefix(Self.limit))
                state.waiting.removeFirst(ends.count)
                state.isWriting = !ends.isEmpty
                return ends
            }
            guard !ends.isEmpty else { return }
            await store(ends, write)
        }
    }

    private func store(_ ends: [Waiting], _ write: Write) async {
        do {
            let areStored = try await write(ends.map(\.outcome))
            for (end, isStored) in zip(ends, areStored) { end.continuation.resume(returning: isStored) }
        } catch let failure as any JournalFailure where !failure.isTransient && ends.count > 1 {
            // One of them can never be stored; the others do not wait for it.
            for end in ends { await store([end], write) }
        } catch {
            for end in ends { end.continuation.resume(throwing: error) }
        }
    }

    /// What goes before the ends in their transaction. Those of all nodes stand in line, because they would wait for each
    /// other's counters in any order; and all conversations are locked before the first counter, as by those who lock one.
    static func locks(for outcomes: [RunOutcome]) -> [Query] {
        let line: Query = "select pg_advisory_xact_lock(hashtext('alma.ends'))"
        let parents = outcomes.filter(\.mayHaveChildren).map(\.run.id)
        guard outcomes.count > 1 || !parents.isEmpty else { return [line] }
        let conversations: Query = """
            select from conversations where conversation_id = any(\(outcomes.map(\.run.conversationID))::uuid[])
            order by conversation_id for no key update
            """
        let children = parents.isEmpty ? [] : [RunTree.lock(withAllBelow: parents)]
        guard outcomes.count > 1 else { return [line, conversations] + children }
        // And of all their budgets before the first, as by those who reserve: one end after the other would mix the order.
        let spending: Query = """
            select from budget_spending s
            where (s.budget_id, s.period_key) in (
                select k.budget_id, k.period_key
                from unnest(\(outcomes.map(\.run.id))::uuid[]) r (run_id) cross join lateral budgets_of_run(r.run_id) k
            )
            order by s.budget_id, s.period_key for update
            """
        return [line, conversations] + children + [spending]
    }
}
