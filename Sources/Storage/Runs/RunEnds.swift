import Engine
import Foundation
import Postgres

/// Ends of runs wait for the same rows, the counters of a person and of an agent, until the one before is committed; gathered,
/// they wait once.
enum RunEnds {
    /// Of one transaction.
    static let limit = 32

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
