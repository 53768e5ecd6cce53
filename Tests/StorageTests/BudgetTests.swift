import Engine
import Foundation
import Postgres
import Storage
import Testing

/// Setting budgets, and what usage adds up to.
@Suite struct BudgetTests {
    private let terms = BudgetTerms(amount: 10, currency: "USD", warnAt: 50)

    @Test func aNewBudgetBeginsWithWhatItsPeriodHasCost() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person("ada")
            let run = try await store.claimedRun(by: ada.principal)
            let old = try await store.claimedRun(by: ada.principal)
            try await database.pay(old, "2", at: "now() - interval '40 days'")
            try await database.pay(run, "0.5", at: "now()")
            try await database.pay(run, "7", currency: "CNY", at: "now()")
            for (subject, period, spent) in [
                (BudgetSubject.organization, BudgetPeriod.total, "2.5"), (.organization, .month, "0.5"),
                (.user(ada.id), .day, "0.5"), (.agent(run.run.agentID), .total, "2.5"),
                (.conversation(run.run.conversationID), .total, "0.5"), (.organization, .run, "0"),
            ] {
                let made = try await store.createBudget(
                    on: subject,
                    period: period,
                    name: nil,
                    terms: terms,
                    isPersonal: subject != .organization,
                    by: ada.principal
                )
                #expect(made?.spent == Decimal(string: spent), "\(subject) \(period)")
            }
            let budgets = try await store.budgets(by: ada.principal)
            #expect(budgets.count == 6)
            await #expect(throws: StorageError.self) {
                try await store.createBudget(
                    on: .organization,
                    period: .total,
                    name: nil,
                    terms: terms,
                    isPersonal: false,
                    by: ada.principal
                )
            }
        }
    }

    @Test func aPersonHasOnlySoManyOfTheirOwn() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            func make() async throws -> BudgetRecord? {
                let talk = try await store.createConversation(title: nil, by: ada.principal)
                let subject = BudgetSubject.conversation(talk.id)
                let (period, principal) = (BudgetPeriod.total, ada.principal)
                return try await store.createBudget(
                    on: subject,
                    period: period,
                    name: nil,
                    terms: terms,
                    isPersonal: true,
                    by: principal
                )
            }
            for _ in 0..<50 { #expect(try await make() != nil) }
            await #expect(throws: StorageError.self) { try await make() }
        }
    }

    @Test func aRunsCostIsToldInEachCurrency() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person()
            let run = try await store.claimedRun(by: ada.principal)
            try await database.pay(run, "0.5", at: "now()")
            try await database.pay(run, "7", currency: "CNY", at: "now()")
            let record = try await store.runRecord(run.run.id, by: ada.principal)
            #expect(record?.costs == ["USD": 0.5, "CNY": 7] && record?.calls == 2)
        }
    }

    @Test func anothersBudgetsAreNotThere() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, bob) = (try await store.person("ada"), try await store.person("bob"))
            let run = try await store.claimedRun(by: ada.principal)
            func make(_ subject: BudgetSubject, isPersonal: Bool, by principal: Principal) async throws -> BudgetRecord?
            {
                try await store.createBudget(
                    on: subject,
                    period: .total,
                    name: nil,
                    terms: terms,
                    isPersonal: isPersonal,
                    by: principal
                )
            }
            let own = try #require(
                try await make(.conversation(run.run.conversationID), isPersonal: true, by: ada.principal)
            )
            #expect(try await make(.conversation(run.run.conversationID), isPersonal: true, by: bob.principal) == nil)
            #expect(try await make(.user(ada.id), isPersonal: true, by: bob.principal) == nil)
            #expect(try await make(.user(ada.id), isPersonal: false, by: bob.principal) == nil)
            // A colleague in the same organisation, who decides nothing.
            try await database.administrator.query(
                "insert into memberships (org_id, user_id) values (\(ada.organisationID), \(bob.id))"
            )
            let colleague = Principal.member(user: bob.id, organisation: ada.organisationID, isSuperuser: false)
            let whole = try #require(try await make(.organization, isPersonal: false, by: ada.principal))
            for principal in [bob.principal, colleague] {
                #expect(try await store.budget(own.id, by: principal) == nil)
                #expect(try await store.updateBudget(own.id, name: nil, terms: terms, by: principal) == nil)
                #expect(try await store.updateBudget(whole.id, name: nil, terms: terms, by: principal) == nil)
                #expect(try await store.deleteBudget(own.id, by: principal) == false)
                #expect(try await store.deleteBudget(whole.id, by: principal) == false)
            }
            #expect(try await store.budgets(by: bob.principal).isEmpty)
            #expect(try await store.budgets(by: colleague).map(\.id) == [whole.id])
            #expect(try await store.leads(colleague) == false)
            #expect(try await make(.organization, isPersonal: false, by: colleague) == nil)
            // The database says the same where a question forgets to ask.
            let settings = [
                SessionSetting(name: "alma.user", value: bob.id.text),
                SessionSetting(name: "alma.org", value: ada.organisationID.text),
            ]
            let seen = try await database.application.query("select budget_id from budgets", with: settings)
            #expect(try seen.map { try $0.get(0, as: UUID.self) } == [whole.id])
            let changed = try await database.application.query("update budgets set amount = 1", with: settings)
            #expect(changed.affected == 0)
            try await database.pay(run, "1", at: "now()")
            let question = UsageQuestion(grouping: .model, from: "2000-01-01", to: "2999-12-31")
            #expect(try await store.usage(question, by: colleague).isEmpty)
            #expect(try await store.usage(question, by: ada.principal).map(\.cost) == [1])
        }
    }

    @Test func moneyIsAddedUpByWhoeverSpentItWhenAndForWhom() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, bob) = (try await store.person("ada"), try await store.person("bob", isSuperuser: true))
            try await database.administrator.query(
                "insert into memberships (org_id, user_id) values (\(ada.organisationID), \(bob.id))"
            )
            let inAdas = Principal.member(user: bob.id, organisation: ada.organisationID, isSuperuser: true)
            let hers = try await store.claimedRun(by: ada.principal)
            let expert = try await database.agent(of: ada)
            let task = try await database.child(of: hers, agent: expert)
            let his = try await store.claimedRun(by: inAdas)
            let elsewhere = try await store.claimedRun(by: bob.principal)
            try await database.pay(hers, "0.5", at: "'2026-01-02 23:59+00'")
            try await database.pay(task, "0.25", at: "'2026-01-03 00:01+00'")
            try await database.pay(his, "2", at: "'2026-01-03 12:00+00'")
            try await database.pay(elsewhere, "8", at: "'2026-01-03 12:00+00'")
            func sums(_ grouping: UsageGrouping, _ scope: UsageScope, by principal: Principal) async throws
                -> [String: Decimal]
            {
                let question = UsageQuestion(grouping: grouping, from: "2026-01-01", to: "2026-01-31", scope: scope)
                let sums = try await store.usage(question, by: principal)
                return Dictionary(sums.map { ($0.key, $0.cost) }) { first, second in first + second }
            }
            let own = ada.principal
            let assistant = Agent.assistantID.text
            #expect(try await sums(.day, .organization, by: own) == ["2026-01-02": 0.5, "2026-01-03": 2.25])
            #expect(try await sums(.agent, .organization, by: own) == [assistant: 2.5, expert.text: 0.25])
            #expect(try await sums(.user, .organization, by: own) == [ada.id.text: 0.75, bob.id.text: 2])
            #expect(try await sums(.organization, .organization, by: own) == [ada.organisationID.text: 2.75])
            #expect(try await sums(.user, .own, by: own) == [ada.id.text: 0.75])
            let all = [ada.organisationID.text: Decimal(2.75), bob.organisationID.text: 8]
            #expect(try await sums(.organization, .everyone, by: bob.principal) == all)
        }
    }

    @Test func aTurnCostsWhatItsChildrenCost() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (ada, bob) = (try await store.person("ada"), try await store.person("bob"))
            let (turn, plain) = (
                try await store.claimedRun(by: ada.principal), try await store.claimedRun(by: ada.principal)
            )
            let child = try await database.child(of: turn, agent: turn.run.agentID)
            try await database.pay(turn, "1", at: "now()")
            try await database.pay(child, "0.25", at: "now()")
            try await database.pay(plain, "4", at: "now()")
            let ids = [turn.run.id, plain.run.id]
            #expect(try await store.costs(ofTurns: ids, by: ada.principal) == [turn.run.id: ["USD": 1.25]])
            #expect(try await store.costs(ofTurns: ids, by: bob.principal).isEmpty)
            #expect(try await store.costs(ofRun: turn.run.id, by: ada.principal) == ["USD": 1.25])
            #expect(try await store.costs(ofRun: child.run.id, by: ada.principal) == ["USD": 0.25])
            #expect(try await store.costs(ofRun: turn.run.id, by: bob.principal).isEmpty)
        }
    }
}

extension TestDatabase {
    fileprivate func pay(_ run: ClaimedRun, _ cost: String, currency: String = "USD", at time: String) async throws {
        try await administrator.query(
            """
            insert into usage_records (
                usage_id, org_id, user_id, run_id, conversation_id, agent_id, attempt, model_id, model_name, input_tokens,
                output_tokens, cached_tokens, cost, currency, response_time, succeeded, created_at
            )
            select \(UUID.v7()), org_id, user_id, run_id, conversation_id, agent_id, 1, \(UUID.v7()), 'demo', 1, 1, 0,
                \(Decimal(string: cost))::numeric, \(currency), 1, true, \(unescaped: time)
            from runs where run_id = \(run.run.id)
            """
        )
    }
}
