import Engine
import Foundation
import Postgres
import Storage
import Testing

/// What else a reservation knows of.
extension BudgetReservationTests {
    @Test func thresholdsAndAPersonsWord() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let turn = try await store.claimedRun(by: user.principal)
            let child = try await database.child(of: turn, agent: turn.run.agentID)
            let budget = try await database.budget(user, "amount, warn_at, ask_at, stop_at", "1, 10, 50, 100")
            func reached(_ run: ClaimedRun, _ cost: String) async throws -> BudgetThreshold? {
                switch try await store.reserve(run.wish(cost)) {
                case .granted(let standings), .refused(let standings): standings.first?.reached
                case .lost: nil
                }
            }
            #expect(try await reached(child, "0.1") == nil)
            #expect(try await reached(child, "0.1") == .warn)
            #expect(try await reached(child, "0.5") == .ask)
            #expect(try await reached(child, "0.9") == .stop)
            let call = ToolCall(id: "budget_\(budget.text)", name: ToolCall.exceedBudget, arguments: "{}")
            #expect(try await store.suspend(turn.suspended([call])))
            #expect(try await reached(child, "0.5") == .ask)
            _ = try await store.decide(.init(.approved), call: call.id, of: turn.run.id, by: user.principal)
            // It was said for the turn, and holds for all that work for it, up to where the budget stops.
            #expect(try await reached(child, "0.5") == nil)
            #expect(try await reached(child, "0.9") == .stop)
            #expect(try await reached(try await store.claimedRun(by: user.principal), "0.3") == .ask)
        }
    }

    @Test func whatIsWrittenInTheBackgroundCountsAfterTheRunToo() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let budget = try await database.budget(user, "amount, stop_at", "1, 100")
            let ended = try await store.claimedRun(by: user.principal)
            #expect(try await store.finish(ended.outcome("Fine.", after: ended.lastSequence)))
            let other = try await store.claimedRun(by: user.principal)
            // A turn's own call cannot be made any more; one about it can.
            #expect(try await store.reserve(ended.wish("0.1")) == .lost)
            var wish = ended.wish("0.75")
            wish.holder = .run(ended.run.id, epoch: BudgetReservation.background)
            #expect(try await store.reserve(wish).isGranted)
            #expect(try await store.reserve(other.wish("0.5")).isGranted == false)
            #expect(try await store.budgets(by: user.principal).map(\.reserved) == [Decimal(string: "0.75")])
            try await store.housekeep()
            #expect(try await database.reserved(budget) == Decimal(string: "0.75"))
            // Nobody writes for so long: it was a crash.
            try await database.administrator.query(
                "update budget_reservations set created_at = now() - interval '3 minutes'"
            )
            #expect(try await store.reserve(other.wish("0.5")).isGranted)
            var notes = WrittenNotes()
            notes.usage = [wish.record("0.25")]
            let task = WritingTask(run: ended.run, wants: .title, attempt: 1)
            try await store.finish(task, notes, by: .v7())
            #expect(try await database.spent(budget) == Decimal(string: "0.25"))
            #expect(try await database.reserved(budget) == Decimal(string: "0.5"))
        }
    }

    @Test func theBriefSaysWhetherAnybodyHasToBeAsked() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let run = try await store.claimedRun(by: user.principal)
            _ = try await database.budget(try await store.person("bob"), "amount, stop_at", "1, 100")
            #expect(try await store.brief(for: run).hasBudgets == false)
            _ = try await database.budget(user, "amount, stop_at", "1, 100")
            #expect(try await store.brief(for: run).hasBudgets)
        }
    }
}
