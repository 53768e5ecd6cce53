import Foundation

/// The budgets of a journal in memory: what `Storage` keeps in tables, for one period.
struct MemoryBudgets {
    private struct Entry {
        var id: UUID
        var name: String
        var terms: BudgetTerms
        var counts: @Sendable (Run) -> Bool
        var spent: Decimal = 0
    }

    private struct Reservation {
        var run: UUID
        var epoch: Int64
        var amount: Decimal
        var budgets: Set<UUID>
    }

    private var entries: [Entry] = []
    private var reservations: [UUID: Reservation] = [:]

    var isEmpty: Bool { entries.isEmpty }

    mutating func add(_ name: String, _ terms: BudgetTerms, counts: @escaping @Sendable (Run) -> Bool) -> UUID {
        let id = UUID.v7()
        entries.append(Entry(id: id, name: name, terms: terms, counts: counts))
        return id
    }

    func spent(of budget: UUID) -> Decimal { entries.first { $0.id == budget }?.spent ?? 0 }

    /// By calls whose run is still in the hands that reserved it.
    func reserved(of budget: UUID, except call: UUID? = nil, isLive: (UUID, Int64) -> Bool) -> Decimal {
        reservations.reduce(0) { sum, entry in
            let counts = entry.key != call && entry.value.budgets.contains(budget)
            return counts && isLive(entry.value.run, entry.value.epoch) ? sum + entry.value.amount : sum
        }
    }

    mutating func reserve(
        _ wish: BudgetReservation,
        of run: Run,
        epoch: Int64,
        allowed: Set<String>,
        isLive: (UUID, Int64) -> Bool
    ) -> BudgetAnswer {
        let standings = entries.filter { $0.terms.currency == wish.currency && $0.counts(run) }.map { entry in
            let held = reserved(of: entry.id, except: wish.call, isLive: isLive)
            let reached = entry.terms.reached(by: entry.spent + held + wish.cost)
            let isAllowed = reached == .ask && allowed.contains(BudgetRefusal.callPrefix + entry.id.text)
            return BudgetStanding(
                id: entry.id,
                name: entry.name,
                scope: .organization,
                period: .total,
                amount: entry.terms.amount,
                currency: entry.terms.currency,
                spent: entry.spent,
                reserved: held,
                reached: isAllowed ? nil : reached
            )
        }
        let refusing = standings.filter { $0.reached == .stop || $0.reached == .ask }
        guard refusing.isEmpty else { return .refused(refusing) }
        reservations[wish.call] = Reservation(
            run: run.id,
            epoch: epoch,
            amount: wish.cost,
            budgets: Set(standings.map(\.id))
        )
        return .granted(standings)
    }

    mutating func settle(_ records: [UsageRecord], of run: Run) {
        for record in records {
            reservations[record.id] = nil
            guard let cost = record.cost else { continue }
            for index in entries.indices
            where entries[index].counts(run) && entries[index].terms.currency == record.currency {
                entries[index].spent += cost
            }
        }
    }
}
