import Foundation
import Testing

@testable import Engine

/// Money that is set aside before a call and settled after it.
@Suite(.timeLimit(.minutes(1))) struct BudgetTests {
    private static let price = ModelCandidate.Price(input: 1, output: 1_000, currency: "USD")
    private static let dear = ModelCandidate.Price(input: 1, output: 100_000, currency: "USD")

    /// Says a word; the call costs 0.1 at `price`.
    private static let answer: StubModels.Answer = { _, receive in
        try await receive(.text("word"))
        try await receive(.usage(TokenUsage(input: 0, output: 100)))
        try await receive(.finish(.stop))
    }

    private func ask(
        _ shop: Workshop,
        _ prices: [(name: String, price: ModelCandidate.Price?)] = [("main", price)],
        maximumTokens: Int? = 200
    ) -> Run {
        let run = Run.sample()
        var brief = RunBrief.sample("Go", candidates: prices.map(\.name))
        for (index, one) in prices.enumerated() { brief.candidates[index].price = one.price }
        brief.maximumTokens = maximumTokens
        shop.journal.enqueue(run, brief: brief)
        shop.worker.wake()
        return run
    }

    private func terms(_ amount: Decimal, warnAt: Int? = nil, askAt: Int? = nil) -> BudgetTerms {
        BudgetTerms(amount: amount, currency: "USD", warnAt: warnAt, askAt: askAt)
    }

    @Test func aCallIsSettledToWhatItCost() async throws {
        let shop = Workshop(models: StubModels(Self.answer))
        let budget = shop.journal.addBudget("Team", terms(1))
        let log = try await shop.open { try await shop.log(of: ask(shop)) }
        #expect(log.states.last == "completed")
        #expect(shop.journal.spending(of: budget) == (Decimal(string: "0.1")!, 0))
    }

    @Test func aCallThatDoesNotFitIsNotMade() async throws {
        let calls = Locked(0)
        let shop = Workshop(
            models: StubModels { request, receive in
                calls.withLock { $0 += 1 }
                try await Self.answer(request, receive)
            }
        )
        // 200 tokens could cost 0.2; once 0.1 is spent, the room that is left is too small.
        let budget = shop.journal.addBudget("Team", terms(Decimal(string: "0.25")!))
        try await shop.open {
            #expect(try await shop.log(of: ask(shop)).states.last == "completed")
            let log = try await shop.log(of: ask(shop))
            #expect(log.states.last == "failed")
            let error = try #require(log.first(.error))
            #expect(error.field("error_code") == "BUDGET_EXCEEDED")
            let message = error.field("error_message") ?? ""
            #expect(message.hasPrefix("The budget \"Team\" is 0.25 USD: 0.1 spent. This call may cost up to 0.2"))
        }
        #expect(calls.withLock { $0 } == 1)
        #expect(shop.journal.spending(of: budget) == (Decimal(string: "0.1")!, 0))
    }

    @Test func tenAtTheSameMomentCannotPassTheCapTogether() async throws {
        // Whoever may call waits until all the others have been refused or stand here, too.
        let meeting = Locked(0)
        let shop = Workshop(
            models: StubModels { request, receive in
                meeting.withLock { $0 += 1 }
                while meeting.withLock({ $0 }) < 4 { try await Task.sleep(for: .milliseconds(1)) }
                try await receive(.text("word"))
                // As dear as it can be.
                try await receive(.usage(TokenUsage(input: 40, output: 200)))
                try await receive(.finish(.stop))
            }
        )
        let budget = shop.journal.addBudget("Team", terms(Decimal(string: "0.9")!))
        let states = try await shop.open {
            let runs = (0..<10).map { _ in ask(shop) }
            return try await withThrowingTaskGroup(of: String.self) { group in
                for run in runs { group.addTask { try await shop.log(of: run).states.last ?? "" } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
        }
        #expect(states.count { $0 == "completed" } == 4)
        #expect(states.count { $0 == "failed" } == 6)
        let (spent, reserved) = shop.journal.spending(of: budget)
        #expect(spent <= Decimal(string: "0.9")!)
        #expect(reserved == 0)
    }

    @Test func aCheaperModelAnswersWhereTheFirstIsTooDear() async throws {
        let shop = Workshop(models: StubModels(["dear": Self.answer, "main": Self.answer]))
        shop.journal.addBudget("Team", terms(1))
        let log = try await shop.open {
            try await shop.log(of: ask(shop, [("dear", Self.dear), ("main", Self.price)]))
        }
        #expect(log.states.last == "completed")
        #expect(log.contains { $0.field("reason") == "budget_fallback: main" })
        #expect(log.first(.usage)?.field("model") == "main")
    }

    @Test func whatHasNoPriceOrAnotherCurrencyPasses() async throws {
        let shop = Workshop(models: StubModels(["free": Self.answer, "main": Self.answer]))
        let budget = shop.journal.addBudget("Team", terms(Decimal(string: "0.0001")!))
        let foreign = ModelCandidate.Price(input: 1, output: 1_000, currency: "CNY")
        try await shop.open {
            for (name, price) in [("free", nil), ("main", foreign)] {
                let log = try await shop.log(of: ask(shop, [(name, price)]))
                #expect(log.states.last == "completed")
            }
        }
        #expect(shop.journal.spending(of: budget).spent == 0)
    }

    @Test func theModelIsToldTheBoundThatWasCountedWith() async throws {
        let told = Locked<[Int?]>([])
        let shop = Workshop(
            models: StubModels { request, receive in
                told.withLock { $0.append(request.maximumTokens) }
                try await Self.answer(request, receive)
            }
        )
        try await shop.open {
            _ = try await shop.log(of: ask(shop, maximumTokens: nil))
            shop.journal.addBudget("Team", terms(100))
            _ = try await shop.log(of: ask(shop, maximumTokens: nil))
        }
        #expect(told.withLock { $0 } == [nil, WorstCase.outputTokens])
    }

    @Test func aFailedTryGivesItsMoneyBackBeforeTheNextOne() async throws {
        let tries = Locked(0)
        let shop = Workshop(
            models: StubModels { request, receive in
                let number = tries.withLock { count in
                    count += 1
                    return count
                }
                if number < 3 { throw ModelError(.unavailable, "Not now.") }
                try await Self.answer(request, receive)
            }
        )
        shop.journal.addBudget("Team", terms(Decimal(string: "0.25")!))
        let run = ask(shop)
        let log = try await shop.open { try await shop.log(of: run) }
        #expect(log.states.last == "completed")
        #expect(log.isDense)
        #expect(shop.journal.usage(of: run.id).map(\.succeeded) == [false, false, true])
    }

    @Test func aWarningIsSaidOnceForEachRunAndBudget() async throws {
        let shop = Workshop(
            models: StubModels { request, receive in
                if request.messages.count < 4 {
                    try await receive(.toolCall(ToolCall(id: "a", name: "none", arguments: "{}")))
                    return try await receive(.usage(TokenUsage(input: 0, output: 100)))
                }
                try await Self.answer(request, receive)
            }
        )
        let budget = shop.journal.addBudget("Team", terms(1, warnAt: 10))
        let log = try await shop.open { try await shop.log(of: ask(shop)) }
        #expect(log.states.last == "completed")
        let warnings = log.filter { $0.field("reason") == "budget_warning: Team" }
        #expect(warnings.count == 1)
        #expect(warnings.first?.data.contains(budget.text) == true)
        #expect(warnings.first?.data.contains("\"amount\":1,") == true)
    }

    @Test(
        arguments: [(total: "0.8", reached: nil), ("0.81", .warn), ("0.91", .ask), ("1", .ask), ("1.1", .stop)]
            as [(total: String, reached: BudgetThreshold?)]
    )
    func thresholds(total: String, reached: BudgetThreshold?) throws {
        let terms = BudgetTerms(amount: 1, currency: "USD", warnAt: 80, askAt: 90, stopAt: 100)
        #expect(terms.reached(by: try #require(Decimal(string: total))) == reached)
    }

    // MARK: Asking

    private func approval(_ call: String, _ isApproved: Bool) -> CallAnswer {
        CallAnswer(callID: call, decision: isApproved ? .approved : .denied, decidedBy: .v7(), decidedAt: Date())
    }

    @Test(arguments: [true, false]) func whereItAsksThePersonDecides(isApproved: Bool) async throws {
        let shop = Workshop(models: StubModels(Self.answer))
        let budget = shop.journal.addBudget("Team", terms(1, askAt: 10))
        try await shop.open {
            let run = ask(shop)
            while shop.journal.asked(of: run.id).isEmpty { try await Task.sleep(for: .milliseconds(2)) }
            let call = try #require(shop.journal.asked(of: run.id).first)
            #expect(call.name == ToolCall.exceedBudget)
            #expect(call.arguments.contains("\"amount\":1,"))
            #expect(shop.journal.spending(of: budget) == (0, 0))
            shop.journal.decide(approval(call.id, isApproved), run: run.id)
            shop.worker.wake()
            let log = try await shop.log(of: run)
            #expect(log.isDense)
            #expect(log.states.last == (isApproved ? "completed" : "failed"))
            #expect(log.first(.error)?.field("error_code") == (isApproved ? nil : "BUDGET_EXCEEDED"))
            #expect(log.filter { $0.kind == .approvalRequest }.count == 1)
            #expect(log.first(.approvalResolved)?.field("decision") == (isApproved ? "approved" : "denied"))
        }
    }

    @Test func aCrashLeavesNothingReserved() async throws {
        let journal = MemoryJournal()
        let budget = journal.addBudget("Team", terms(1))
        let run = Run.sample()
        journal.enqueue(run, brief: .sample("Go", candidates: ["main"]))
        let first = try #require(try await journal.claim(worker: .v7(), limit: 1, silence: .seconds(0)).first)
        let wish = BudgetReservation(holder: first.holder, call: .v7(), cost: 1, currency: "USD")
        guard case .granted = try await journal.reserve(wish) else { return #expect(Bool(false)) }
        #expect(journal.spending(of: budget).reserved == 1)
        let second = try #require(try await journal.claim(worker: .v7(), limit: 1, silence: .seconds(-1)).first)
        #expect(second.epoch > first.epoch)
        #expect(journal.spending(of: budget).reserved == 0)
        #expect(try await journal.reserve(wish) == .lost)
    }
}
