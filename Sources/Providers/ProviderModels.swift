package import Engine
package import Fetch

/// The models of all providers: the vendors' over the network, and the scripted ones of this process.
package struct ProviderModels: ModelSource, Transcriber {
    private let client: FetchClient
    private let environment: [String: String]
    private let ownPort: Int?
    private let limits: CallLimits

    /// `ownPort` is where this server listens, so that it does not discover itself.
    package init(
        client: FetchClient,
        environment: [String: String],
        ownPort: Int? = nil,
        limits: CallLimits = CallLimits()
    ) {
        self.client = client
        self.environment = environment
        self.ownPort = ownPort
        self.limits = limits
    }

    package func model(named name: String, at endpoint: ProviderEndpoint) -> any Model {
        switch endpoint.kind {
        case .builtin:
            BuiltinModel(name: name)
        case .anthropic:
            UpstreamModel(client: client, dialect: AnthropicDialect(model: name, endpoint: endpoint), limits: limits)
        case .openai, .deepseek, .azure, .ollama, .custom:
            UpstreamModel(client: client, dialect: OpenAIDialect(model: name, endpoint: endpoint), limits: limits)
        }
    }

    package func embedder(named name: String, at endpoint: ProviderEndpoint) -> (any Embedder)? {
        switch endpoint.kind {
        case .builtin, .anthropic: nil
        case .openai, .deepseek, .azure, .ollama, .custom:
            OpenAIEmbedder(client: client, model: name, endpoint: endpoint, limits: limits)
        }
    }

    package func transcribe(_ recording: Recording, with model: ModelCandidate) async throws -> Transcript {
        switch model.endpoint.kind {
        case .builtin, .anthropic:
            throw ModelError(
                .notConfigured,
                "The provider of \(model.name) writes no recordings down. Add the model at one that does."
            )
        case .openai, .deepseek, .azure, .ollama, .custom:
            return try await TranscriptionCall(
                client: client,
                limits: limits,
                model: model.name,
                endpoint: model.endpoint
            ).send(recording)
        }
    }

    package func probe(_ endpoint: ProviderEndpoint) async -> ProbeResult {
        if endpoint.kind == .builtin {
            return ProbeResult(latency: 0, models: BuiltinModel.names)
        }
        return await Probe(client: client, endpoint: endpoint, limits: limits).run()
    }

    package func discover() async -> [DiscoveredProvider] {
        await Discovery(client: client, environment: environment, ownPort: ownPort, limits: limits).run()
    }
}
