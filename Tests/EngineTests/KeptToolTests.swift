import Foundation
import Testing

@testable import Engine

/// Tools that are kept outside the program, and what an agent's owner sets for a tool.
@Suite(.timeLimit(.minutes(1))) struct KeptToolTests {
    /// Calls `tool` once, with a text of "a", and answers with what came back.
    private static func caller(_ tool: String) -> StubModels {
        StubModels { request, receive in
            let results = request.messages.compactMap { message in
                if case .toolResult(_, _, let content, _) = message { content } else { nil }
            }
            if let result = results.first { return try await receive(.text(result)) }
            try await receive(.toolCall(ToolCall(id: "call_0", name: tool, arguments: #"{"text":"a"}"#)))
        }
    }

    private static func kept(_ name: String, type: String = "sample", schema: String? = nil) -> KeptTool {
        KeptTool(
            id: .v7(),
            type: type,
            specification: ToolSpecification(
                name: name,
                description: "A sample.",
                schema: schema ?? #"{"type":"object","properties":{"text":{"enum":["a"]}}}"#,
                level: .readOnly,
                effect: .pure
            ),
            definition: .object(["word": .string("kept")]),
            settings: ToolSettings(parameters: .object(["depth": .number(5)]))
        )
    }

    private func log(_ brief: RunBrief, _ tools: ToolCatalogue, calling name: String) async throws -> [RunEvent] {
        let shop = Workshop(models: Self.caller(name), tools: tools)
        return try await shop.open { try await shop.log(of: shop.ask(brief)) }
    }

    private func brief(_ tools: [KeptTool], settings: [String: ToolSettings] = [:], names: [String]? = nil) -> RunBrief
    {
        var brief = RunBrief.sample("Go", candidates: ["main"], tools: names ?? tools.map(\.specification.name))
        (brief.keptTools, brief.toolSettings) = (tools, settings)
        return brief
    }

    @Test func whatIsKeptWorksLikeTheProgramsOwn() async throws {
        let tools = try ToolCatalogue([], makers: [SampleMaker()])
        let log = try await log(brief([Self.kept("mine")]), tools, calling: "mine")
        #expect(log.text == #"kept with {"depth":5}"#)
        let bad = #"{"type":"object","required":["other"]}"#
        let refused = try await self.log(brief([Self.kept("mine", schema: bad)]), tools, calling: "mine")
        #expect(refused.first(.toolResult)?.field("error")?.contains(#""other" is missing"#) == true)
    }

    @Test(arguments: [
        (kept("mine", type: "unheard-of"), "cannot use tools of the kind"),
        (kept("mine", schema: #"{"type":"thing"}"#), "cannot be used"),
        (kept("broken"), "It has no word."),
    ])
    func whatCannotBeUsedSaysWhy(tool: KeptTool, reason: String) async throws {
        let tools = try ToolCatalogue([], makers: [SampleMaker()])
        let log = try await log(brief([tool]), tools, calling: tool.specification.name)
        #expect(log.first(.toolResult)?.field("error")?.contains(reason) == true)
        #expect(log.states.last == "completed")
    }

    @Test func nothingTakesThePlaceOfTheProgramsOwn() async throws {
        let tools = try ToolCatalogue([ShakyTool(failures: 0)], makers: [SampleMaker()])
        let log = try await log(brief([Self.kept("shaky")]), tools, calling: "shaky")
        #expect(log.text == "done {}")
    }

    @Test(arguments: [(1, ToolEffect.idempotent, true), (2, .pure, false), (1, .effectful, false)])
    func aCallIsMadeAgainAsOftenAsItsOwnerSaysWhereThatDoesNoHarm(
        failures: Int,
        effect: ToolEffect,
        succeeds: Bool
    ) async throws {
        let tools = try ToolCatalogue([ShakyTool(failures: failures, effect: effect)])
        let settings = ["shaky": ToolSettings(retries: 1)]
        let log = try await log(brief([], settings: settings, names: ["shaky"]), tools, calling: "shaky")
        #expect(log.first(.toolResult)?.field("result") == (succeeds ? "done {}" : nil))
    }

    @Test func aCallEndsWhenItsOwnerSays() async throws {
        let tools = try ToolCatalogue([ShakyTool(failures: 0, delay: .seconds(30))])
        let settings = ["shaky": ToolSettings(timeout: 1)]
        let log = try await log(brief([], settings: settings, names: ["shaky"]), tools, calling: "shaky")
        #expect(log.first(.toolResult)?.field("error")?.contains("longer than 1 seconds") == true)
    }

    @Test func settingsAreReadWithinTheirBounds() throws {
        let wild = #"{"timeout":100000,"max_retries":99,"custom_params":[1],"other":1}"#
        #expect(ToolSettings(try JSONValue(parsing: wild)) == ToolSettings(retries: 5))
        let tame = #"{"timeout":20,"max_retries":2,"custom_params":{"depth":5}}"#
        let read = ToolSettings(try JSONValue(parsing: tame))
        #expect(read == ToolSettings(timeout: 20, retries: 2, parameters: .object(["depth": .number(5)])))
    }
}

private struct SampleMaker: ToolMaker {
    let type = "sample"

    func tool(_ kept: KeptTool) throws -> any Tool {
        guard kept.specification.name != "broken" else { throw ToolFailure("It has no word.") }
        return SampleTool(specification: kept.specification, word: kept.definition["word"]?.string ?? "")
    }
}

private struct SampleTool: Tool {
    let specification: ToolSpecification
    let word: String

    func perform(_ input: JSONValue, in context: ToolContext) async throws -> String {
        "\(word) with \(context.parameters.text)"
    }
}

/// Fails some times on its way.
private final class ShakyTool: Tool {
    let specification: ToolSpecification
    private let left: Locked<Int>
    private let delay: Duration

    init(failures: Int, effect: ToolEffect = .pure, delay: Duration = .zero) {
        specification = ToolSpecification(
            name: "shaky",
            description: "Fails at first.",
            schema: #"{"type":"object"}"#,
            level: .readOnly,
            effect: effect
        )
        left = Locked(failures)
        self.delay = delay
    }

    func perform(_ input: JSONValue, in context: ToolContext) async throws -> String {
        try await Task.sleep(for: delay)
        let fails = left.withLock { left in
            left -= 1
            return left >= 0
        }
        if fails { throw ToolFailure("Not now.", isTransient: true) }
        return "done \(context.parameters.text)"
    }
}
