import Engine
import Foundation

/// Setting a budget, or changing one.
struct BudgetView: View {
    static let template = "budget"

    let page: Frame
    let title: String
    let lead: String
    let action: String
    let deletion: String?
    let errors: ErrorSummary?
    let subject: Select?
    let period: Select?
    let name: Field
    let amount: Field
    let currency: Select?
    let warnAt: Field
    let askAt: Field
    let stopAt: Field

    /// `budget`: the one that is changed; without it `subjects` are what a new one may be on.
    init(
        page: Frame,
        budget: (id: UUID, title: String, subject: String)? = nil,
        input: BudgetInput,
        subjects: [Option] = [],
        voice: Voice
    ) {
        let (words, draft, problems) = (voice.words, input.draft, input.errors)
        self.page = page
        title = budget?.title ?? words["budgets.new"]
        lead = budget?.subject ?? words["budgets.newLead"]
        action = budget.map { "/budgets/\($0.id.text)" } ?? "/budgets"
        deletion = budget.map { "/budgets/\($0.id.text)/deletion" }
        let labels = [
            "subject": words["budgets.subject"], "period": words["budgets.period"], "name": words["budgets.name"],
            "amount": words["budgets.amount"], "currency": words["models.currency"], "warn_at": words["budgets.warnAt"],
            "ask_at": words["budgets.askAt"], "stop_at": words["budgets.stopAt"],
        ]
        errors = problems.summary(labels, voice: voice)
        func field(_ key: String, _ value: String, hint: String? = nil, mode: String? = "numeric") -> Field {
            Field(key, label: labels[key] ?? key, value: value, hint: hint, error: problems[key], inputMode: mode)
        }
        func select(_ key: String, _ options: [Option], error: String? = nil) -> Select? {
            budget == nil ? Select(key, label: labels[key] ?? key, options: options, error: error) : nil
        }
        subject = select("subject", subjects, error: problems["subject"])
        let periods = ["run", "day", "month", "total"].map {
            Option(value: $0, label: words["budgets.period.\($0)"], isChosen: $0 == draft.period)
        }
        period = select("period", periods, error: problems["period"])
        currency = select(
            "currency",
            ModelPrice.currencies.map { Option(value: $0, label: $0, isChosen: $0 == draft.currency) }
        )
        name = Field(
            "name",
            label: labels["name"] ?? "",
            value: draft.name,
            error: problems["name"],
            maximumLength: 100
        )
        amount = field("amount", draft.amount, hint: budget == nil ? nil : draft.currency, mode: "decimal")
        warnAt = field("warn_at", draft.warnAt)
        askAt = field("ask_at", draft.askAt)
        stopAt = field("stop_at", draft.stopAt)
    }
}
