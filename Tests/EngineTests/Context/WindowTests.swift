import Foundation
import Testing

@testable import Engine

/// Windows and large results in whole runs.
@Suite(.timeLimit(.minutes(1))) struct WindowTests {
    private func brief(_ text: String, windows: [Int], tools: [String] = []) -> RunBrief {
        var brief = RunBrief.sample(text, candidates: windows.indices.map { "m\($0)" }, tools: tools)
        for (index, window) in windows.enumerated() { brief.candidates[index].contextWindow = window }
        return brief
    }

    @Test func theNextModelMayHaveTheRoom() async throws {
        let models = StubModels([
            "m0": { _, receive in try await receive(.text("small")) },
            "m1": { _, receive in try await receive(.text("large")) },
        ])
        let shop = Workshop(models: models)
        let run = Run.sample()
        shop.journal.enqueue(run, brief: brief(String(repeating: "word ", count: 3000), windows: [2000, 50_000]))
        let log = try await shop.open { try await shop.log(of: run) }
        #expect(log.text == "large")
    }

    @Test func aMessageThatFitsNowhereFailsClearly() async throws {
        let shop = Workshop(models: StubModels(["m0": { _, receive in try await receive(.text("no")) }]))
        let run = Run.sample()
        shop.journal.enqueue(run, brief: brief(String(repeating: "word ", count: 3000), windows: [2000]))
        let log = try await shop.open { try await shop.log(of: run) }
        #expect(log.first(.error)?.field("error_code") == "CONTEXT_TOO_LONG")
        #expect(log.states.last == "failed")
        #expect(shop.journal.usage(of: run.id).isEmpty)
    }

    @Test(arguments: [[], ["flood"]]) func whoeverHasToolsCanReadOn(others: [String]) async throws {
        let offered = Locked<[String]>([])
        let models = StubModels { request, receive in
            offered.withLock { $0 = request.tools.map(\.name) }
            try await receive(.text("Fine."))
        }
        let tools = try ToolCatalogue([FloodTool(text: "x"), FloodTool(text: "y", name: ToolExcerpt.reader)])
        let shop = Workshop(models: models, tools: tools)
        let run = Run.sample()
        let names = others + [ToolExcerpt.reader]
        shop.journal.enqueue(run, brief: RunBrief.sample("Go", candidates: ["main"], tools: names))
        _ = try await shop.open { try await shop.log(of: run) }
        #expect(offered.withLock { $0 } == (others.isEmpty ? [] : names))
    }

    @Test func aLargeResultIsKeptWholeAndShownInPart() async throws {
        let large = String(repeating: "0123456789", count: 20_000)
        let models = StubModels { request, receive in
            if case .toolResult(_, _, let content, _) = request.messages.last {
                try await receive(.text("\(content.utf8.count)"))
            } else {
                try await receive(.toolCall(ToolCall(id: "x", name: "flood", arguments: "{}")))
            }
        }
        let shop = Workshop(models: models, tools: try ToolCatalogue([FloodTool(text: large)]))
        let run = Run.sample()
        var brief = RunBrief.sample("Go", candidates: ["main"], tools: ["flood"])
        brief.candidates[0].contextWindow = 100_000
        shop.journal.enqueue(run, brief: brief)
        let log = try await shop.open { try await shop.log(of: run) }
        #expect(log.states.last == "completed")
        let call = try #require(log.first(.toolResult)?.field("call_id"))
        #expect(shop.journal.results(of: run.id) == [call: large])
        let shown = try #require(log.first(.toolResult)?.field("result"))
        #expect(shown.utf8.count < 9 * 1024 && shown.contains(call))
        #expect(log.first(.toolResult)?.data.contains(#""result_bytes":200000"#) == true)
        #expect(log.text == "\(shown.utf8.count)")
    }
}

private struct FloodTool: Tool {
    let text: String
    var name = "flood"

    var specification: ToolSpecification {
        ToolSpecification(
            name: name,
            description: "Says much.",
            schema: #"{"type":"object"}"#,
            level: .readOnly,
            effect: .pure
        )
    }

    func perform(_ input: JSONValue, in context: ToolContext) async throws -> String { text }
}
