package import Foundation

// What tests do to it and ask it, which no worker could.

extension MemoryJournal {
    /// Every call throws `error` until it is nil again: the database is away.
    package func fail(with error: (any Error)?) { state.withLock { $0.failure = error } }

    /// From now on the data of an event for which `rule` holds is refused for good, and all that comes with it.
    package func refuse(_ rule: @escaping @Sendable (String) -> Bool) { state.withLock { $0.refuses = rule } }

    /// Puts a run into the queue with the two events that a new run has.
    package func enqueue(_ run: Run, brief: RunBrief) { state.withLock { $0.add(run, brief: brief) } }

    /// A run that goes on from a step of another one.
    package func enqueue(_ run: Run, brief: RunBrief, fork: RunFork) {
        state.withLock { $0.add(run, brief: brief, said: fork.events(for: run)) }
    }

    /// What the runs of an agent are told when another agent asks it, or hands over.
    package func employ(_ agent: UUID, brief: RunBrief) { state.withLock { $0.agents[agent] = brief } }

    /// The agent that a queued run asked for is switched off; another one answers.
    package func replaceAgent(of run: UUID, by agent: UUID) {
        state.withLock { state in
            state.entries[run]?.run.agentID = agent
            state.entries[run]?.isAgentReplaced = true
        }
    }

    /// The runs that `run` has asked for, the oldest first.
    package func children(of run: UUID) -> [Run] {
        state.withLock { state in
            state.order.compactMap { state.entries[$0]?.run }.filter { $0.parentRunID == run }
        }
    }

    package func requestCancellation(of run: UUID) { state.withLock { $0.cancel(run) } }

    /// The worker has not been heard of for ever.
    package func forget(worker: UUID) { state.withLock { $0.signs[worker] = nil } }

    package func outcome(of run: UUID) -> RunOutcome? { state.withLock { $0.entries[run]?.outcome } }

    /// What holds for the run's tools from its next attempt on.
    package func setPolicy(_ policy: ToolPolicy, run: UUID) {
        state.withLock { $0.entries[run]?.brief.policy = policy }
    }

    /// From now on what the runs for which `counts` holds may spend is bounded. Returns the budget's id.
    @discardableResult
    package func addBudget(
        _ name: String,
        _ terms: BudgetTerms,
        counts: @escaping @Sendable (Run) -> Bool = { _ in true }
    ) -> UUID {
        state.withLock { $0.budgets.add(name, terms, counts: counts) }
    }

    /// What was spent of a budget, and what calls under way have set aside.
    package func spending(of budget: UUID) -> (spent: Decimal, reserved: Decimal) {
        state.withLock { state in
            (state.budgets.spent(of: budget), state.budgets.reserved(of: budget, isLive: state.isLive))
        }
    }

    /// The results that are kept whole, by call.
    package func results(of run: UUID) -> [String: String] { state.withLock { $0.entries[run]?.results ?? [:] } }

    /// What was written about a conversation, try by try.
    package func notes(of conversation: UUID) -> [WrittenNotes] {
        state.withLock { $0.writing[conversation]?.notes ?? [] }
    }

    /// What is audited of the run.
    package func toolCalls(of run: UUID) -> [ToolCallRecord] { state.withLock { $0.entries[run]?.toolCalls ?? [] } }

    /// What has been paid for the run.
    package func usage(of run: UUID) -> [UsageRecord] { state.withLock { $0.entries[run]?.usage ?? [] } }
}
