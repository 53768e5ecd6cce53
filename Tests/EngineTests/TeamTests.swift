import Foundation
import Testing

@testable import Engine

/// Agents that ask each other.
@Suite(.timeLimit(.minutes(1))) struct TeamTests {
    @Test func delegatingTwiceIsDoneTogetherAndGoesOn() async throws {
        let meeting = Meeting(of: 2)
        let shop = TeamShop.open(
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
            let log = try await shop.log(of: TeamShop.ask(shop))
            #expect(log.text == "code + writer could not do it: No.")
            #expect(log.filter { $0.kind == .toolCall }.count == 2)
            #expect(log.filter { $0.kind == .toolResult }.count == 2)
        }
    }

    @Test func aConversationIsPassedOn() async throws {
        let shop = TeamShop.open(
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
            let run = TeamShop.ask(shop)
            let log = try await shop.log(of: run)
            #expect(log.text == "This is for my colleague.\n\nHere I am.")
            #expect(log.states == ["queued", "running", "queued", "running", "completed"])
            #expect(log.filter { $0.kind == .agentStart }.map { $0.field("agent_name") } == ["assistant", "Writer"])
            #expect(shop.journal.outcome(of: run.id)?.run.agentID == TeamShop.writer.id)
        }
    }

    @Test func nobodyIsAskedWhoWaitsForTheAnswer() async throws {
        let run = Run.sample()
        let boss = Colleague(id: run.agentID, name: "boss", displayName: "Boss")
        let delegation = Delegation(
            run: run,
            team: Team(colleagues: [boss, TeamShop.coder], lineage: [run.agentID]),
            children: [],
            request: "",
            limits: RunLimits()
        )
        let input = try JSONValue(parsing: #"{"title":"t","agent":"boss","goal":"g"}"#)
        #expect(throws: ToolFailure.self) { try delegation.progress(of: .delegate, call: "c", input: input) }
        #expect(!delegation.team.introduction.contains("boss"))
    }

    /// The model is not told of a colleague who is switched off. One that is named all the same, because a plan was made
    /// before, gets the task; who does it in their place is decided when it is taken up.
    @Test func aTaskForAColleagueWhoIsAwayIsNotRefused() throws {
        var away = TeamShop.coder
        away.isActive = false
        let team = Team(colleagues: [away, TeamShop.writer])
        #expect(!team.introduction.contains("coder") && team.introduction.contains("writer"))
        let delegation = Delegation(run: .sample(), team: team, children: [], request: "", limits: .quick)
        let input = try JSONValue(parsing: TeamShop.plan(TeamShop.task("a", "coder")).arguments)
        var progress = try delegation.progress(of: .plan, call: "p", input: input)
        let child = try #require(delegation.begin(&progress).first)
        #expect(child.run.agentID == away.id)
        #expect(progress.awaited == [child.run.id] && !progress.isDone)
    }

    @Test func theTokensOfTheWholeTurnCount() async throws {
        let leadCalls = Locked(0)
        var limits = RunLimits.quick
        limits.tokens = 100
        let shop = TeamShop.open(
            lead: { request, receive in
                leadCalls.withLock { $0 += 1 }
                let arguments = #"{"title":"t","agent":"coder","goal":"g"}"#
                try await receive(.toolCall(ToolCall(id: "d", name: "delegate", arguments: arguments)))
                try await receive(.usage(TokenUsage(input: 10, output: 10)))
            },
            coder: { _, receive in
                try await receive(.text("code"))
                try await receive(.usage(TokenUsage(input: 50, output: 40)))
            },
            limits: limits
        )
        try await shop.open {
            let run = TeamShop.ask(shop)
            let log = try await shop.log(of: run)
            // Twenty of its own and ninety of its colleague's.
            #expect(log.first(.error)?.field("error_code") == "RUN_TOKENS_EXHAUSTED")
            #expect(leadCalls.withLock { $0 } == 1)
            let child = try #require(shop.journal.children(of: run.id).first)
            #expect(child.state == .completed)
        }
    }

    /// Two at work at the same moment: what one has used meanwhile, the other is told before its next call.
    @Test func theTokensOfThoseBesideCountWhileTheyWork() async throws {
        var limits = RunLimits.quick
        limits.tokens = 100
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let (spent, spend) = AsyncStream.makeStream(of: Void.self)
        let coderCalls = Locked(0)
        let shop = TeamShop.open(
            lead: { request, receive in
                if !request.results.isEmpty { return try await receive(.text("Both came back.")) }
                try await receive(
                    .toolCall(TeamShop.plan("\(TeamShop.task("a", "coder")),\(TeamShop.task("b", "writer"))"))
                )
                try await receive(.usage(TokenUsage(input: 10, output: 10)))
            },
            coder: { request, receive in
                if coderCalls.withLock({ calls in
                    calls += 1
                    return calls == 1
                }) {
                    begin.yield()
                    // Its second call is asked for when the writer is done.
                    for await _ in spent { break }
                    try await receive(.toolCall(ToolCall(id: "c", name: "nothing", arguments: "{}")))
                    try await receive(.usage(TokenUsage(input: 1, output: 1)))
                } else {
                    try await receive(.text("code"))
                }
            },
            writer: { _, receive in
                for await _ in begun { break }
                try await receive(.text("prose"))
                try await receive(.usage(TokenUsage(input: 60, output: 60)))
            },
            limits: limits
        )
        try await shop.open {
            let run = TeamShop.ask(shop)
            while shop.journal.children(of: run.id).first(where: { $0.agentID == TeamShop.writer.id })?.state
                != .completed
            {
                try await Task.sleep(for: .milliseconds(5))
            }
            spend.yield()
            let log = try await shop.log(of: run)
            #expect(coderCalls.withLock { $0 } == 1)
            let coder = try #require(shop.journal.children(of: run.id).first { $0.agentID == TeamShop.coder.id })
            let end = try await shop.log(of: coder).first(.error)
            #expect(end?.field("error_code") == "RUN_TOKENS_EXHAUSTED")
            #expect(log.first(.error)?.field("error_code") == "RUN_TOKENS_EXHAUSTED")
        }
    }

    @Test func theRunsOfATurnAreCounted() async throws {
        var (limits, run) = (RunLimits(), Run.sample())
        limits.runsPerTurn = 3
        func delegation() -> Delegation {
            let team = Team(colleagues: [TeamShop.coder], size: 3)
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

    @Test func whatColleaguesHaveDoneStaysWhenTheyLeave() throws {
        let tasks = [
            TeamShop.task("a", "coder"), TeamShop.task("b", "writer"), TeamShop.task("c", "coder", needs: ["a"]),
        ]
        let input = try JSONValue(parsing: TeamShop.plan(tasks.joined(separator: ",")).arguments)
        var child = ChildRecord(run: .v7(), key: "p/a", agentID: TeamShop.coder.id, state: .completed)
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
        let shop = TeamShop.open(
            lead: { _, receive in
                try await receive(.text("Let me ask."))
                let tasks = [TeamShop.task("a", "coder"), TeamShop.task("b", "coder", needs: ["a"])]
                try await receive(.toolCall(TeamShop.plan(tasks.joined(separator: ","))))
            },
            coder: { _, receive in
                try await receive(.text("half"))
                began.ring()
                try await Task.sleep(for: .seconds(60))
            }
        )
        try await shop.open {
            let run = TeamShop.ask(shop)
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
}
