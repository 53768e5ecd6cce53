import Foundation
import Testing

@testable import Engine

/// Agents that ask each other.
@Suite(.timeLimit(.minutes(1))) struct TeamTests {
    private static let coder = Colleague(id: .v7(), name: "coder", displayName: "Coder", description: "Writes code.")
    private static let writer = Colleague(id: .v7(), name: "writer", displayName: "Writer", capabilities: ["prose"])

    /// A lead with two colleagues; each model is a closure.
    private func shop(
        journal: MemoryJournal = MemoryJournal(),
        lead: @escaping StubModels.Answer,
        coder: @escaping StubModels.Answer = { _, receive in try await receive(.text("code")) },
        writer: @escaping StubModels.Answer = { _, receive in try await receive(.text("prose")) }
    ) -> Workshop {
        let shop = Workshop(journal: journal, models: StubModels(["lead": lead, "coder": coder, "writer": writer]))
        for colleague in [Self.coder, Self.writer] {
            var brief = RunBrief.sample("", candidates: [colleague.name])
            brief.agentName = colleague.displayName
            journal.employ(colleague.id, brief: brief)
        }
        return shop
    }

    private func ask(_ shop: Workshop, team: [Colleague] = [coder, writer]) -> Run {
        let run = Run.sample()
        var brief = RunBrief.sample("Do it all", candidates: ["lead"])
        brief.team = Team(colleagues: team, lineage: [run.agentID])
        shop.journal.enqueue(run, brief: brief)
        shop.worker.wake()
        return run
    }

    private static func plan(_ tasks: String) -> ToolCall {
        ToolCall(id: "p", name: "plan", arguments: #"{"tasks":[\#(tasks)]}"#)
    }

    private static func task(_ id: String, _ agent: String, needs: [String] = []) -> String {
        let needed = needs.map { "\"\($0)\"" }.joined(separator: ",")
        return #"{"id":"\#(id)","title":"T \#(id)","agent":"\#(agent)","goal":"do \#(id)","depends_on":[\#(needed)]}"#
    }

    @Test func tasksGoAtTheSameTimeAndThoseThatNeedThemAfterwards() async throws {
        let meeting = Meeting(of: 2)
        let shop = shop(
            lead: { request, receive in
                guard let results = request.results.last else {
                    #expect(request.instruction.contains("- coder: Writes code."))
                    #expect(request.instruction.contains("- writer: Writer (prose)"))
                    let tasks = [
                        Self.task("c", "writer", needs: ["a", "b"]), Self.task("a", "coder"), Self.task("b", "writer"),
                    ]
                    return try await receive(.toolCall(Self.plan(tasks.joined(separator: ","))))
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
            let run = ask(shop)
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
        let shop = shop(lead: { _, receive in try await receive(.text("Hello")) })
        try await shop.open {
            let run = ask(shop)
            let log = try await shop.log(of: run)
            #expect(log.text == "Hello")
            #expect(shop.journal.children(of: run.id).isEmpty)
        }
    }

    @Test func aFailedTaskIsToldAndPlannedAnew() async throws {
        let shop = shop(
            lead: { request, receive in
                switch request.results.count {
                case 0:
                    let tasks = [
                        Self.task("a", "coder"), Self.task("b", "writer"), Self.task("c", "writer", needs: ["a"]),
                    ]
                    try await receive(.toolCall(Self.plan(tasks.joined(separator: ","))))
                case 1:
                    let told = try JSONValue(parsing: request.results[0])
                    let states = told["tasks"]?.array?.map { $0["state"]?.string }
                    #expect(states == ["failed", "completed", "skipped"])
                    #expect(told["tasks"]?.array?.first?["error"]?.string == "The key is wrong.")
                    #expect(told["note"] != nil)
                    try await receive(.toolCall(Self.plan(Self.task("d", "writer", needs: ["b"]))))
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
            let run = ask(shop)
            let log = try await shop.log(of: run)
            #expect(log.text == "done")
            let results = log.filter { $0.kind == .toolResult }.compactMap { $0.field("result") }
            #expect(results.last?.contains("built on it") == true)
            #expect(shop.journal.children(of: run.id).count == 3)
        }
    }

    @Test(
        arguments: [
            (Self.task("a", "nobody"), "There is no colleague called nobody."),
            (Self.task("a", "coder", needs: ["x"]), "depends on x, which is neither"),
            (Self.task("a", "coder") + "," + Self.task("a", "writer"), "two tasks with the id a"),
            (Self.task("a", "coder", needs: ["b"]) + "," + Self.task("b", "coder", needs: ["a"]), "in a circle: a, b"),
            (#"{"id":"a","title":"A","agent":"coder"}"#, "goal"),
        ]
    )
    func aBadPlanGoesBackWithTheReason(tasks: String, reason: String) async throws {
        let shop = shop(lead: { request, receive in
            guard let complaint = request.results.last else { return try await receive(.toolCall(Self.plan(tasks))) }
            try await receive(.text(complaint))
        })
        try await shop.open {
            let run = ask(shop)
            let log = try await shop.log(of: run)
            #expect(log.text.contains(reason))
            #expect(shop.journal.children(of: run.id).isEmpty)
        }
    }

    @Test func delegatingTwiceIsDoneTogetherAndGoesOn() async throws {
        let meeting = Meeting(of: 2)
        let shop = shop(
            lead: { request, receive in
                guard request.results.isEmpty else {
                    return try await receive(.text(request.results.joined(separator: " + ")))
                }
                for agent in ["coder", "writer"] {
                    let arguments = #"{"title":"t","agent":"\#(agent)","goal":"g","inputs":{"n":1}}"#
                    try await receive(.toolCall(ToolCall(id: agent, name: "delegate", arguments: arguments)))
                }
            },
            coder: { request, receive in
                #expect(request.prompt.contains(#"{"n":1}"#))
                await meeting.arrive()
                try await receive(.text("code"))
            },
            writer: { _, _ in
                await meeting.arrive()
                throw ModelError(.unauthorized, "No.")
            }
        )
        try await shop.open {
            let log = try await shop.log(of: ask(shop))
            #expect(log.text == "code + writer could not do it: No.")
            #expect(log.filter { $0.kind == .toolCall }.count == 2)
            #expect(log.filter { $0.kind == .toolResult }.count == 2)
        }
    }

    @Test func aConversationIsPassedOn() async throws {
        let shop = shop(
            lead: { request, receive in
                try await receive(.text("This is for my colleague."))
                let arguments = #"{"agent":"Writer","note":"be kind"}"#
                try await receive(.toolCall(ToolCall(id: "h", name: "hand_off", arguments: arguments)))
            },
            writer: { request, receive in
                // The person's words, and what was said and done before, as words: the tools are not this agent's.
                #expect(request.messages.first == .user("Do it all"))
                #expect(request.messages.count == 3)
                #expect(request.prompt.contains("be kind"))
                #expect(request.results.isEmpty)
                try await receive(.text("Here I am."))
            }
        )
        try await shop.open {
            let run = ask(shop)
            let log = try await shop.log(of: run)
            #expect(log.text == "This is for my colleague.\n\nHere I am.")
            #expect(log.states == ["queued", "running", "queued", "running", "completed"])
            #expect(log.filter { $0.kind == .agentStart }.map { $0.field("agent_name") } == ["assistant", "Writer"])
            #expect(shop.journal.outcome(of: run.id)?.run.agentID == Self.writer.id)
        }
    }

    @Test func nobodyIsAskedWhoWaitsForTheAnswer() async throws {
        let run = Run.sample()
        let boss = Colleague(id: run.agentID, name: "boss", displayName: "Boss")
        let delegation = Delegation(
            run: run,
            team: Team(colleagues: [boss, Self.coder], lineage: [run.agentID]),
            children: [],
            request: "",
            limits: RunLimits()
        )
        let input = try JSONValue(parsing: #"{"title":"t","agent":"boss","goal":"g"}"#)
        #expect(throws: ToolFailure.self) { try delegation.progress(of: .delegate, call: "c", input: input) }
        #expect(!delegation.team.introduction.contains("boss"))
    }

    @Test func theRunsOfATurnAreCounted() async throws {
        var (limits, run) = (RunLimits(), Run.sample())
        limits.runsPerTurn = 3
        func delegation() -> Delegation {
            let team = Team(colleagues: [Self.coder], size: 3)
            return Delegation(run: run, team: team, children: [], request: "", limits: limits)
        }
        let input = try JSONValue(parsing: #"{"title":"t","agent":"coder","goal":"g"}"#)
        #expect(throws: ToolFailure.self) { try delegation().progress(of: .delegate, call: "c", input: input) }
        limits.runsPerTurn = 4
        #expect(try delegation().progress(of: .delegate, call: "c", input: input).ready.count == 1)
        #expect(delegation().isPossible)
        run.depth = RunLimits.depth
        #expect(!delegation().isPossible)
    }

    @Test func plansOfOneAnswerAreCountedTogether() async throws {
        let shop = shop(lead: { request, receive in
            guard request.results.isEmpty else { return try await receive(.text("Enough.")) }
            for call in 0..<5 {
                let tasks = (0..<20).map { Self.task("t\(call)-\($0)", "coder") }.joined(separator: ",")
                var plan = Self.plan(tasks)
                plan.id = "p\(call)"
                try await receive(.toolCall(plan))
            }
        })
        try await shop.open {
            let log = try await shop.log(of: ask(shop))
            let errors = log.filter { $0.kind == .toolResult }.compactMap { $0.field("error") }
            #expect(errors.count == 1 && errors[0].contains("This turn has 81 runs already"))
        }
    }

    @Test func whatColleaguesHaveDoneStaysWhenTheyLeave() throws {
        let tasks = [Self.task("a", "coder"), Self.task("b", "writer"), Self.task("c", "coder", needs: ["a"])]
        let input = try JSONValue(parsing: Self.plan(tasks.joined(separator: ",")).arguments)
        var child = ChildRecord(run: .v7(), key: "p/a", agentID: Self.coder.id, state: .completed)
        child.result = "code"
        // The coder is gone, and nobody is left to ask.
        let begun = ["a": child]
        let plan = try Plan(.plan, input, team: Team(), known: [], begun: begun)
        let progress = PlanProgress(call: "p", plan: plan, children: [child])
        #expect(progress.states == ["a": .completed, "b": .skipped, "c": .skipped] && progress.isDone)
        #expect(progress.outcome(of: .plan).content.contains("code"))
        #expect(throws: ToolFailure.self) { try Plan(.plan, input, team: Team(), known: []) }
        let delegation = Delegation(
            run: .sample(),
            team: Team(),
            children: [child],
            request: "",
            limits: .quick
        )
        #expect(!delegation.isPossible && delegation.names.contains("plan"))
    }

    @Test func aStopEndsTheChildrenToo() async throws {
        let began = Signal()
        let shop = shop(
            lead: { _, receive in
                try await receive(.text("Let me ask."))
                let tasks = [Self.task("a", "coder"), Self.task("b", "coder", needs: ["a"])]
                try await receive(.toolCall(Self.plan(tasks.joined(separator: ","))))
            },
            coder: { _, receive in
                try await receive(.text("half"))
                began.ring()
                try await Task.sleep(for: .seconds(60))
            }
        )
        try await shop.open {
            let run = ask(shop)
            await began.wait()
            // The parent rests in nobody's hands.
            while shop.worker.load > 1 { await Task.yield() }
            shop.journal.requestCancellation(of: run.id)
            shop.worker.wake()
            let log = try await shop.log(of: run)
            #expect(log.states.last == "cancelled")
            #expect(log.text == "Let me ask.")
            let child = try #require(shop.journal.children(of: run.id).first)
            #expect(try await shop.log(of: child).states.last == "cancelled")
            #expect(shop.journal.children(of: run.id).count == 1)
        }
    }

    @Test func whatWasDoneIsNotDoneAgainAfterACrash() async throws {
        let journal = MemoryJournal()
        let calls = Locked<[String]>([])
        let began = Signal()
        let isSecond = Locked(false)
        func open() -> Workshop {
            shop(
                journal: journal,
                lead: { request, receive in
                    calls.withLock { $0.append("lead \(request.results.count)") }
                    guard request.results.isEmpty else { return try await receive(.text("done")) }
                    try await receive(.toolCall(Self.plan(Self.task("a", "coder") + "," + Self.task("b", "writer"))))
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
        let run = ask(first)
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

/// A place where `count` meet: each waits for the others.
private actor Meeting {
    private var missing: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(of count: Int) { missing = count }

    func arrive() async {
        missing -= 1
        guard missing > 0 else {
            for one in waiting { one.resume() }
            return waiting.removeAll()
        }
        await withCheckedContinuation { waiting.append($0) }
    }
}

extension ModelRequest {
    fileprivate var results: [String] {
        messages.compactMap { if case .toolResult(_, _, let content, _) = $0 { content } else { nil } }
    }

    /// All that was said in the person's place.
    fileprivate var prompt: String {
        messages.compactMap { if case .user(let text, _) = $0 { text } else { nil } }.joined(separator: "\n")
    }
}

extension RunEvent {
    fileprivate func tasks(_ field: String) -> [String] {
        let tasks = (try? JSONValue(parsing: data))?["tasks"]?.array ?? []
        return tasks.compactMap { $0[field]?.string }
    }
}
