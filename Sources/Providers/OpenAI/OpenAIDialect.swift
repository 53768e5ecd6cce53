import Engine
import Fetch

/// OpenAI's chat completions, which nearly every server speaks (platform.openai.com/docs/api-reference/chat).
struct OpenAIDialect: Dialect {
    let model: String
    let endpoint: ProviderEndpoint

    func call(_ request: ModelRequest) throws(ModelError) -> FetchRequest {
        FetchRequest(
            method: "POST",
            url: url,
            headers: try Self.headers(endpoint) + FetchRequest.streamHeaders,
            body: OpenAIRequestBody(model: model, kind: endpoint.kind, request: request).bytes
        )
    }

    func decoder() -> OpenAIDecoder { OpenAIDecoder() }

    private var url: String {
        if let azure = AzureURL(endpoint) { return azure.chat(deployment: model) }
        return BaseURL(endpoint).appending("/chat/completions")
    }

    /// The key, as this kind of endpoint wants it.
    static func headers(_ endpoint: ProviderEndpoint) throws(ModelError) -> [(name: String, value: String)] {
        var headers: [(name: String, value: String)] = []
        if let key = try endpoint.apiKey?.asHeaderValue(), !key.isEmpty {
            headers.append(endpoint.kind == .azure ? ("api-key", key) : ("Authorization", "Bearer \(key)"))
        }
        if endpoint.kind == .openai, let organisation = endpoint.organisation, !organisation.isEmpty {
            headers.append(("OpenAI-Organization", organisation))
        }
        return headers
    }
}
