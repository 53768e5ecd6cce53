import Foundation
import Testing

@testable import Engine

/// Runs that go on without tools, or end for want of steps or tokens.
extension ToolLoopTests {
    @Test func aModelThatNeverGetsItRightHasToAnswerWithoutTools() async throws {
        let offers = Locked<[Bool]>([])
        let models = StubModels { request, receive in
            offers.withLock { $0.append(!request.tools.isEmpty) }
            if request.tools.isEmpty { return try await receive(.text("Then without.")) }
            try await receive(.toolCall(Self.call("echo", "{}")))
        }
        let shop = Workshop(models: models, tools: try ToolCatalogue([EchoTool()]))
        let log = try await shop.open { try await shop.log(of: shop.ask("Go", tools: ["echo"])) }
        #expect(log.text == "Then without.")
        #expect(offers.withLock { $0 } == [true, true, true, false])
        #expect(log.filter { $0.field("reason") == "tools_withdrawn: bad_calls" }.count == 1)
        #expect(log.first(.messageComplete)?.data.contains(#""without_tools":"bad_calls""#) == true)
    }

    @Test func aModelThatCallsForEverIsStopped() async throws {
        let models = StubModels { _, receive in try await receive(.toolCall(Self.call("echo", #"{"text":"a"}"#))) }
        let shop = Workshop(models: models, tools: try ToolCatalogue([EchoTool()]))
        let log = try await shop.open { try await shop.log(of: shop.ask("Go", tools: ["echo"])) }
        #expect(log.first(.error)?.field("error_code") == "RUN_STEPS_EXHAUSTED")
        #expect(log.filter { $0.field("reason") == "tools_withdrawn: steps" }.count == 1)
        #expect(log.filter { $0.kind == .toolCall }.count == RunLimits.quick.steps + 2)
    }

    @Test func aProviderWithoutToolsIsAskedWithoutThem() async throws {
        let models = StubModels { request, receive in
            guard request.tools.isEmpty else { throw ModelError(.rejected, "No tools here.", status: 400) }
            try await receive(.text("Plain."))
        }
        let shop = Workshop(models: models, tools: try ToolCatalogue([EchoTool()]))
        let log = try await shop.open { try await shop.log(of: shop.ask("Go", tools: ["echo"])) }
        #expect(log.text == "Plain.")
        #expect(log.contains { $0.field("reason") == "without_tools: main" })
        #expect(log.first(.messageComplete)?.data.contains(#""without_tools":"refused""#) == true)
    }

    /// A provider that refuses even the plain question has answered nothing; what another one says with tools is whole.
    @Test func anAnswerWithToolsDoesNotSayThatItHadNone() async throws {
        let models = StubModels([
            "plain": { _, _ in throw ModelError(.rejected, "Nothing here.", status: 400) },
            "main": { request, receive in try await receive(.text("\(request.tools.count)")) },
        ])
        let shop = Workshop(models: models, tools: try ToolCatalogue([EchoTool()]))
        let log = try await shop.open {
            try await shop.log(of: shop.ask("Go", candidates: ["plain", "main"], tools: ["echo"]))
        }
        #expect(log.text == "1")
        #expect(log.contains { $0.field("reason") == "without_tools: plain" })
        #expect(log.first(.messageComplete)?.data.contains("without_tools") == false)
    }

    @Test func aModelWhoseWindowIsTooSmallForToolsSaysSo() async throws {
        let shop = Workshop(
            models: StubModels { request, receive in try await receive(.text("\(request.tools.count)")) },
            tools: try ToolCatalogue([EchoTool(description: String(repeating: "wide ", count: 2000))])
        )
        var brief = RunBrief.sample("Go", candidates: ["main"], tools: ["echo"])
        brief.candidates[0].contextWindow = 1024
        let narrow = brief
        let log = try await shop.open { try await shop.log(of: shop.ask(narrow)) }
        #expect(log.text == "0")
        #expect(log.first(.messageComplete)?.data.contains(#""without_tools":"no_room""#) == true)
    }

    @Test func noModelIsAskedOnceATurnHasUsedItsTokens() async throws {
        let asked = Locked(0)
        let models = StubModels { _, receive in
            asked.withLock { $0 += 1 }
            try await receive(.text(Self.words))
            try await receive(.toolCall(Self.call("echo", #"{"text":"a"}"#)))
            try await receive(.usage(TokenUsage(input: 40, output: 10)))
        }
        var limits = RunLimits.quick
        limits.tokens = 150
        let shop = Workshop(models: models, tools: try ToolCatalogue([EchoTool()]), limits: limits)
        let run = Run.sample()
        let log = try await shop.open {
            shop.journal.enqueue(run, brief: .sample("Go", candidates: ["main"], tools: ["echo"]))
            shop.worker.wake()
            return try await shop.log(of: run)
        }
        // Fifty with each call; the fourth is not made.
        #expect(asked.withLock { $0 } == 3)
        #expect(log.first(.error)?.field("error_code") == "RUN_TOKENS_EXHAUSTED")
        #expect(log.first(.error)?.field("error_message")?.contains("150") == true)
        #expect(log.states.last == "failed")
        // What was said so far stays.
        #expect(log.text.hasPrefix(Self.words))
        #expect(shop.journal.usage(of: run.id).count == 3)
    }
}
