import Engine

/// Models that do what the last message says: `echo words`, `fail`, `limit`, `refuse words`, `end reason`, `move` elsewhere,
/// `wait` until they are cancelled, `ask` their person, or `call tool {json}`; of both they say what they were told.
struct ScriptedModels: ModelSource {
    func model(named name: String, at endpoint: ProviderEndpoint) -> any Model { ScriptedModel() }

    func probe(_ endpoint: ProviderEndpoint) async -> ProbeResult {
        endpoint.baseURL.contains("refused")
            ? ProbeResult(latency: 1, models: [], failure: .init(code: "refused", message: "Nothing listens there."))
            : ProbeResult(latency: 12, models: ["large", "small"])
    }

    func discover() async -> [DiscoveredProvider] {
        [DiscoveredProvider(kind: .ollama, name: "Ollama", baseURL: "http://127.0.0.1:11434/v1", models: ["tiny"])]
    }
}

private struct ScriptedModel: Model {
    func answer(_ request: ModelRequest, receive: @Sendable (ModelPiece) async throws -> Void) async throws {
        if case .toolResult(_, _, let content, _) = request.messages.last {
            return try await receive(.text("told " + content))
        }
        guard case .user(let text, _) = request.messages.last else { return }
        let words = text.split(separator: " ")
        switch words.first {
        case "fail":
            try await receive(.text("So far"))
            throw ModelError(.interrupted, "The provider hung up. Try again.")
        case "limit":
            try await receive(.text("So far"))
            throw ModelError(.rateLimited, "The provider wants fewer requests.", retryAfter: 7)
        case "move":
            throw ModelError(.notConfigured, "The provider's address leads elsewhere.", status: 302)
        case "refuse":
            for word in words.dropFirst() { try await receive(.refusal(word + " ")) }
        case "end":
            try await receive(.text("So far"))
            return try await receive(.finish(words.last.flatMap { FinishReason(rawValue: String($0)) } ?? .stop))
        case "ask":
            let input = #"{"question":"Which colour?","choices":["red","dark & blue"]}"#
            try await receive(.toolCall(ToolCall(id: "q", name: "ask_person", arguments: input)))
        case "wait":
            try await receive(.text("Waiting"))
            try await Task.sleep(for: .seconds(60))
        case "call" where words.count > 1:
            let arguments = words.dropFirst(2).joined(separator: " ")
            try await receive(.toolCall(ToolCall(id: "c", name: String(words[1]), arguments: arguments)))
            try await receive(.usage(TokenUsage(input: 10, output: words.count)))
            try await receive(.finish(.toolCalls))
            return
        default:
            for word in words { try await receive(.text(word + " ")) }
        }
        try await receive(.usage(TokenUsage(input: 10, output: words.count)))
        try await receive(.finish(.stop))
    }
}

/// Returns what the person said.
struct ScriptedQuestion: Tool {
    let specification = ToolSpecification(
        name: PersonQuestion.toolName,
        description: "Asks.",
        schema: PersonQuestion.schema,
        level: .readOnly,
        effect: .pure,
        asksPerson: true
    )

    func perform(_ input: JSONValue, in context: ToolContext) async throws -> String { context.answer ?? "nothing" }
}
