import Engine
import Foundation
import Postgres
import Storage

// Budgets, what is set aside of them, and who spends it.

extension BudgetAnswer {
    var isGranted: Bool { if case .granted = self { true } else { false } }
}

extension ClaimedRun {
    func wish(_ cost: String) -> BudgetReservation {
        BudgetReservation(
            holder: .run(run.id, epoch: epoch),
            call: .v7(),
            cost: Decimal(string: cost) ?? 0,
            currency: "USD"
        )
    }

    /// The log's word on a call that was reserved.
    func paid(_ wish: BudgetReservation, _ cost: String, after sequence: Int64) -> EventBatch {
        var batch = words(["paid"], after: sequence)
        batch.usage = [wish.record(cost)]
        return batch
    }
}

extension BudgetReservation {
    func record(_ cost: String) -> UsageRecord {
        UsageRecord(
            id: call,
            modelID: .v7(),
            modelName: "demo",
            tokens: TokenUsage(input: 1, output: 1),
            cost: Decimal(string: cost),
            currency: "USD",
            responseTime: 1,
            succeeded: true
        )
    }
}

extension TestDatabase {
    /// A budget of all time in dollars, unless the columns say otherwise.
    func budget(_ user: User, _ columns: String, _ values: String) async throws -> UUID {
        let id = UUID.v7()
        let period = columns.contains("period") ? ("", "") : (", period", ", 'total'")
        try await administrator.query(
            """
            insert into budgets (budget_id, org_id, currency, \(unescaped: columns)\(unescaped: period.0))
            values (\(id), \(user.organisationID), 'USD', \(unescaped: values)\(unescaped: period.1))
            """
        )
        return id
    }

    func spent(_ budget: UUID) async throws -> Decimal {
        let rows = try await administrator.query(
            "select coalesce(sum(spent), 0) from budget_spending where budget_id = \(budget)"
        )
        return try rows[0].get(0)
    }

    /// Of all rows that are there.
    func reserved(_ budget: UUID) async throws -> Decimal {
        let rows = try await administrator.query(
            "select coalesce(sum(amount), 0) from budget_reservations where budget_id = \(budget)"
        )
        return try rows[0].get(0)
    }

    /// Of those that still mean something.
    func live(_ budget: UUID) async throws -> Decimal {
        let rows = try await administrator.query(
            """
            select coalesce(sum(x.amount), 0) from budget_reservations x join runs r using (run_id)
            where x.budget_id = \(budget) and r.lease_epoch = x.epoch and r.lease_owner is not null
            """
        )
        return try rows[0].get(0)
    }

    /// The last number in a run's log.
    func place(of run: ClaimedRun) async throws -> Int64 {
        let rows = try await administrator.query("select last_sequence(\(run.run.id)::uuid)")
        return try rows[0].get(0)
    }

    func agent(of user: User) async throws -> UUID {
        let id = UUID.v7()
        try await administrator.query(
            """
            insert into agents (agent_id, org_id, user_id, name, display_name, instruction)
            values (\(id), \(user.organisationID), \(user.id), 'expert', 'Expert', 'Know.')
            """
        )
        return id
    }

    /// A child in the hands of a worker.
    func child(of parent: ClaimedRun, agent: UUID, key: String = "call") async throws -> ClaimedRun {
        let (id, worker) = (UUID.v7(), UUID.v7())
        try await administrator.batch([
            """
            insert into runs (
                run_id, org_id, user_id, conversation_id, agent_id, user_message_id, message_id, parent_run_id,
                root_run_id, depth, parent_call_id, task
            )
            select \(id), org_id, user_id, conversation_id, \(agent), user_message_id, \(UUID.v7()), run_id, root_run_id,
                depth + 1, \(key), '{}'
            from runs where run_id = \(parent.run.id)
            """
        ])
        let claimed = try await store.claim(worker: worker, limit: 100, silence: .seconds(10))
        guard let child = claimed.first(where: { $0.run.id == id }) else { throw TestPeople.Missing() }
        return child
    }
}
