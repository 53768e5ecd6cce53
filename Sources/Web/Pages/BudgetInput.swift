import Engine
import Foundation
import Storage

/// A budget's form as it was sent, checked.
struct BudgetInput: Sendable {
    let draft: Draft
    var errors = FormErrors()
    private(set) var subject: BudgetSubject?
    private(set) var isPersonal = true
    private(set) var period: BudgetPeriod?
    private(set) var terms: BudgetTerms?

    /// What was typed.
    struct Draft: Sendable {
        /// `org/organization`, `org/user:ID`, `own/agent:ID`: for whom it holds, and what it is on.
        var subject = ""
        var period = BudgetPeriod.month.rawValue
        var name = ""
        var amount = ""
        var currency = "USD"
        var warnAt = "80"
        var askAt = ""
        var stopAt = "100"
    }

    static let words = ["amount": "budgets.amountWrong", "ask_at": "budgets.orderWrong"]

    init(_ draft: Draft) { self.draft = draft }

    /// `budget`: the one that is changed; what it is on, its period and its currency stay.
    init(_ form: Form, of budget: BudgetRecord? = nil, voice: Voice) {
        var draft = Draft(
            subject: form["subject"],
            period: form["period"],
            name: form.trimmed("name"),
            amount: form.trimmed("amount"),
            currency: ModelPrice.currencies.first { $0 == form["currency"] } ?? "USD",
            warnAt: form.trimmed("warn_at"),
            askAt: form.trimmed("ask_at"),
            stopAt: form.trimmed("stop_at")
        )
        if let budget { draft.currency = budget.terms.currency }
        self.draft = draft
        if budget == nil { readSubject(voice) }
        if draft.name.count > 100 { errors.add("name", voice.words["models.nameLong"]) }
        let amount = readAmount(voice)
        let thresholds = (
            percent(draft.warnAt, "warn_at", voice), percent(draft.askAt, "ask_at", voice),
            percent(draft.stopAt, "stop_at", voice)
        )
        guard errors.isEmpty, let amount else { return }
        let set = [thresholds.0, thresholds.1, thresholds.2].compactMap { $0 }
        if set.isEmpty { errors.add("stop_at", voice.words["budgets.noThreshold"]) }
        if set != set.sorted() { errors.add("ask_at", voice.words["budgets.orderWrong"]) }
        terms = BudgetTerms(
            amount: amount,
            currency: draft.currency,
            warnAt: thresholds.0,
            askAt: thresholds.1,
            stopAt: thresholds.2
        )
    }

    private mutating func readSubject(_ voice: Voice) {
        period = BudgetPeriod(rawValue: draft.period)
        if period == nil { errors.add("period", voice.words["budgets.choose"]) }
        let parts = draft.subject.split(separator: "/", maxSplits: 1).map(String.init)
        let named = (parts.last ?? "").split(separator: ":").map(String.init)
        guard parts.count == 2, let scope = named.first.flatMap(BudgetScope.init) else {
            return errors.add("subject", voice.words["budgets.choose"])
        }
        isPersonal = parts[0] != "org"
        subject = BudgetSubject(scope, id: named.count > 1 ? UUID(uuidString: named[1]) : nil)
        if subject == nil { errors.add("subject", voice.words["budgets.choose"]) }
    }

    private mutating func readAmount(_ voice: Voice) -> Decimal? {
        let text = draft.amount.replacing(",", with: "")
        let isPlain = text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
        guard isPlain, text.utf8.count <= 17, text.count(where: { $0 == "." }) <= 1, text != ".",
            let amount = Decimal(string: text), amount > 0, amount <= 1_000_000_000
        else {
            errors.add("amount", voice.words["budgets.amountWrong"])
            return nil
        }
        return amount
    }

    private mutating func percent(_ text: String, _ field: String, _ voice: Voice) -> Int? {
        guard !text.isEmpty else { return nil }
        guard let number = Int(text.replacing("%", with: "")), (1...1000).contains(number) else {
            errors.add(field, voice.words["budgets.percentWrong"])
            return nil
        }
        return number
    }
}

extension BudgetInput.Draft {
    init(_ budget: BudgetRecord) {
        self.init(
            name: budget.name ?? "",
            amount: "\(budget.terms.amount)",
            currency: budget.terms.currency,
            warnAt: budget.terms.warnAt.map(String.init) ?? "",
            askAt: budget.terms.askAt.map(String.init) ?? "",
            stopAt: budget.terms.stopAt.map(String.init) ?? ""
        )
    }
}

/// All that a person may put a budget on, as one choice.
struct BudgetSubjects: Sendable {
    var person: UUID
    var manages: Bool
    var agents: [(id: UUID, name: String)]
    var people: [(id: UUID, name: String)]
    var chosen: String

    func options(_ voice: Voice) -> [Option] {
        let words = voice.words
        var choices: [(String, String)] = manages ? [("org/organization", words["budgets.on.organization"])] : []
        choices.append(("own/user:\(person.text)", words["budgets.on.me"]))
        choices += people.map { ("org/user:\($0.id.text)", words("budgets.on.user", ["name": $0.name])) }
        for agent in agents {
            if manages {
                choices.append(("org/agent:\(agent.id.text)", words("budgets.on.agentAll", ["name": agent.name])))
            }
            choices.append(("own/agent:\(agent.id.text)", words("budgets.on.agentOwn", ["name": agent.name])))
        }
        if chosen.hasPrefix("own/conversation:") { choices.append((chosen, words["budgets.on.conversation"])) }
        return choices.map { Option(value: $0.0, label: $0.1, isChosen: $0.0 == chosen) }
    }
}
