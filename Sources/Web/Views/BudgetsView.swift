import Engine
import Foundation
import Storage

/// The budgets that may stop the reader, each with how it stands.
struct BudgetsView: View {
    static let template = "budgets"

    let page: Frame
    let budgets: [BudgetRow]
    let hasBudgets: Bool
    /// Models whose calls no budget can count.
    let unpriced: String?

    init(page: Frame, budgets: [BudgetRow], unpriced: [String], voice: Voice) {
        self.page = page
        self.budgets = budgets
        hasBudgets = !budgets.isEmpty
        let names = unpriced.prefix(5).joined(separator: voice.words["form.listComma"] + " ")
        self.unpriced = unpriced.isEmpty ? nil : voice.words("budgets.unpriced", ["names": names])
    }
}

/// One budget as a bar: spent, set aside, and where it warns, asks and stops.
struct BudgetRow: Sendable {
    let title: String
    let subject: String
    let sums: String
    let detail: String
    let state: StateView?
    let kind: String
    let spent: String
    let held: String
    let heldEnd: String
    let ticks: [String]
    let label: String
    let change: String?

    init(_ budget: BudgetRecord, subjectName: String?, voice: Voice) {
        let (words, terms) = (voice.words, budget.terms)
        func money(_ amount: Decimal) -> String { voice.money(amount, currency: terms.currency) }
        let on = BudgetRow.on(budget, subjectName, words)
        let period = words["budgets.period.\(budget.period.rawValue)"]
        title = budget.name ?? on
        subject = budget.name == nil ? period : on + " · " + period
        sums = words("budgets.sums", ["spent": money(budget.spent), "amount": money(terms.amount)])
        label = title + ": " + sums
        kind = budget.state?.rawValue ?? ""
        state = budget.state.map { BudgetRow.state($0, voice: voice) }
        let thresholds = [
            ("budgets.warnsAt", terms.warnAt), ("budgets.asksAt", terms.askAt), ("budgets.stopsAt", terms.stopAt),
        ]
        var details = thresholds.compactMap { key, percent in percent.map { words(key, ["n": String($0)]) } }
        if budget.reserved > 0 { details.append(words("budgets.held", ["amount": money(budget.reserved)])) }
        if budget.period == .run { details.append(words["budgets.dearest"]) }
        detail = details.joined(separator: " · ")
        let percents = thresholds.compactMap(\.1)
        let most = max(100, percents.max() ?? 100)
        let whole = terms.amount * Decimal(most) / 100
        spent = SVGLength.percent(budget.spent, of: whole)
        held = SVGLength.percent(budget.reserved, of: whole)
        heldEnd = spent
        ticks = percents.filter { $0 < most }.map { SVGLength.percent(Decimal($0), of: Decimal(most)) }
        change = budget.isOwn ? "/budgets/\(budget.id.text)" : nil
    }

    private static func on(_ budget: BudgetRecord, _ name: String?, _ words: Words) -> String {
        let name = name ?? ""
        return switch budget.subject {
        case .organization: words["budgets.on.organization"]
        case .user: budget.ownerID == nil ? words("budgets.on.user", ["name": name]) : words["budgets.on.me"]
        case .agent: words(budget.ownerID == nil ? "budgets.on.agentAll" : "budgets.on.agentOwn", ["name": name])
        case .conversation: words("budgets.on.conversationNamed", ["name": name])
        }
    }

    private static func state(_ reached: BudgetThreshold, voice: Voice) -> StateView {
        let (kind, icon) =
            switch reached {
            case .warn: ("wait", "warn")
            case .ask: ("wait", "hand")
            case .stop: ("fail", "cross")
            }
        return StateView(kind: kind, sign: voice.icons(icon), word: voice.words["budgets.reached.\(reached.rawValue)"])
    }
}
