import Engine
import Foundation
import Testing

/// Runs that go on from a step of another one.
@Suite struct ForkTests {
    private static let models = StubModels { request, receive in
        try await receive(.usage(TokenUsage(input: 100, output: 10)))
        guard case .toolResult(_, _, let content, _) = request.messages.last else {
            try await receive(.text("I look."))
            return try await receive(.toolCall(ToolCall(id: "1", name: "count", arguments: "{}")))
        }
        try await receive(.text("It is \(content)."))
    }

    @Test func aForkTellsTheModelWhatWasChangedAndDoesNothingAgain() async throws {
        let tool = CountingTool()
        let shop = Workshop(models: Self.models, tools: try ToolCatalogue([tool]))
        try await shop.open {
            let original = shop.ask("how many", tools: ["count"])
            let log = try await shop.log(of: original)
            #expect(log.text == "I look.\n\nIt is 1." && tool.calls == 1)

            let call = try #require(RunReplay(log).steps.first?.calls.first)
            let changes = RunChanges(toolResults: [.init(callID: call.id, content: "77")])
            let (fork, run) = (try RunFork(of: original, RunReplay(log), after: 1, changes: changes), Run.sample())
            shop.journal.enqueue(run, brief: .sample("how many", candidates: ["main"], tools: ["count"]), fork: fork)
            shop.worker.wake()
            let forked = try await shop.log(of: run)
            #expect(forked.isDense && forked.text == "I look.\n\nIt is 77.")
            #expect(tool.calls == 1)
            // What the other run has paid for is not paid for again.
            #expect(shop.journal.usage(of: run.id).count == 1)
            #expect(shop.journal.outcome(of: run.id)?.metadata.contains(#""prompt_tokens":100,"#) == true)
            let copied = forked.filter { $0.data.contains(#""copied":true"#) }
            #expect(copied.map(\.kind) == [.contentStream, .usage, .toolCall, .toolResult])
            #expect(forked[1].field("forked_from") == original.id.text && forked[1].data.contains(#""forked_step":1"#))
            #expect(copied.allSatisfy { $0.field("run_id") == run.id.text })
            #expect(RunReplay(forked).steps.first?.results[call.id]?.isChanged == true)
        }
    }

    @Test func aForkFromTheBeginningDoesAllAnew() async throws {
        let tool = CountingTool()
        let shop = Workshop(models: Self.models, tools: try ToolCatalogue([tool]))
        try await shop.open {
            let original = shop.ask("how many", tools: ["count"])
            let replay = RunReplay(try await shop.log(of: original))
            let run = Run.sample()
            let fork = try RunFork(of: original, replay, after: 0, changes: RunChanges())
            shop.journal.enqueue(run, brief: .sample("otherwise", candidates: ["main"], tools: ["count"]), fork: fork)
            shop.worker.wake()
            #expect(try await shop.log(of: run).text == "I look.\n\nIt is 2.")
            #expect(shop.journal.usage(of: run.id).count == 2)
        }
    }

    /// Whoever takes a fork over after a crash takes over what it began with, too.
    @Test func aForkThatIsCutShortGoesOn() async throws {
        let (journal, tool, gate) = (MemoryJournal(), CountingTool(), Gate())
        let first = Workshop(journal: journal, models: Self.models, tools: try ToolCatalogue([tool]))
        let original = try await first.open {
            let run = first.ask("how many", tools: ["count"])
            _ = try await first.log(of: run)
            return run
        }
        let replay = RunReplay(try await journal.events(of: original.id, after: 0, limit: 100))
        let run = Run.sample()
        let second = Workshop(
            journal: journal,
            models: StubModels { _, receive in
                try await receive(.text("Half"))
                await gate.wait()
                try await Task.sleep(for: .seconds(60))
            },
            tools: try ToolCatalogue([tool])
        )
        try await second.open {
            let fork = try RunFork(of: original, replay, after: 1, changes: RunChanges())
            journal.enqueue(run, brief: .sample("how many", candidates: ["main"], tools: ["count"]), fork: fork)
            second.worker.wake()
            for try await events in second.hub.watch(run: run.id, after: 0, from: journal)
            where events.contains(where: { $0.data.contains("Half") }) { break }
            gate.open()
        }
        let third = Workshop(journal: journal, models: Self.models, tools: try ToolCatalogue([tool]))
        try await third.open {
            third.worker.wake()
            let log = try await third.log(of: run)
            #expect(log.isDense && log.text == "I look.\n\nIt is 1." && tool.calls == 1)
        }
    }

    @Test func whatDoesNotFitIsRefused() async throws {
        let shop = Workshop(models: Self.models, tools: try ToolCatalogue([CountingTool()]))
        try await shop.open {
            let original = shop.ask("how many", tools: ["count"])
            let replay = RunReplay(try await shop.log(of: original))
            let call = replay.steps[0].calls[0].id
            func field(_ step: Int, _ changes: RunChanges = RunChanges()) -> String? {
                do throws(RunFork.Misfit) {
                    _ = try RunFork(of: original, replay, after: step, changes: changes)
                    return nil
                } catch {
                    return error.field
                }
            }
            #expect(field(-1) == "step" && field(2) == "step" && field(1) == nil)
            #expect(field(1, RunChanges(toolResults: [.init(callID: "x", content: "")])) == "tool_result")
            #expect(field(0, RunChanges(toolResults: [.init(callID: call, content: "")])) == "tool_result")
        }
    }
}

extension RunReplay {
    init(_ log: [RunEvent]) {
        self.init()
        for event in log { feed(event) }
    }
}

/// A tool with an effect: that it was called.
private final class CountingTool: Tool {
    private let counter = Counter()
    var calls: Int { counter.value }

    let specification = ToolSpecification(
        name: "count",
        description: "Counts its calls.",
        schema: #"{"type":"object"}"#,
        level: .readOnly,
        effect: .effectful
    )

    func perform(_ input: JSONValue, in context: ToolContext) async throws -> String { "\(counter.next())" }
}
