import Engine
import Foundation

/// What a run's log says of a budget: a warning, or that a call had no room in it.
struct BudgetNotice: Sendable, Equatable {
    let isStop: Bool
    let name: String?
    let scope: String
    let period: String
    let amount: Decimal
    let spent: Decimal
    let currency: String

    /// nil for any other event.
    init?(_ event: RunEvent) {
        struct Status: Decodable {
            var reason: String?
            var budget: Budget?
        }
        guard event.data.contains("\"budget_"),
            let status = try? JSONDecoder().decode(Status.self, from: Data(event.data.utf8)),
            let reason = status.reason, let budget = status.budget
        else { return nil }
        self.init(budget, isStop: reason.hasPrefix("budget_stop: "))
    }

    /// The input of a question about one.
    init?(json: String) {
        guard let budget = try? JSONDecoder().decode(Budget.self, from: Data(json.utf8)) else { return nil }
        self.init(budget, isStop: false)
    }

    private init(_ budget: Budget, isStop: Bool) {
        self.isStop = isStop
        name = budget.name
        scope = budget.scope
        period = budget.period
        amount = budget.amount
        spent = budget.spent
        currency = budget.currency
    }

    /// The words behind `key`, with the budget's `{name}`, what is `{spent}` of it and its `{amount}`.
    func words(_ key: String, _ voice: Voice) -> String {
        let kind = voice.words["budgets.scope.\(scope)"] + ", " + voice.words["budgets.period.\(period)"]
        return voice.words(
            key,
            [
                "name": name ?? kind, "spent": voice.money(spent, currency: currency),
                "amount": voice.money(amount, currency: currency),
            ]
        )
    }

    private struct Budget: Decodable {
        var name: String?
        var scope: String
        var period: String
        var amount: Decimal
        var spent: Decimal
        var currency: String
    }
}
