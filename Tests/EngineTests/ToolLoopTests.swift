import Foundation
import Testing

@testable import Engine

/// Model call, tool calls, model call, answer.
@Suite(.timeLimit(.minutes(1))) struct ToolLoopTests {
    static let words = "Let me see."

    /// Calls `calls` first, and answers with what came back.
    static func caller(_ calls: [ToolCall]) -> StubModels {
        StubModels { request, receive in
            let results = request.messages.compactMap { message in
                if case .toolResult(_, _, let content, let isError) = message { (content, isError) } else { nil }
            }
            guard results.isEmpty else {
                try await receive(.text("Result: " + results.map(\.0).joined(separator: " | ")))
                return try await receive(.finish(.stop))
            }
            try await receive(.text(words))
            for call in calls { try await receive(.toolCall(call)) }
            try await receive(.usage(TokenUsage(input: 10, output: 5)))
            try await receive(.finish(.toolCalls))
        }
    }

    static func call(_ name: String, _ arguments: String) -> ToolCall {
        ToolCall(id: "call_0", name: name, arguments: arguments)
    }

    @Test func aToolIsCalledAndItsResultUsed() async throws {
        let models = Self.caller([Self.call("echo", #"{"text":"hello"}"#)])
        let shop = Workshop(models: models, tools: try ToolCatalogue([EchoTool()]))
        let log = try await shop.open { try await shop.log(of: shop.ask("Go", tools: ["echo"])) }
        #expect(log.isDense)
        #expect(log.first(.toolCall)?.data.contains(#""tool_input":{"text":"hello"}"#) == true)
        #expect(log.first(.toolResult)?.field("result") == "hello")
        #expect(log.text == "\(Self.words)\n\nResult: hello")
        #expect(log.states.last == "completed")
    }

    @Test func callsOfOneAnswerWorkAtTheSameTimeAndAreToldApart() async throws {
        // All with the same id, as some servers number them; each waits until all three are there.
        let meeting = Meeting(of: 3)
        let models = Self.caller((1...3).map { Self.call("echo", #"{"text":"\#($0)"}"#) })
        let shop = Workshop(models: models, tools: try ToolCatalogue([EchoTool { await meeting.arrive() }]))
        let log = try await shop.open { try await shop.log(of: shop.ask("Go", tools: ["echo"])) }
        #expect(log.text.hasSuffix("Result: 1 | 2 | 3"))
        let ids = log.filter { $0.kind == .toolCall }.compactMap { $0.field("call_id") }
        #expect(Set(ids).count == 3)
        #expect(Set(log.filter { $0.kind == .toolResult }.compactMap { $0.field("call_id") }) == Set(ids))
    }

    @Test(arguments: [
        ("echo", #"{"text":1}"#, "/text: must be string, is number"),
        ("echo", #"{"txt":"a"}"#, #""text" is missing"#),
        ("echo", #"{"text":"#, "not a JSON object"),
        ("other", "{}", "There is no tool called other. There are: echo."),
    ])
    func aBadCallGoesBackWithTheReason(name: String, arguments: String, reason: String) async throws {
        let shop = Workshop(
            models: Self.caller([Self.call(name, arguments)]),
            tools: try ToolCatalogue([EchoTool()])
        )
        let log = try await shop.open { try await shop.log(of: shop.ask("Go", tools: ["echo"])) }
        #expect(log.first(.toolResult)?.field("error")?.contains(reason) == true)
        #expect(log.states.last == "completed")
    }

    @Test func aToolThatIsNotTheAgentsIsNotThere() async throws {
        let shop = Workshop(
            models: Self.caller([Self.call("echo", #"{"text":"a"}"#)]),
            tools: try ToolCatalogue([EchoTool()])
        )
        let log = try await shop.open { try await shop.log(of: shop.ask("Go")) }
        #expect(log.first(.toolResult)?.field("error")?.contains("There is no tool called echo") == true)
    }

    @Test func aToolThatFailsOrTakesTooLongIsSaid() async throws {
        let models = Self.caller([Self.call("echo", #"{"text":"fail"}"#), Self.call("echo", #"{"text":"hang"}"#)])
        // Long enough for what fails at once, however busy the machine is.
        let shop = Workshop(models: models, tools: try ToolCatalogue([EchoTool(timeLimit: .seconds(3))]))
        let log = try await shop.open { try await shop.log(of: shop.ask("Go", tools: ["echo"])) }
        let errors = log.filter { $0.kind == .toolResult }.compactMap { $0.field("error") }
        #expect(errors.contains("It cannot be done."))
        #expect(errors.contains { $0.hasPrefix("The tool took longer than") })
        #expect(log.states.last == "completed")
    }

    @Test func aStopEndsTheToolsToo() async throws {
        let (begun, began) = AsyncStream.makeStream(of: Void.self)
        let models = Self.caller([Self.call("echo", #"{"text":"wait"}"#)])
        // Its own limit is far away: what ends it is the stop.
        let tool = EchoTool(timeLimit: .seconds(60)) {
            began.yield()
            try? await Task.sleep(for: .seconds(30))
        }
        let shop = Workshop(models: models, tools: try ToolCatalogue([tool]))
        try await shop.open {
            let run = shop.ask("Go", tools: ["echo"])
            _ = await begun.first { _ in true }
            let start = ContinuousClock.now
            shop.worker.cancel(run: run.id)
            let log = try await shop.log(of: run)
            #expect(log.states.last == "cancelled")
            #expect(start.duration(to: .now) < .seconds(20))
        }
    }

    @Test func everyModelCallIsPaidOnce() async throws {
        let models = Self.caller([Self.call("echo", #"{"text":"a"}"#)])
        let shop = Workshop(models: models, tools: try ToolCatalogue([EchoTool()]))
        let (run, log) = try await shop.open {
            let run = shop.ask("Go", tools: ["echo"])
            return (run, try await shop.log(of: run))
        }
        let paid = shop.journal.usage(of: run.id)
        #expect(paid.count == 2)
        #expect(Set(paid.map(\.id)).count == 2)
        #expect(log.filter { $0.kind == .usage }.count == 2)
    }

    // MARK: After a crash

    @Test(arguments: [nil, .again, .done, .stop] as [CallAnswer.Decision?])
    func whatIsFinishedIsNotDoneAgain(decision: CallAnswer.Decision?) async throws {
        let effect: ToolEffect = decision == nil ? .pure : .effectful
        // A first worker's log: one model call that asked for two tools, of which one has its result.
        let journal = MemoryJournal()
        let run = Run.sample()
        journal.enqueue(run, brief: .sample("Go", candidates: ["main"], tools: ["echo"]))
        let dead = UUID.v7()
        let claimed = try #require(try await journal.claim(worker: dead, limit: 1, silence: .seconds(10)).first)
        let data = EventData(run: run)
        let calls = ["1", "2"].map { ToolCall(id: "call_\($0)", name: "echo", arguments: #"{"text":"\#($0)"}"#) }
        let record = UsageRecord(
            modelID: .v7(),
            modelName: "main",
            tokens: .init(input: 7, output: 3),
            responseTime: 1,
            succeeded: true
        )
        var events: [(RunEvent.Kind, String)] = [
            (.agentStart, data.agentStart(name: "assistant", attempt: 1)),
            (.contentStream, data.content(Self.words)),
            (.usage, data.usage(record, step: 1)),
        ]
        events += calls.map { (.toolCall, data.toolCall($0)) }
        events.append((.toolResult, data.toolResult(calls[0], .success("1"), seconds: 0)))
        events.append((.contentStream, data.content("lost words")))
        _ = try await journal.append([
            EventBatch(
                run: run.id,
                epoch: claimed.epoch,
                events: events.enumerated().map {
                    RunEvent(sequence: Int64($0.offset) + 3, kind: $0.element.0, data: $0.element.1, timestamp: Date())
                },
                usage: [record]
            )
        ])
        journal.forget(worker: dead)

        let asked = Locked(0)
        let performed = Locked<[String]>([])
        let models = StubModels { request, receive in
            asked.withLock { $0 += 1 }
            let results = request.messages.compactMap { message in
                if case .toolResult(let id, _, let content, _) = message { "\(id)=\(content)" } else { nil }
            }
            try await receive(.text(results.joined(separator: ";")))
        }
        let tool = EchoTool(effect: effect) { performed.withLock { $0.append("done") } }
        let shop = Workshop(journal: journal, models: models, tools: try ToolCatalogue([tool]))
        let log = try await shop.open {
            if let decision {
                while journal.requests(of: run.id).isEmpty { try await Task.sleep(for: .milliseconds(5)) }
                #expect(journal.requests(of: run.id).map(\.kind) == [.maybeExecuted])
                #expect(performed.withLock { $0 }.isEmpty)
                let answer = CallAnswer(
                    callID: calls[1].id,
                    kind: .maybeExecuted,
                    decision: decision,
                    text: "I saw it.",
                    decidedBy: .v7(),
                    decidedAt: Date()
                )
                journal.decide(answer, run: run.id)
                shop.worker.wake()
            }
            return try await shop.log(of: run)
        }
        #expect(log.isDense)
        if decision == .stop {
            #expect(log.states.last == "cancelled" && performed.withLock { $0 }.isEmpty)
            #expect(asked.withLock { $0 } == 0)
            return
        }
        #expect(asked.withLock { $0 } == 1)
        #expect(log.filter { $0.kind == .toolCall }.count == 2)
        #expect(log.filter { $0.kind == .toolResult }.count == 2)
        if decision != .done {
            #expect(performed.withLock { $0 } == ["done"])
            #expect(log.text == "\(Self.words)\n\ncall_1=1;call_2=2")
        } else {
            #expect(performed.withLock { $0 }.isEmpty)
            #expect(log.contains { $0.kind == .toolResult && $0.data.contains(#""maybe_executed":true"#) })
            #expect(log.text.contains("I saw it."))
        }
        #expect(journal.usage(of: run.id).count == 2)
        #expect(log.states.last == "completed")
    }
}

/// Says its text again.
struct EchoTool: Tool {
    let specification: ToolSpecification
    private let meanwhile: @Sendable () async -> Void

    init(
        effect: ToolEffect = .pure,
        timeLimit: Duration = .seconds(30),
        description: String = "Says it again.",
        meanwhile: @escaping @Sendable () async -> Void = {}
    ) {
        specification = ToolSpecification(
            name: "echo",
            description: description,
            schema: #"{"type":"object","properties":{"text":{"type":"string"}},"required":["text"]}"#,
            level: .readOnly,
            effect: effect,
            timeLimit: timeLimit
        )
        self.meanwhile = meanwhile
    }

    func perform(_ input: JSONValue, in context: ToolContext) async throws -> String {
        await meanwhile()
        let text = input["text"]?.string ?? ""
        if text == "fail" { throw ToolFailure("It cannot be done.") }
        if text == "hang" { try await Task.sleep(for: .seconds(60)) }
        return text
    }
}
