import Engine
import Foundation
import Storage

@testable import Web

extension Samples {
    static func budgets(_ id: (UInt8) -> UUID) -> [BudgetRecord] {
        func budget(
            _ number: UInt8,
            _ subject: BudgetSubject,
            _ period: BudgetPeriod,
            spent: Decimal,
            reserved: Decimal = 0,
            name: String? = nil,
            isOwn: Bool = true
        ) -> BudgetRecord {
            BudgetRecord(
                id: id(number),
                ownerID: isOwn && subject != .organization ? id(92) : nil,
                subject: subject,
                period: period,
                name: name,
                terms: BudgetTerms(amount: 10, currency: "USD", warnAt: 80, askAt: 90, stopAt: 100),
                createdAt: Date(timeIntervalSince1970: 0),
                spent: spent,
                reserved: reserved,
                isOwn: isOwn,
                subjectName: hostile
            )
        }
        return [
            budget(70, .organization, .month, spent: 8.5, reserved: 0.25, name: hostile, isOwn: false),
            budget(71, .user(id(92)), .day, spent: 2), budget(72, .agent(id(40)), .run, spent: 9.5),
            budget(73, .conversation(id(2)), .total, spent: 10.2),
            budget(74, .user(id(93)), .month, spent: 0, isOwn: false),
        ]
    }

    func budgets(_ records: [BudgetRecord]) -> BudgetsView {
        BudgetsView(
            page: frame(voice.words["budgets.title"], .usage),
            budgets: records.map { BudgetRow($0, subjectName: $0.subjectName, voice: voice) },
            unpriced: records.isEmpty ? [] : [Samples.hostile],
            voice: voice
        )
    }

    var newBudget: BudgetView {
        var input = BudgetInput(.init(amount: "much"))
        input.errors.add("amount", voice.words["budgets.amountWrong"])
        input.errors.add("subject", voice.words["budgets.exists"])
        return BudgetView(
            page: frame(voice.words["budgets.new"], .usage),
            input: input,
            subjects: BudgetSubjects(
                person: id(92),
                manages: true,
                agents: [(id: id(40), name: Samples.hostile)],
                people: [(id: id(93), name: Samples.hostile)],
                chosen: "own/conversation:x"
            ).options(voice),
            voice: voice
        )
    }

    var changedBudget: BudgetView {
        BudgetView(
            page: frame(Samples.hostile, .usage),
            budget: (id: id(70), title: Samples.hostile, subject: voice.words["budgets.on.organization"]),
            input: BudgetInput(.init(Samples.budgets(id)[0])),
            voice: voice
        )
    }

    var sums: [UsageSum] {
        [("2026-11-20", "USD" as String?, Decimal(4.5)), ("2026-11-20", nil, 0), (Samples.hostile, "CNY", 0.02)].map {
            UsageSum(
                key: $0.0,
                name: $0.0,
                calls: 1204,
                failedCalls: 3,
                runs: 400,
                inputTokens: 1_200_000,
                outputTokens: 41_000,
                cachedTokens: 600_000,
                cost: $0.2,
                currency: $0.1
            )
        }
    }

    /// Six agents over some days, in two currencies and without a price: more series than colours.
    var points: [UsagePoint] {
        (0..<18).map { number in
            var sum = sums[number % 3]
            sum.key = "agent-\(number % 6)"
            sum.name = number == 5 ? Samples.hostile : sum.key
            return UsagePoint(step: "2026-11-\(10 + number / 2)", sum: sum)
        }
    }

    func usage(_ sums: [UsageSum], _ query: String = "", isWhole: Bool = false) -> UsageView {
        var choice = UsageChoice(QueryReader(Form(body: query)), isWhole: isWhole, now: voice.now)
        (choice.question.from, choice.question.to) = ("2026-10-23", "2026-11-21")
        return UsageView(
            page: frame(voice.words["usage.title"], isWhole ? .admin : .usage),
            choice: choice,
            data: UsageData(
                points: points.filter { point in sums.contains { $0.currency == point.sum.currency } },
                tables: UsageGrouping.shown(leads: true, isWhole: isWhole).map { ($0, sums) },
                runs: 584,
                before: UsageTotal([]),
                leads: true
            ),
            voice: voice
        )
    }

    var usagePages: [(name: String, view: any View)] {
        [
            ("usage", usage(sums)), ("usage-nothing", usage([])),
            ("usage-all", usage(sums, "series=agent", isWhole: true)),
            ("usage-own", usage(sums.filter { $0.currency == nil }, "scope=own&model=%3Cscript%3E")),
            ("usage-tokens", usage(sums, "measure=tokens&series=user")),
        ]
    }

    var budgetQuestion: ToolQuestion {
        let input = #"{"scope":"user","period":"day","amount":10,"spent":9,"currency":"USD"}"#
        let run = run(.waiting)
        let record = asked("budget", ToolCall.exceedBudget, input, in: run, false)
        return ToolQuestion(record, of: TurnRun(run: run), draft: nil, csrf: "token", voice: voice)
    }
}
