package import Foundation

/// What a budget is on. The raw values are those of `budgets.scope`.
package enum BudgetScope: String, Sendable, CaseIterable { case organization, user, agent, conversation }

/// When a budget begins anew: with every turn (a run with all its children), every day or month of UTC, or never.
package enum BudgetPeriod: String, Sendable, CaseIterable { case run, day, month, total }

/// What may be spent in one period, and what happens on the way there.
package struct BudgetTerms: Sendable, Equatable {
    /// Above 0, in `currency`.
    package var amount: Decimal
    package var currency: String
    /// Percent of the amount; nil is never.
    package var warnAt: Int?
    package var askAt: Int?
    package var stopAt: Int?

    package init(amount: Decimal, currency: String, warnAt: Int? = nil, askAt: Int? = nil, stopAt: Int? = 100) {
        self.amount = amount
        self.currency = currency
        self.warnAt = warnAt
        self.askAt = askAt
        self.stopAt = stopAt
    }

    /// The gravest threshold that `total` passes.
    package func reached(by total: Decimal) -> BudgetThreshold? {
        let places: [(Int?, BudgetThreshold)] = [(stopAt, .stop), (askAt, .ask), (warnAt, .warn)]
        return places.first { percent, _ in percent.map { total * 100 > amount * Decimal($0) } ?? false }?.1
    }
}

/// What a budget does when it is passed: it tells, it asks its person, it lets nothing more be spent.
package enum BudgetThreshold: String, Sendable, CaseIterable { case warn, ask, stop }

/// Where it is known what budgets have room for: `Storage`'s, or the one in memory for tests.
package protocol BudgetJournal: Sendable {
    /// Sets a call's worst case aside in every budget that counts it, or in none. Storing the call's usage record puts its
    /// real cost in that place; whatever ends the run's epoch takes it back.
    func reserve(_ reservation: BudgetReservation) async throws -> BudgetAnswer
}

/// What a model call may cost at most, to be set aside before it is made.
package struct BudgetReservation: Sendable, Equatable {
    /// Of what is written about a run when it has ended: no attempt has it. Such a reservation holds for two minutes,
    /// which is longer than such a call may take.
    package static let background: Int64 = 0

    /// A run's attempt: the reservation holds as long as its worker has the run.
    package var holder: CallHolder
    /// The id of the usage record that the call will have.
    package var call: UUID
    package var cost: Decimal
    package var currency: String

    package init(holder: CallHolder, call: UUID, cost: Decimal, currency: String) {
        self.holder = holder
        self.call = call
        self.cost = cost
        self.currency = currency
    }
}

/// What came of a reservation.
package enum BudgetAnswer: Sendable, Equatable {
    /// It is set aside in all of these; empty when no budget counts the call.
    case granted([BudgetStanding])
    /// Nothing is set aside: some of these have no room for it.
    case refused([BudgetStanding])
    /// The run is another worker's.
    case lost
}

/// How a budget stands when a call is about to be made.
package struct BudgetStanding: Sendable, Equatable {
    package var id: UUID
    package var name: String?
    package var scope: BudgetScope
    package var period: BudgetPeriod
    package var amount: Decimal
    package var currency: String
    package var spent: Decimal
    /// By other calls under way.
    package var reserved: Decimal
    /// What the call would pass. `ask` is left out for whom it was allowed to.
    package var reached: BudgetThreshold?

    package init(
        id: UUID,
        name: String?,
        scope: BudgetScope,
        period: BudgetPeriod,
        amount: Decimal,
        currency: String,
        spent: Decimal,
        reserved: Decimal,
        reached: BudgetThreshold?
    ) {
        self.id = id
        self.name = name
        self.scope = scope
        self.period = period
        self.amount = amount
        self.currency = currency
        self.spent = spent
        self.reserved = reserved
        self.reached = reached
    }
}

extension BudgetStanding {
    /// The name that its makers gave it, or what it is on and for how long.
    package var title: String { name ?? "\(scope.rawValue) / \(period.rawValue)" }

    /// As events carry it.
    var json: String {
        var json = JSONFields()
        json.set("budget_id", id.text)
        json.set("name", name)
        json.set("scope", scope.rawValue)
        json.set("period", period.rawValue)
        json.raw("amount", "\(amount)")
        json.raw("spent", "\(spent)")
        json.raw("reserved", "\(reserved)")
        json.set("currency", currency)
        return json.closed
    }
}
