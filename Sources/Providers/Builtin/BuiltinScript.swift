import Engine

/// What the scripted model does with a request, step by step.
struct BuiltinScript {
    let steps: [Step]

    enum Step: Equatable {
        /// Text, at the model's pace or at one of its own.
        case words(String, pace: Duration?)
        case reasoning(String)
        case tool(ToolCall)
        case silence(Duration)
        case failure(ModelError)
        case finish(FinishReason)
    }

    init(_ request: ModelRequest) {
        let questions = request.messages.questions
        let question = (questions.last ?? "").goal
        // A command has no language: that of the questions before decides.
        let hint = BuiltinCommand(question) == nil ? question : questions.joined()
        let texts = BuiltinTexts(answering: hint)
        if let result = request.messages.lastToolResult {
            steps = [.words(texts.toolResult(result.name, result.content, result.isError), pace: nil), .finish(.stop)]
        } else if let command = BuiltinCommand(question) {
            steps = Self.steps(command, texts, turn: request.messages.count)
        } else {
            steps = [.words(texts.answer(question), pace: nil), .finish(.stop)]
        }
    }

    private static func steps(_ command: BuiltinCommand, _ texts: BuiltinTexts, turn: Int) -> [Step] {
        switch command {
        case .help: [.words(texts.help, pace: nil), .finish(.stop)]
        case .long(let words): [.words(texts.long(words), pace: nil), .finish(.stop)]
        case .slow(let milliseconds): [.words(texts.slow, pace: .milliseconds(milliseconds)), .finish(.stop)]
        case .tool(let name, let arguments):
            [.tool(ToolCall(id: "builtin_\(turn)", name: name, arguments: arguments)), .finish(.toolCalls)]
        case .fail(let code):
            (BuiltinFailure.isLate(code) ? [.words(texts.beginning, pace: nil)] : [])
                + [.failure(BuiltinFailure.error(code))]
        case .stall:
            // As a stalled provider ends: by the longest silence that is borne.
            [
                .words(texts.beginning, pace: nil),
                .silence(CallLimits().idle),
                .failure(BuiltinFailure.error("timeout")),
            ]
        case .echo(let text): [.words(text, pace: nil), .finish(.stop)]
        case .markdown: [.words(texts.markdown, pace: nil), .finish(.stop)]
        case .reasoning: [.reasoning(texts.reasoning), .words(texts.afterReasoning, pace: nil), .finish(.stop)]
        }
    }
}

extension String {
    /// Of a task that a colleague gave: what is to be done. Anything else as it is.
    fileprivate var goal: String {
        guard hasPrefix("# Task: "), let title = firstRange(of: "\n\n") else { return self }
        let rest = self[title.upperBound...]
        return String(rest[..<(rest.firstRange(of: "\n\n")?.lowerBound ?? rest.endIndex)])
    }
}

extension [ModelMessage] {
    fileprivate var questions: [String] {
        compactMap { if case .user(let text, _) = $0 { text } else { nil } }
    }

    /// The result that came after the last question, if one did.
    fileprivate var lastToolResult: (name: String, content: String, isError: Bool)? {
        guard case .toolResult(_, let name, let content, let isError) = last else { return nil }
        return (name, content, isError)
    }
}
