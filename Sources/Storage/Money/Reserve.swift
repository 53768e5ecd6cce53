package import Engine
import Foundation
import Postgres

extension Store {
    /// One round trip, one transaction. The spending rows are locked in the order of their keys before anything is
    /// looked at, so that of many calls at the same moment each sees what the others have set aside.
    package func reserve(_ reservation: BudgetReservation) async throws -> BudgetAnswer {
        let rows = try await batch(Reserve(reservation).statements, by: .system).last
        guard let rows, let first = rows.first, try first.get("is_held") else { return .lost }
        let standings = try rows.filter { try $0.get("budget_id", as: UUID?.self) != nil }.map(BudgetStanding.init)
        let refusing = standings.filter { $0.reached == .ask || $0.reached == .stop }
        return refusing.isEmpty ? .granted(standings) : .refused(refusing)
    }
}

/// A reservation on its way into the database.
struct Reserve {
    private let wish: BudgetReservation

    init(_ wish: BudgetReservation) { self.wish = wish }

    /// The last one says what came of it.
    var statements: [Query] { sweep + [preparation, lock, decision] }

    /// What earlier attempts at the run have left.
    private var sweep: [Query] {
        guard case .run(let run, let epoch) = wish.holder else { return [] }
        return ["delete from budget_reservations where run_id = \(run) and epoch < \(epoch)"]
    }

    /// The budgets that count the call, a table.
    private var budgets: Query {
        switch wish.holder {
        case .run(let run, _): "budgets_of_run(\(run))"
        case .person(let user, let organisation): "budgets_of_call(\(organisation), \(user), \(wish.call))"
        }
    }

    private var preparation: Query {
        """
        insert into budget_spending (budget_id, period_key)
        select budget_id, period_key from \(budgets) where currency = \(wish.currency) order by 1, 2
        on conflict do nothing
        """
    }

    private var lock: Query {
        """
        select from budget_spending s join \(budgets) b using (budget_id, period_key)
        where b.currency = \(wish.currency) order by s.budget_id, s.period_key for update of s
        """
    }

    /// Whose the call is, as a row if it is theirs still.
    private var held: Query {
        switch wish.holder {
        case .run(let run, let epoch):
            """
            select run_id, root_run_id, \(epoch)::bigint as epoch, null::timestamptz as held_until from runs
            where run_id = \(run) and (
                \(epoch)::bigint = \(BudgetReservation.background)
                or lease_epoch = \(epoch) and lease_owner is not null
            )
            """
        case .person:
            """
            select null::uuid as run_id, null::uuid as root_run_id, 0::bigint as epoch,
                now() + \(Gateway.patience.seconds) * interval '1 second' as held_until
            """
        }
    }

    /// A statement of its own: it sees what was stored while the locks were waited for. At least one row, with or without
    /// a budget in it.
    private var decision: Query {
        """
        with held as (
            \(held)
        ), counted as (
            select b.budget_id, b.name, b.scope, b.period, b.amount, b.currency, s.period_key, s.spent,
                b.warn_at, b.ask_at, b.stop_at, \(Self.reserved(except: wish.call)) as reserved, b.ask_at is not null and exists (
                    select from tool_approvals a
                    where a.state = 'approved' and a.tool_name = \(ToolCall.exceedBudget)
                        and a.call_id = 'budget_' || b.budget_id and a.run_id in (
                            select held.root_run_id
                            union all
                            select t.run_id from runs t
                            where t.root_run_id = held.root_run_id and t.parent_run_id is not null
                        )
                ) as is_allowed
            from held cross join \(budgets) k
            join budgets b on b.budget_id = k.budget_id and b.currency = \(wish.currency)
            join budget_spending s on s.budget_id = k.budget_id and s.period_key = k.period_key
        ), standing as (
            select c.*, case
                when t.total > c.amount * c.stop_at then 'stop'
                when t.total > c.amount * c.ask_at then case when not c.is_allowed then 'ask' end
                when t.total > c.amount * c.warn_at then 'warn'
            end as reached
            from counted c
            cross join lateral (select (c.spent + c.reserved + \(wish.cost)::numeric) * 100 as total) t
        ), kept as (
            insert into budget_reservations (usage_id, budget_id, period_key, run_id, epoch, held_until, amount)
            select \(wish.call)::uuid, budget_id, period_key, held.run_id, held.epoch, held.held_until,
                \(wish.cost)::numeric
            from held cross join standing where not exists (select from standing where reached in ('ask', 'stop'))
            -- It was stored before, and the answer to that got lost.
            on conflict do nothing
        )
        select exists (select from held) as is_held, standing.*
        from (values (1)) one left join standing on true order by budget_id
        """
    }

    /// For a `b` of budgets and an `s` of its spending: what calls under way have set aside.
    private static func reserved(except call: UUID) -> Query {
        """
        (
            select coalesce(sum(x.amount), 0) from budget_reservations x left join runs r on r.run_id = x.run_id
            where x.budget_id = s.budget_id and x.period_key = s.period_key and x.usage_id <> \(call)
                and budget_reservation_holds(x, r)
        )
        """
    }
}

extension BudgetScope: Bindable, ColumnValue {}
extension BudgetPeriod: Bindable, ColumnValue {}
extension BudgetThreshold: Bindable, ColumnValue {}

extension BudgetStanding {
    fileprivate init(_ row: Row) throws {
        self.init(
            id: try row.get("budget_id"),
            name: try row.get("name"),
            scope: try row.get("scope"),
            period: try row.get("period"),
            amount: try row.get("amount"),
            currency: try row.get("currency"),
            spent: try row.get("spent"),
            reserved: try row.get("reserved"),
            reached: try row.get("reached")
        )
    }
}
