package import Engine
package import Foundation
import Postgres

extension Store {
    /// Those that may stop the one who asks, and all of the organisation's for those who decide about its money.
    package func budgets(by principal: Principal) async throws -> [BudgetRecord] {
        try await named(
            query(
                """
                \(Self.budget(principal))
                order by b.owner_id nulls first, b.user_id nulls first, b.agent_id nulls first, b.created_at, b.budget_id
                limit 500
                """,
                by: principal
            )
        )
    }

    package func budget(_ id: UUID, by principal: Principal) async throws -> BudgetRecord? {
        try await named(query("\(Self.budget(principal)) and b.budget_id = \(id)", by: principal)).first
    }

    /// The people of the organisation, by name, for those who decide about its money; else nobody.
    package func members(by principal: Principal) async throws -> [(id: UUID, name: String)] {
        let rows = try await query(
            """
            select user_id from memberships
            where org_id = \(principal.organisationID) and (select alma_manages(\(principal.organisationID)))
            limit 500
            """,
            by: principal
        )
        let names = try await nicknames(of: try rows.map { try $0.get("user_id") })
        return names.map { (id: $0.key, name: $0.value) }.sorted { $0.name < $1.name }
    }

    /// `isPersonal`: it holds for the runs of the one who asks and is theirs; otherwise it is the organisation's. What
    /// was spent in its period already counts.
    ///
    /// nil when there is nothing such to put it on, or it is not for the one who asks to decide. Throws `.invalid` for a
    /// field, `.conflict("budget")` when there is one like it.
    package func createBudget(
        on subject: BudgetSubject,
        period: BudgetPeriod,
        name: String?,
        terms: BudgetTerms,
        isPersonal: Bool,
        by principal: Principal,
        address: String? = nil
    ) async throws -> BudgetRecord? {
        try terms.check()
        let id = UUID.v7()
        let owner = isPersonal ? principal.userID : nil
        if let owner { try await checkCount(of: owner, principal) }
        let insertion: Query = """
            insert into budgets (
                budget_id, org_id, owner_id, user_id, agent_id, conversation_id, period, name, amount, currency,
                warn_at, ask_at, stop_at
            )
            select \(id)::uuid, o.org_id, \(owner)::uuid, \(subject.id(of: .user))::uuid,
                \(subject.id(of: .agent))::uuid, \(subject.id(of: .conversation))::uuid, \(period),
                \(try Self.name(name)), \(terms.amount)::numeric, \(terms.currency), \(terms.warnAt)::smallint,
                \(terms.askAt)::smallint, \(terms.stopAt)::smallint
            from organisations o
            where o.org_id = \(principal.organisationID) and \(Self.mayBudget(subject, owner: owner, principal))
            """
        let answers = try await batch(
            [
                BudgetRecord.audited.statement(.created, id, insertion, by: principal, address: address),
                "\(Self.budget(principal)) and b.budget_id = \(id)",
            ],
            by: principal
        )
        return try await named(answers[1]).first
    }

    /// Each call of theirs looks at all of them.
    private static let mostPersonal = 50

    private func checkCount(of owner: UUID, _ principal: Principal) async throws {
        let rows = try await query("select count(*) from budgets where owner_id = \(owner)", by: principal)
        guard try rows.first?.get(0, as: Int.self) ?? 0 < Self.mostPersonal else {
            throw StorageError.invalid("subject", "You have \(Self.mostPersonal) budgets already. Delete one first.")
        }
    }

    /// nil when there is no such budget, or it is not the one's who asks to change.
    package func updateBudget(
        _ id: UUID,
        name: String?,
        terms: BudgetTerms,
        by principal: Principal,
        address: String? = nil
    ) async throws -> BudgetRecord? {
        try terms.check()
        let change: Query = """
            update budgets b set name = \(try Self.name(name)), amount = \(terms.amount)::numeric,
                warn_at = \(terms.warnAt)::smallint, ask_at = \(terms.askAt)::smallint,
                stop_at = \(terms.stopAt)::smallint
            where b.budget_id = \(id) and b.currency = \(terms.currency) and \(Self.isOwnBudget(principal))
            """
        let audited = BudgetRecord.audited.statement(.updated, id, change, by: principal, address: address)
        let answers = try await batch(
            Self.locked(.budget(id)) + [audited, "\(Self.budget(principal)) and b.budget_id = \(id)"],
            by: principal
        )
        return answers[answers.count - 2].affected == 0 ? nil : try await named(answers[answers.count - 1]).first
    }

