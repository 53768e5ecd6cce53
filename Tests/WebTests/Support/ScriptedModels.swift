import Engine

/// Models that do what the last message says: `echo words`, `fail`, or `wait` until they are cancelled.
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
        guard case .user(let text) = request.messages.last else { return }
        let words = text.split(separator: " ")
        switch words.first {
        case "fail":
            try await receive(.text("So far"))
            throw ModelError(.interrupted, "The provider hung up. Try again.")
        case "wait":
            try await receive(.text("Waiting"))
            try await Task.sleep(for: .seconds(60))
        default:
            for word in words { try await receive(.text(word + " ")) }
        }
        try await receive(.usage(TokenUsage(input: 10, output: words.count)))
        try await receive(.finish(.stop))
    }
}
