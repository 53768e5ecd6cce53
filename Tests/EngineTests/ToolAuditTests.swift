import Foundation
import Testing

@testable import Engine

/// What is written down of tool calls, and which of them are not done again.
@Suite(.timeLimit(.minutes(1))) struct ToolAuditTests {
    /// Calls what it is told to, and answers.
    private static func caller(_ arguments: [String]) -> StubModels {
        StubModels { request, receive in
            let isDone = request.messages.contains { if case .toolResult = $0 { true } else { false } }
            guard !isDone else { return try await receive(.text("Done.")) }
            for text in arguments { try await receive(.toolCall(ToolCall(id: "c", name: "count", arguments: text))) }
        }
    }

    private func shop(_ tool: CountTool, _ arguments: [String]) throws -> Workshop {
        Workshop(models: Self.caller(arguments), tools: try ToolCatalogue([tool]))
    }

    @Test func aCallIsWrittenDownWithItsResult() async throws {
        let shop = try shop(CountTool(.idempotent), [#"{"of": "a"}"#])
        let run = try await shop.open {
            let run = shop.ask("Go", tools: ["count"])
            _ = try await shop.log(of: run)
            return run
        }
        let record = try #require(shop.journal.toolCalls(of: run.id).first)
        #expect(shop.journal.toolCalls(of: run.id).count == 1)
        #expect(record.toolName == "count" && record.input == #"{"of":"a"}"# && record.result == "a 1")
        #expect(record.decision == .allowed && record.succeeded && !record.isCached)
    }

    @Test(arguments: [(ToolEffect.pure, 1), (.idempotent, 2), (.effectful, 2)])
    func onlyWhatIsPureIsKnownAlready(effect: ToolEffect, times: Int) async throws {
        let tool = CountTool(effect)
        let shop = try shop(tool, [#"{"of":"a","n":1}"#])
        let organisation = UUID.v7()
        let logs = try await shop.open {
            var logs: [[RunEvent]] = []
            for _ in 1...2 {
                var run = Run.sample()
                run.organisationID = organisation
                shop.journal.enqueue(run, brief: .sample("Go", candidates: ["main"], tools: ["count"]))
                shop.worker.wake()
                logs.append(try await shop.log(of: run))
            }
            return logs
        }
        #expect(tool.times.withLock { $0 } == times)
        let results = logs.compactMap { $0.first(.toolResult) }
        #expect(results.map { $0.data.contains(#""cached":true"#) } == [false, times == 1])
        #expect(results.last?.field("result") == "a \(times)")
    }

    @Test func whatIsKnownStaysInItsOrganisation() async throws {
        let tool = CountTool(.pure)
        let shop = try shop(tool, [#"{"of":"a"}"#])
        try await shop.open { for _ in 1...2 { _ = try await shop.log(of: shop.ask("Go", tools: ["count"])) } }
        #expect(tool.times.withLock { $0 } == 2)
    }

    @Test func whatWasNotDoneSaysWhy() async throws {
        let shop = try shop(CountTool(.effectful, level: .privileged), [#"{"of":"a"}"#, "{}"])
        var brief = RunBrief.sample("Go", candidates: ["main"], tools: ["count"])
        brief.policy = ToolPolicy(rules: [.init(level: .privileged, decision: .deny)])
        let run = try await shop.open { [brief] in
            let run = shop.ask(brief)
            _ = try await shop.log(of: run)
            return run
        }
        let records = shop.journal.toolCalls(of: run.id)
        #expect(Set(records.map(\.decision)) == [.refused, .invalid])
        #expect(records.allSatisfy { !$0.succeeded })
    }

    @Test func theOldestIsForgottenFirst() {
        let cache = ToolCache(entries: 4, bytes: 1 << 20)
        func key(_ text: String) -> ToolCache.Key {
            ToolCache.Key(organisation: "o", tool: "t", version: "", input: text)
        }
        for text in ["a", "b", "c", "d"] { cache.keep(text, for: key(text)) }
        _ = cache.result(key("a"))
        cache.keep("e", for: key("e"))
        #expect(cache.result(key("a")) == "a" && cache.result(key("e")) == "e")
        #expect(cache.result(key("b")) == nil)
        let small = ToolCache(entries: 4, bytes: 160)
        small.keep(String(repeating: "x", count: 11), for: key("long"))
        #expect(small.result(key("long")) == nil)
    }

    @Test func aSchemaIsToldInFewWords() {
        let outline = SchemaOutline(
            """
            {"type":"object","required":["b"],"properties":{"a":{"type":"array","items":{"type":"string"},"maxItems":3},
            "b":{"enum":["x",1],"description":"which"},"c":{"type":"integer","minimum":1,"maximum":5}}}
            """
        )
        #expect(outline.fields.map(\.name) == ["b", "a", "c"])
        #expect(outline.fields.map(\.type) == ["one of: x, 1", "array of string, at most 3 items", "integer, 1 to 5"])
        #expect(outline.fields.first?.isRequired == true && outline.fields.first?.about == "which")
        #expect(SchemaOutline("no JSON").fields.isEmpty)
    }
}

/// Says how often it was called.
private struct CountTool: Tool {
    let specification: ToolSpecification
    let times = Locked(0)

    init(_ effect: ToolEffect, level: ToolLevel = .readOnly) {
        specification = ToolSpecification(
            name: "count",
            description: "Counts.",
            schema: #"{"type":"object","required":["of"]}"#,
            level: level,
            effect: effect
        )
    }

    func perform(_ input: JSONValue, in context: ToolContext) async throws -> String {
        let time = times.withLock { times in
            times += 1
            return times
        }
        return "\(input["of"]?.string ?? "") \(time)"
    }
}