    package func deleteBudget(_ id: UUID, by principal: Principal, address: String? = nil) async throws -> Bool {
        let deletion: Query = "delete from budgets b where b.budget_id = \(id) and \(Self.isOwnBudget(principal))"
        let audited = BudgetRecord.audited.statement(.deleted, id, deletion, by: principal, address: address)
        return try await batch(Self.locked(.budget(id)) + [audited], by: principal).last?.affected == 1
    }

    private func named(_ rows: Rows) async throws -> [BudgetRecord] {
        var budgets = try rows.map(BudgetRecord.init)
        guard !budgets.isEmpty else { return [] }
        let names = try await nicknames(of: budgets.compactMap { $0.subject.id(of: .user) })
        let reserved = try await reserved(of: budgets.map(\.id))
        for index in budgets.indices {
            budgets[index].reserved = reserved[budgets[index].id] ?? 0
            guard let user = budgets[index].subject.id(of: .user) else { continue }
            budgets[index].subjectName = names[user]
        }
        return budgets
    }

    /// By calls under way, whoever's they are, of budgets that the one who asks has seen.
    private func reserved(of budgets: [UUID]) async throws -> [UUID: Decimal] {
        let rows = try await query(
            """
            select x.budget_id, sum(x.amount) as amount from budget_reservations x left join runs r on r.run_id = x.run_id
            where x.budget_id = any(\(budgets)::uuid[]) and budget_reservation_holds(x, r)
            group by 1
            """,
            by: .system
        )
        return Dictionary(try rows.map { (try $0.get("budget_id"), try $0.get("amount")) }) { first, _ in first }
    }

    /// What the people are called who are named in rows that the one who asks has seen.
    func nicknames(of users: [UUID]) async throws -> [UUID: String] {
        guard !users.isEmpty else { return [:] }
        let rows = try await query(
            "select user_id, nickname from users where user_id = any(\(users)::uuid[])",
            by: .system
        )
        return Dictionary(try rows.map { (try $0.get("user_id"), try $0.get("nickname")) }) { first, _ in first }
    }

    /// For a `b` of budgets: whether the one who asks may change it.
    private static func isOwnBudget(_ principal: Principal) -> Query {
        """
        (b.org_id = \(principal.organisationID) and case
            when b.owner_id is null then alma_manages(b.org_id) else b.owner_id = \(principal.userID)
        end)
        """
    }

    private static func mayBudget(_ subject: BudgetSubject, owner: UUID?, _ principal: Principal) -> Query {
        let mayDecide: Query = owner == nil ? "alma_manages(\(principal.organisationID))" : "true"
        let exists: Query =
            switch subject {
            case .organization: owner == nil ? "true" : "false"
            case .user(let id) where owner != nil: "\(id == principal.userID)::boolean"
            case .user(let id):
                """
                exists (
                    select from memberships where user_id = \(id) and org_id = \(principal.organisationID)
                )
                """
            case .agent(let id):
                "exists (select from agents a where a.agent_id = \(id) and \(isVisible(to: principal)))"
            case .conversation(let id):
                "exists (select from conversations c where \(isOwn(id, principal)))"
            }
        return "(\(mayDecide) and \(exists))"
    }

    private static func name(_ name: String?) throws -> String? {
        let name = try name.map { try Checks.text($0, "name", upTo: 100, allowsEmpty: true) }
        return name?.isEmpty == true ? nil : name
    }

    /// Ends in a `where`. The database's own rules decide what is seen; this says the same once more.
    private static func budget(_ principal: Principal) -> Query {
        """
        select b.budget_id, b.owner_id, b.scope, coalesce(b.user_id, b.agent_id, b.conversation_id) as subject_id,
            b.period, b.name, b.amount, b.currency, b.warn_at, b.ask_at, b.stop_at, b.created_at,
            \(isOwnBudget(principal)) as is_own, case
                when b.agent_id is not null then (select display_name from agents where agent_id = b.agent_id)
                when b.conversation_id is not null then (
                    select title from conversations where conversation_id = b.conversation_id
                )
            end as subject_name,
            coalesce((
                select max(s.spent) from budget_spending s where s.budget_id = b.budget_id and case b.period
                    when 'run' then s.updated_at > now() - interval '1 day'
                    else s.period_key = budget_period_key(b.period, null)
                end
            ), 0) as spent
        from budgets b
        where b.org_id = \(principal.organisationID) and (b.owner_id is null or b.owner_id = \(principal.userID))
        """
    }
}
