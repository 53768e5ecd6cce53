import Foundation
import Testing

@testable import Engine

/// What is left out when a model's window is small, and what never is.
@Suite struct ContextFitTests {
    private let word = String(repeating: "word ", count: 40)

    private func history(_ turns: Int) -> [ModelMessage] {
        (1...turns).flatMap { turn -> [ModelMessage] in
            let question = ModelMessage.user("Question \(turn) \(word)")
            return turn == turns ? [question] : [question, .assistant(text: "Answer \(turn) \(word)", toolCalls: [])]
        }
    }

    private func fit(
        _ messages: [ModelMessage],
        steps: [ModelMessage] = [],
        window: Int?,
        answer: Int? = 200,
        context: RunContext = RunContext(),
        tools: [ToolDescription] = []
    ) throws -> ModelRequest {
        try ContextFit(
            ModelRequest(instruction: "Answer.", messages: messages + steps, tools: tools),
            historyCount: messages.count,
            context: context,
            candidate: ModelCandidate(
                modelID: .v7(),
                name: "main",
                endpoint: ProviderEndpoint(kind: .custom, baseURL: "http://127.0.0.1:9/v1"),
                contextWindow: window,
                maximumTokens: answer
            ),
            defaultWindow: 1000
        ).fitted().request
    }

    private func step(_ id: String, _ result: String) -> [ModelMessage] {
        [
            .assistant(text: "", toolCalls: [ToolCall(id: id, name: "look", arguments: "{}")]),
            .toolResult(callID: id, toolName: "look", content: result, isError: false),
        ]
    }

    @Test func whatFitsStaysAsItIs() throws {
        let messages = history(5)
        let summary = RunContext.Summary(text: "Short.", covers: 4)
        let request = try fit(messages, window: 100_000, context: RunContext(summary: summary))
        #expect(request.messages == messages)
        #expect(request.instruction == "Answer.")
    }

    @Test func anAnswerIsNeverPromisedMoreThanTheWindowHas() throws {
        func bound(_ asked: Int?, window: Int?, most: Int?) throws -> (told: Int?, room: Int) {
            let fitted = try ContextFit(
                ModelRequest(instruction: "Answer.", messages: history(1), maximumTokens: asked),
                historyCount: 1,
                context: RunContext(),
                candidate: ModelCandidate(
                    modelID: .v7(),
                    name: "main",
                    endpoint: ProviderEndpoint(kind: .custom, baseURL: "http://127.0.0.1:9/v1"),
                    contextWindow: window,
                    maximumTokens: most
                ),
                defaultWindow: 8000
            ).fitted()
            return (fitted.request.maximumTokens, fitted.answerTokens)
        }
        #expect(try bound(9000, window: 8000, most: nil) == (4000, 4000))
        #expect(try bound(9000, window: 8000, most: 500) == (500, 500))
        // The window is only supposed.
        #expect(try bound(9000, window: nil, most: nil) == (9000, 9000))
        #expect(try bound(nil, window: 8000, most: nil) == (nil, 2000))
        #expect(try bound(nil, window: 100_000, most: nil) == (nil, 4096))
    }

