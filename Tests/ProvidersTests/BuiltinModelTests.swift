import Engine
import Testing

@testable import Providers

/// The scripted model: honest about what it is, and obedient.
struct BuiltinModelTests {
    private func ask(_ messages: ModelMessage..., model: String = "demo-fast") async -> Outcome {
        let endpoint = ProviderEndpoint(kind: .builtin, baseURL: "builtin:", isTrusted: true)
        return await ProviderModels.test().model(named: model, at: endpoint)
            .outcome(ModelRequest(instruction: "", messages: messages))
    }

    @Test(arguments: [
        ("How *are* you today?", "not an AI", "How are you today?"), ("你好，请问今天怎么样？", "不是人工智能", "你好，请问今天怎么样？"),
    ])
    func answersInTheQuestionsLanguage(question: String, label: String, quote: String) async {
        let outcome = await ask(.user(question))
        #expect(outcome.text.contains(label))
        #expect(outcome.text.contains(quote))
        for element in ["### ", "1. ", "- [x]", "|:--", "```swift", "](https://", "> "] {
            #expect(outcome.text.contains(element))
        }
        #expect(outcome.finishes == [.stop])
        #expect((outcome.usage?.output ?? 0) > 100)
        #expect((outcome.usage?.input ?? 0) > 3)
        #expect(outcome.pieces.count > 100)
    }

    @Test func commandsAnswerInTheConversationsLanguage() async {
        #expect(await ask(.user("/help")).text.contains("not an AI"))
        #expect(await ask(.user("你好"), .assistant(text: "…", toolCalls: []), .user("/help")).text.contains("不是人工智能"))
        #expect(await ask(.user("/unknown")).text == ask(.user("/help")).text)
    }

    @Test func simpleCommands() async {
        #expect(await ask(.user("/echo  a *b*\nc")).text == "a *b*\nc")
        #expect(await ask(.user("/long 37")).text.split(separator: " ").count == 39)
        #expect(await ask(.user("/long")).pieces.count > 500)
        #expect(await ask(.user("/markdown")).text.contains("| What |"))
        let task = TaskContext(json: .object(["title": .string("T"), "goal": .string("/echo done")]))
        #expect(await ask(.user(task.prompt)).text == "done")
        let thinking = await ask(.user("/reasoning"))
        #expect(!thinking.reasoning.isEmpty && !thinking.text.isEmpty)
    }

    @Test func callsToolsAndShowsTheirResults() async {
        let call = await ask(.user(#"/tool search {"q": "x y"}"#))
        #expect(call.toolCalls.map(\.name) == ["search"])
        #expect(call.toolCalls.map(\.arguments) == [#"{"q": "x y"}"#])
        #expect(call.finishes == [.toolCalls])
        #expect(await ask(.user("/tool f oops {")).toolCalls.first?.arguments == "oops {")
        let result = await ask(
            .user("/tool f"),
            .assistant(text: "", toolCalls: call.toolCalls),
            .toolResult(callID: "1", toolName: "f", content: "a ``` b", isError: false)
        )
        #expect(result.text.contains("````\na ``` b\n````"))
        #expect(result.finishes == [.stop])
        #expect(await ask(.user("/tool")).text.contains("/help"))
    }

    @Test(arguments: [
        ("400", ModelError.Code.rejected), ("401", .unauthorized), ("403", .unauthorized), ("404", .notFound),
        ("429", .rateLimited), ("500", .unavailable), ("503", .unavailable), ("timeout", .timeout),
        ("unreachable", .unreachable), ("malformed", .malformed), ("interrupted", .interrupted), ("", .unavailable),
    ])
    func failures(name: String, code: ModelError.Code) async {
        let outcome = await ask(.user("/fail \(name)"))
        #expect(outcome.error?.code == code)
        #expect(outcome.error?.status == Int(name))
        #expect((outcome.error?.retryAfter != nil) == (code == .rateLimited))
        #expect(outcome.text.isEmpty == (name != "interrupted" && name != "malformed"))
    }

    @Test func aStallCanBeCancelled() async throws {
        let (pieces, received) = AsyncStream.makeStream(of: ModelPiece.self)
        let model = BuiltinModel(name: "demo-fast")
        let request = ModelRequest(instruction: "", messages: [.user("/stall")])
        let task = Task { try await model.answer(request) { received.yield($0) } }
        _ = await pieces.first { _ in true }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func aScriptSaysAtWhatPace() {
        let steps = BuiltinScript(ModelRequest(instruction: "", messages: [.user("/slow 70")])).steps
        guard case .words(_, let pace) = steps[0] else { return #expect(Bool(false)) }
        #expect(pace == .milliseconds(70))
    }

    @Test func thereAreOnlyTwo() async {
        #expect(await ask(.user("x"), model: "other").error?.code == .notFound)
    }
}
