import Engine
import Foundation
import Postgres
import Storage
import Testing

/// Money that is set aside before a model call: whoever asks at the same moment, whoever dies.
@Suite struct BudgetReservationTests {
    @Test func tenAtTheSameMomentNeverPassTheCap() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            var runs: [ClaimedRun] = []
            for _ in 0..<10 { runs.append(try await store.claimedRun(by: user.principal)) }
            for _ in 0..<8 {
                let budget = try await database.budget(user, "amount, stop_at", "1, 100")
                // 0.3 each: three fit, never four.
                let granted = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for run in runs { group.addTask { try await store.reserve(run.wish("0.3")).isGranted } }
                    return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
                }
                #expect(granted == 3)
                #expect(try await database.reserved(budget) == Decimal(string: "0.9"))
                try await database.administrator.query("delete from budgets")
            }
        }
    }

    @Test func tenChildrenOfOneTurnNeverPassItsCapTogether() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let (turn, other) = (
                try await store.claimedRun(by: user.principal), try await store.claimedRun(by: user.principal)
            )
            let agent = try await database.agent(of: user)
            var children: [ClaimedRun] = []
            for number in 0..<10 {
                children.append(try await database.child(of: turn, agent: agent, key: "plan/\(number)"))
            }
            let runs = children
            for _ in 0..<5 {
                let budget = try await database.budget(user, "amount, stop_at, period", "1, 100, 'run'")
                // 0.3 each: three of the ten fit, never four, and then nothing of the turn's own.
                let wishes = runs.map { $0.wish("0.3") }
                let granted = try await withThrowingTaskGroup(of: Int?.self) { group in
                    for (index, wish) in wishes.enumerated() {
                        group.addTask { try await store.reserve(wish).isGranted ? index : nil }
                    }
                    return try await group.reduce(into: [Int]()) { $0 += [$1].compactMap { $0 } }
                }
                #expect(granted.count == 3)
                #expect(try await database.reserved(budget) == Decimal(string: "0.9"))
                #expect(try await !store.reserve(turn.wish("0.3")).isGranted)
                // What was paid counts in the place of what was set aside.
                for index in granted {
                    let paid = runs[index].paid(wishes[index], "0.1", after: try await database.place(of: runs[index]))
                    #expect(try await store.append([paid]).isEmpty)
                }
                #expect(try await database.spent(budget) == Decimal(string: "0.3"))
                #expect(try await store.reserve(turn.wish("0.7")).isGranted)
                // Another turn has a cap of its own.
                #expect(try await store.reserve(other.wish("1")).isGranted)
                try await database.administrator.query("delete from budgets")
            }
        }
    }

    @Test func manyCallsInARowAndAtTheSameTimeNeverSpendMoreThanTheCap() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let budget = try await database.budget(user, "amount, stop_at", "5, 100")
            var runs: [ClaimedRun] = []
            for _ in 0..<10 { runs.append(try await store.claimedRun(by: user.principal)) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for run in runs {
                    group.addTask {
                        var place = run.lastSequence
                        while true {
                            let wish = run.wish("0.2")
                            guard try await store.reserve(wish).isGranted else { return }
                            // The real cost is what was feared at worst.
                            _ = try await store.append([run.paid(wish, "0.2", after: place)])
                            place += 1
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await database.spent(budget) == 5)
            #expect(try await database.reserved(budget) == 0)
            let rows = try await database.administrator.query("select sum(cost) from usage_records")
            #expect(try rows[0].get(0, as: Decimal.self) == 5)
        }
    }

    @Test func aCallIsSettledWithItsUsageRowOnEveryWayOut() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let budget = try await database.budget(user, "amount, stop_at", "9, 100")
            let run = try await store.claimedRun(by: user.principal)
            let wishes = [run.wish("1"), run.wish("1"), run.wish("1")]
            for wish in wishes { #expect(try await store.reserve(wish).isGranted) }
            #expect(try await database.reserved(budget) == 3)
            let paid = run.paid(wishes[0], "0.25", after: 2)
            #expect(try await store.append([paid]).isEmpty)
            #expect(try await database.reserved(budget) == 2)
            #expect(try await database.spent(budget) == Decimal(string: "0.25"))
            // A repetition charges nothing.
            #expect(try await store.append([paid]).isEmpty)
            #expect(try await database.spent(budget) == Decimal(string: "0.25"))
            var rest = run.suspended([ToolCall(id: "a", name: "dig", arguments: "{}")], after: 3)
            rest.usage = [wishes[1].record("0.5")]
            #expect(try await store.suspend(rest))
            #expect(try await database.spent(budget) == Decimal(string: "0.75"))
            // The third one was never made: the run rests, so nothing is set aside for it.
            #expect(try await database.live(budget) == 0)
            let answer = ApprovalDecision(.approved)
            _ = try await store.decide(answer, call: "a", of: run.run.id, by: user.principal)
            let again = try #require(try await store.claim(worker: .v7(), limit: 1, silence: .seconds(10)).first)
            let last = again.wish("1")
            #expect(try await store.reserve(last).isGranted)
            #expect(try await database.reserved(budget) == 1)
            var outcome = again.outcome("done", after: again.lastSequence)
            outcome.usage = [last.record("0.125")]
            #expect(try await store.finish(outcome))
            #expect(try await database.spent(budget) == Decimal(string: "0.875"))
            #expect(try await database.reserved(budget) == 0)
        }
    }

    @Test func aCrashBetweenReservingAndSettlingHoldsNothingBack() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (user, worker) = (try await store.person(), UUID.v7())
            let budget = try await database.budget(user, "amount, stop_at", "1, 100")
            let first = try await store.claimedRun(worker: worker, by: user.principal)
            #expect(try await store.reserve(first.wish("1")).isGranted)
            let other = try await store.claimedRun(by: user.principal)
            #expect(try await store.reserve(other.wish("0.1")).isGranted == false)
            // The worker falls silent, another one takes the run: what it had set aside means nothing any more.
            try await store.retire(worker: worker)
            let second = try #require(
                try await store.claim(worker: .v7(), limit: 9, silence: .seconds(10)).first {
                    $0.run.id == first.run.id
                }
            )
            #expect(try await store.reserve(other.wish("0.1")).isGranted)
            // The dead one comes back: it reserves nothing and charges nothing.
            let late = first.wish("0.1")
            #expect(try await store.reserve(late) == .lost)
            #expect(try await store.append([first.paid(late, "0.1", after: 2)]) == [first.run.id])
            #expect(try await database.spent(budget) == 0)
            #expect(try await store.reserve(second.wish("0.9")).isGranted)
            #expect(try await database.reserved(budget) == 1)
            #expect(try await store.finish(second.outcome("", after: second.lastSequence, state: .failed)))
            #expect(try await database.live(budget) == Decimal(string: "0.1"))
            #expect(try await store.deleteConversation(other.run.conversationID, by: user.principal))
            #expect(try await database.live(budget) == 0)
        }
    }

    @Test func allThatFitACallMustHaveRoomOrNoneIsTouched() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let run = try await store.claimedRun(by: user.principal)
            let subjects = [
                ("user_id", user.id), ("agent_id", run.run.agentID), ("conversation_id", run.run.conversationID),
            ]
            var budgets = [try await database.budget(user, "amount, stop_at, name", "9, 100, 'all'")]
            for (column, id) in subjects {
                budgets.append(try await database.budget(user, "amount, stop_at, \(column)", "9, 100, '\(id.text)'"))
            }
            // Of others, or in another currency: not this call's business.
            for (columns, values) in [
                ("user_id, stop_at, amount", "'\(try await store.person("bob").id.text)', 100, 0.1"),
                (
                    "conversation_id, stop_at, amount",
                    "'\(try await store.queuedRun(by: user.principal).conversationID.text)', 100, 0.1"
                ),
            ] { _ = try await database.budget(user, columns, values) }
            try await database.administrator.query(
                """
                insert into budgets (budget_id, org_id, period, currency, amount, stop_at)
                values (\(UUID.v7()), \(user.organisationID), 'run', 'CNY', 0.1, 100)
                """
            )
            guard case .granted(let standings) = try await store.reserve(run.wish("1")) else {
                return #expect(Bool(false))
            }
            #expect(Set(standings.map(\.id)) == Set(budgets))
            #expect(Set(standings.map(\.scope)) == Set(BudgetScope.allCases))
            try await database.administrator.query("update budgets set amount = 1.5 where agent_id is not null")
            guard case .refused(let refusing) = try await store.reserve(run.wish("1")) else {
                return #expect(Bool(false))
            }
            #expect(refusing.map(\.id) == [budgets[2]])
            #expect(refusing[0].reserved == 1)
            for budget in budgets { #expect(try await database.reserved(budget) == 1) }
        }
    }

    @Test func childrenAreChargedToAllThatTheyWorkFor() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let turn = try await store.claimedRun(by: user.principal)
            let expert = try await database.agent(of: user)
            let child = try await database.child(of: turn, agent: expert)
            let grandchild = try await database.child(of: child, agent: expert)
            let other = try await store.claimedRun(by: user.principal)
            let turns = try await database.budget(user, "amount, stop_at, period", "2, 100, 'run'")
            let assistant = try await database.budget(
                user,
                "amount, stop_at, agent_id",
                "9, 100, '\(turn.run.agentID.text)'"
            )
            let experts = try await database.budget(user, "amount, stop_at, agent_id", "9, 100, '\(expert.text)'")
            let wish = grandchild.wish("1")
            #expect(try await store.reserve(wish).isGranted)
            #expect(try await store.append([grandchild.paid(wish, "1", after: 0)]).isEmpty)
            for budget in [turns, assistant, experts] { #expect(try await database.spent(budget) == 1) }
            // One turn with all its children has one purse; another turn has its own.
            #expect(try await store.reserve(child.wish("0.75")).isGranted)
            #expect(try await store.reserve(turn.wish("0.5")).isGranted == false)
            #expect(try await store.reserve(other.wish("2")).isGranted)
            #expect(try await database.reserved(experts) == Decimal(string: "0.75"))
            #expect(try await database.reserved(assistant) == Decimal(string: "2.75"))
        }
    }
}
