package import Engine
package import Foundation
import Postgres

/// A budget as it was set, with what is spent of it in its present period.
package struct BudgetRecord: Sendable, Equatable {
    package var id: UUID
    /// Who set it for themselves; nil: the organisation.
    package var ownerID: UUID?
    package var subject: BudgetSubject
    package var period: BudgetPeriod
    package var name: String?
    package var terms: BudgetTerms
    package var createdAt: Date
    /// Of turns, which have a purse each, what the dearest one of late has spent.
    package var spent: Decimal
    /// By calls under way.
    package var reserved: Decimal
    /// Whether the one who asks may change it.
    package var isOwn: Bool
    /// The person's, agent's or conversation's, where the one who asks may see it.
    package var subjectName: String?

    package init(
        id: UUID,
        ownerID: UUID?,
        subject: BudgetSubject,
        period: BudgetPeriod,
        name: String?,
        terms: BudgetTerms,
        createdAt: Date,
        spent: Decimal,
        reserved: Decimal = 0,
        isOwn: Bool,
        subjectName: String?
    ) {
        self.id = id
        self.ownerID = ownerID
        self.subject = subject
        self.period = period
        self.name = name
        self.terms = terms
        self.createdAt = createdAt
        self.spent = spent
        self.reserved = reserved
        self.isOwn = isOwn
        self.subjectName = subjectName
    }
}

/// What a budget is on.
package enum BudgetSubject: Sendable, Equatable {
    case organization
    case user(UUID)
    case agent(UUID)
    case conversation(UUID)

    package init?(_ scope: BudgetScope, id: UUID?) {
        switch (scope, id) {
        case (.organization, nil): self = .organization
        case (.user, let id?): self = .user(id)
        case (.agent, let id?): self = .agent(id)
        case (.conversation, let id?): self = .conversation(id)
        default: return nil
        }
    }

    package var scope: BudgetScope {
        switch self {
        case .organization: .organization
        case .user: .user
        case .agent: .agent
        case .conversation: .conversation
        }
    }

    package var id: UUID? {
        switch self {
        case .organization: nil
        case .user(let id), .agent(let id), .conversation(let id): id
        }
    }

    func id(of scope: BudgetScope) -> UUID? { scope == self.scope ? id : nil }
}

extension BudgetRecord {
    init(_ row: Row) throws {
        let scope: BudgetScope = try row.get("scope")
        guard let subject = BudgetSubject(scope, id: try row.get("subject_id")) else {
            throw StorageError(.failed, "A budget is on nothing.")
        }
        self.init(
            id: try row.get("budget_id"),
            ownerID: try row.get("owner_id"),
            subject: subject,
            period: try row.get("period"),
            name: try row.get("name"),
            terms: BudgetTerms(
                amount: try row.get("amount"),
                currency: try row.get("currency"),
                warnAt: try row.get("warn_at"),
                askAt: try row.get("ask_at"),
                stopAt: try row.get("stop_at")
            ),
            createdAt: try row.get("created_at"),
            spent: try row.get("spent"),
            isOwn: try row.get("is_own"),
            subjectName: try row.get("subject_name")
        )
    }
}

extension BudgetTerms {
    /// Throws `.invalid` for the field that cannot be kept.
    func check() throws {
        guard amount > 0, amount <= 1_000_000_000 else {
            throw StorageError.invalid("amount", "A number above 0, at most 1,000,000,000.")
        }
        var (given, kept) = (amount, Decimal())
        NSDecimalRound(&kept, &given, 6, .plain)
        guard kept == amount else { throw StorageError.invalid("amount", "At most six decimals.") }
        guard (1...10).contains(currency.utf8.count), currency.utf8.allSatisfy({ (65...90).contains($0) }) else {
            throw StorageError.invalid("currency", "A code such as USD.")
        }
        let thresholds = [("warn_at", warnAt), ("ask_at", askAt), ("stop_at", stopAt)]
        for (field, percent) in thresholds where percent.map({ !(1...1000).contains($0) }) ?? false {
            throw StorageError.invalid(field, "Percent of the amount, from 1 to 1000.")
        }
        let set = thresholds.compactMap(\.1)
        guard !set.isEmpty else { throw StorageError.invalid("stop_at", "Set at least one of the three thresholds.") }
        guard set == set.sorted() else {
            throw StorageError.invalid("ask_at", "It warns before it asks, and asks before it stops.")
        }
    }
}

extension BudgetRecord {
    static let audited = AuditedTable(
        name: "budget",
        table: "budgets",
        key: "budget_id",
        fields: """
            jsonb_build_object(
                'scope', x.scope, 'subject', coalesce(x.user_id, x.agent_id, x.conversation_id), 'period', x.period,
                'name', x.name, 'amount', trim_scale(x.amount), 'currency', x.currency, 'warn_at', x.warn_at,
                'ask_at', x.ask_at, 'stop_at', x.stop_at
            )
            """
    )
}
