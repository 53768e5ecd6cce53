import Foundation
import Testing

@testable import Engine

/// Teams that work by a plan.
@Suite(.timeLimit(.minutes(1))) struct PlanTests {
    @Test func tasksGoAtTheSameTimeAndThoseThatNeedThemAfterwards() async throws {
        let meeting = Meeting(of: 2)
        let shop = TeamShop.open(
            lead: { request, receive in
                guard let results = request.results.last else {
                    #expect(request.instruction.contains("- coder: Writes code."))
                    #expect(request.instruction.contains("- writer: Writer (prose)"))
                    let tasks = [
                        TeamShop.task("c", "writer", needs: ["a", "b"]), TeamShop.task("a", "coder"),
                        TeamShop.task("b", "writer"),
                    ]
                    return try await receive(.toolCall(TeamShop.plan(tasks.joined(separator: ","))))
                }
                try await receive(.text("All of it: \(results)"))
            },
            coder: { request, receive in
                #expect(request.prompt.contains("# Task: T a\n\ndo a"))
                #expect(request.prompt.contains("Do it all"))
                await meeting.arrive()
                try await receive(.text("code"))
            },
            writer: { request, receive in
                guard request.prompt.contains("# Task: T c") else {
                    await meeting.arrive()
                    return try await receive(.text("prose"))
                }
                #expect(request.prompt.contains("Result of an earlier task: T a\ncode"))
                #expect(request.prompt.contains("Result of an earlier task: T b\nprose"))
                try await receive(.text("book"))
            }
        )
        try await shop.open {
            let run = TeamShop.ask(shop)
            let log = try await shop.log(of: run)
            #expect(log.isDense)
            #expect(log.states.last == "completed")
            #expect(log.filter { $0.kind == .agentStart }.count >= 3)
            #expect(log.first { $0.field("attempt") == "2" } == nil)
            let plans = log.filter { $0.kind == .planUpdate }.map { $0.tasks("state") }
            #expect(plans.first == ["running", "running", "pending"])
            #expect(plans.last == ["completed", "completed", "completed"])
            let told = try #require(log.first { $0.kind == .toolResult }?.field("result"))
            let tasks = try JSONValue(parsing: told)["tasks"]?.array ?? []
            #expect(tasks.map { $0["result"]?.string } == ["code", "prose", "book"])
            #expect(log.text.hasPrefix("All of it: {"))
            let children = shop.journal.children(of: run.id)
            #expect(children.count == 3)
            #expect(children.allSatisfy { $0.rootRunID == run.id && $0.depth == 1 && $0.state == .completed })
            let start = try #require(try await shop.log(of: children[0]).first(.agentStart))
            #expect(start.field("parent_run_id") == run.id.text)
            #expect(start.field("task") == "T a")
        }
    }

    @Test func anAnswerNeedsNoPlan() async throws {
        let shop = TeamShop.open(lead: { _, receive in try await receive(.text("Hello")) })
        try await shop.open {
            let run = TeamShop.ask(shop)
            let log = try await shop.log(of: run)
            #expect(log.text == "Hello")
            #expect(shop.journal.children(of: run.id).isEmpty)
        }
    }

    @Test func aFailedTaskIsToldAndPlannedAnew() async throws {
        let shop = TeamShop.open(
            lead: { request, receive in
                switch request.results.count {
                case 0:
                    let tasks = [
                        TeamShop.task("a", "coder"), TeamShop.task("b", "writer"),
                        TeamShop.task("c", "writer", needs: ["a"]),
                    ]
                    try await receive(.toolCall(TeamShop.plan(tasks.joined(separator: ","))))
                case 1:
                    let told = try JSONValue(parsing: request.results[0])
                    let states = told["tasks"]?.array?.map { $0["state"]?.string }
                    #expect(states == ["failed", "completed", "skipped"])
                    #expect(told["tasks"]?.array?.first?["error"]?.string == "The key is wrong.")
                    #expect(told["note"] != nil)
                    try await receive(.toolCall(TeamShop.plan(TeamShop.task("d", "writer", needs: ["b"]))))
                default: try await receive(.text("done"))
                }
            },
            coder: { _, _ in throw ModelError(.unauthorized, "The key is wrong.") },
            writer: { request, receive in
                let builds = request.prompt.contains("Result of an earlier task: b\nprose")
                try await receive(.text(builds ? "built on it" : "prose"))
            }
        )
        try await shop.open {
            let run = TeamShop.ask(shop)
            let log = try await shop.log(of: run)
            #expect(log.text == "done")
            let results = log.filter { $0.kind == .toolResult }.compactMap { $0.field("result") }
            #expect(results.last?.contains("built on it") == true)
            #expect(shop.journal.children(of: run.id).count == 3)
        }
    }

    @Test(
        arguments: [
            (TeamShop.task("a", "nobody"), "There is no colleague called nobody."),
            (TeamShop.task("a", "coder", needs: ["x"]), "depends on x, which is neither"),
            (TeamShop.task("a", "coder") + "," + TeamShop.task("a", "writer"), "two tasks with the id a"),
            (
                TeamShop.task("a", "coder", needs: ["b"]) + "," + TeamShop.task("b", "coder", needs: ["a"]),
                "in a circle: a, b"
            ),
            (#"{"id":"a","title":"A","agent":"coder"}"#, "goal"),
        ]
    )
    func aBadPlanGoesBackWithTheReason(tasks: String, reason: String) async throws {
        let shop = TeamShop.open(lead: { request, receive in
            guard let complaint = request.results.last else {
                return try await receive(.toolCall(TeamShop.plan(tasks)))
            }
            try await receive(.text(complaint))
        })
        try await shop.open {
            let run = TeamShop.ask(shop)
            let log = try await shop.log(of: run)
            #expect(log.text.contains(reason))
            #expect(shop.journal.children(of: run.id).isEmpty)
        }
    }

    @Test func plansOfOneAnswerAreCountedTogether() async throws {
        let shop = TeamShop.open(lead: { request, receive in
            guard request.results.isEmpty else { return try await receive(.text("Enough.")) }
            for call in 0..<5 {
                let tasks = (0..<20).map { TeamShop.task("t\(call)-\($0)", "coder") }.joined(separator: ",")
                var plan = TeamShop.plan(tasks)
                plan.id = "p\(call)"
                try await receive(.toolCall(plan))
            }
        })
        try await shop.open {
            let log = try await shop.log(of: TeamShop.ask(shop))
            let errors = log.filter { $0.kind == .toolResult }.compactMap { $0.field("error") }
            #expect(errors.count == 1 && errors[0].contains("This turn has 81 runs already"))
        }
    }

    @Test func whatWasDoneIsNotDoneAgainAfterACrash() async throws {
        let journal = MemoryJournal()
        let calls = Locked<[String]>([])
        let began = Signal()
        let isSecond = Locked(false)
        func open() -> Workshop {
            TeamShop.open(
                journal: journal,
                lead: { request, receive in
                    calls.withLock { $0.append("lead \(request.results.count)") }
                    guard request.results.isEmpty else { return try await receive(.text("done")) }
                    try await receive(
                        .toolCall(TeamShop.plan(TeamShop.task("a", "coder") + "," + TeamShop.task("b", "writer")))
                    )
                },
                coder: { _, receive in
                    calls.withLock { $0.append("coder") }
                    try await receive(.text("code"))
                },
                writer: { _, receive in
                    calls.withLock { $0.append("writer") }
                    guard isSecond.withLock({ $0 }) else {
                        began.ring()
                        return try await Task.sleep(for: .seconds(60))
                    }
                    try await receive(.text("prose"))
                }
            )
        }
        let first = open()
        let run = TeamShop.ask(first)
        let work = Task { await first.worker.run() }
        await began.wait()
        while journal.children(of: run.id).count(where: { $0.state == .completed }) < 1 { await Task.yield() }
        work.cancel()
        await work.value
        isSecond.withLock { $0 = true }
        let second = open()
        try await second.open {
            let log = try await second.log(of: run)
            #expect(log.text == "done")
            #expect(calls.withLock { $0 }.sorted() == ["coder", "lead 0", "lead 1", "writer", "writer"])
            #expect(journal.children(of: run.id).count == 2)
        }
    }
}