    @Test func layersGoFromTheGeneralToTheParticular() throws {
        let context = RunContext(
            instance: "Be kind.",
            organisation: "We build bridges.",
            person: .init(language: "zh-CN", timeZone: "UTC+8:00", about: "I am an engineer."),
            variables: [.init(name: "city", value: "\"Oslo\"")]
        )
        let request = try fit(history(1), window: 100_000, context: context)
        let places = ["Be kind.", "We build bridges.", "zh-CN", "I am an engineer.", "Answer."].map {
            request.instruction.range(of: $0)?.lowerBound
        }
        #expect(!places.contains(nil))
        #expect(places.compactMap { $0 } == places.compactMap { $0 }.sorted())
        // What models may have written is no instruction.
        #expect(!request.instruction.contains("Oslo"))
        guard case .user(let notes, _) = request.messages.first else { return #expect(Bool(false)) }
        #expect(notes.contains("city = \"Oslo\""))
        #expect(request.messages.count == 2)
    }

    @Test func olderMessagesGiveWayToTheSummary() throws {
        let messages = history(20)
        let context = RunContext(summary: .init(text: "They spoke of bridges.", covers: 30))
        let request = try fit(messages, window: 2000, context: context)
        guard case .user(let notes, _) = request.messages.first else { return #expect(Bool(false)) }
        #expect(notes.contains("They spoke of bridges."))
        #expect(!notes.contains("left out"))
        #expect(Array(request.messages.dropFirst()) == Array(messages[30...]))
    }

    @Test func withoutASummaryTheNewestStayAndItIsSaid() throws {
        let messages = history(20)
        let request = try fit(messages, window: 2000)
        guard case .user(let notes, _) = request.messages.first else { return #expect(Bool(false)) }
        #expect(notes.contains("left out"))
        let kept = Array(request.messages.dropFirst())
        #expect(kept.count >= 7 && kept.count < messages.count)
        #expect(kept == Array(messages.suffix(kept.count)))
        // It begins with a question.
        guard case .user = kept.first else { return #expect(Bool(false)) }
    }

    @Test(arguments: [1000, 2000, 5000, 20_000]) func neverMoreThanTheWindow(window: Int) throws {
        let steps = (1...4).flatMap { step("call_\($0)", String(repeating: "row \($0);", count: 2000)) }
        let request = try fit(history(20), steps: steps, window: window, answer: 100)
        #expect(request.estimatedTokens <= window - 100)
        let asked = request.messages.flatMap { message -> [String] in
            if case .assistant(_, let calls) = message { calls.map(\.id) } else { [] }
        }
        let answered = request.messages.compactMap { message in
            if case .toolResult(let id, _, _, _) = message { id } else { nil }
        }
        #expect(asked == answered)
        #expect(request.messages.contains(history(20)[38]))
    }

    @Test func olderResultsShrinkBeforeTheNewest() throws {
        let long = String(repeating: "line of text\n", count: 300)
        let request = try fit(history(1), steps: step("call_1", long) + step("call_2", long), window: 3000, answer: 100)
        let results = request.messages.compactMap { message in
            if case .toolResult(_, _, let content, _) = message { content } else { nil }
        }
        #expect(results[0].contains(#"reference "call_1""#))
        #expect(results[0].utf8.count < 1300)
        #expect(results[1] == long)
    }

    @Test func whatCannotFitSaysWhatToDo() {
        let error = #expect(throws: ModelError.self) {
            try fit([.user(String(repeating: "word ", count: 5000))], window: 1000)
        }
        #expect(error?.code == .contextTooLong)
        #expect(error?.message.contains("1000 tokens") == true)
        #expect(error?.isTransient == false)
    }

    @Test func toolsGoBeforeTheLastMessage() throws {
        let tool = ToolDescription(name: "look", description: String(repeating: "long ", count: 400), schema: "{}")
        let request = try fit(history(1), window: 700, answer: 100, tools: [tool])
        #expect(request.tools.isEmpty)
        #expect(request.messages == history(1))
    }

    @Test func anUnknownWindowIsTheDefault() throws {
        #expect(throws: ModelError.self) { try fit([.user(String(repeating: "word ", count: 900))], window: nil) }
        #expect(throws: Never.self) { try fit([.user(String(repeating: "word ", count: 200))], window: nil) }
    }

    @Test func excerptsKeepBothEndsAndWholeCharacters() {
        let text = String(repeating: "桥", count: 4000) + "end"
        let excerpt = ToolExcerpt(text, reference: "call_9", bytes: 1000).text
        #expect(excerpt.hasPrefix("桥桥") && excerpt.hasSuffix("桥end"))
        #expect(excerpt.contains("of 12003 bytes") && excerpt.contains("offset 750"))
        #expect(!excerpt.contains("\u{FFFD}"))
        #expect(ToolExcerpt("short", reference: "x", bytes: 10).text == "short")
    }
}

/// What agents and programs keep with a conversation has to be readable wherever it is put.
@Suite struct VariableLimitTests {
    @Test func aValueHasBounds() throws {
        func nested(_ depth: Int) -> JSONValue { (0..<depth).reduce(.null) { value, _ in .array([value]) } }
        try VariableLimit.check("deep", nested(VariableLimit.depth))
        #expect(throws: VariableLimit.self) { try VariableLimit.check("deep", nested(VariableLimit.depth + 1)) }
        #expect(throws: VariableLimit.self) {
            try VariableLimit.check("long", .string(String(repeating: "x", count: VariableLimit.bytes)))
        }
    }
}
