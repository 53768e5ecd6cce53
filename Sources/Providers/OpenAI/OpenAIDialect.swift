import Engine
import Fetch

/// OpenAI's chat completions, which nearly every server speaks (platform.openai.com/docs/api-reference/chat).
struct OpenAIDialect: Dialect {
    let model: String
    let endpoint: ProviderEndpoint

    func call(_ request: ModelRequest) throws(ModelError) -> FetchRequest {
        FetchRequest(
            method: "POST",
            url: Self.url(endpoint, "/chat/completions", model: model),
            headers: try Self.headers(endpoint) + FetchRequest.streamHeaders,
            body: OpenAIRequestBody(model: model, kind: endpoint.kind, request: request).bytes
        )
    }

    func decoder() -> OpenAIDecoder { OpenAIDecoder() }

    /// Where an endpoint takes calls of one kind; `path` such as `/chat/completions`.
    static func url(_ endpoint: ProviderEndpoint, _ path: String, model: String) -> String {
        AzureURL(endpoint)?.call(path, deployment: model) ?? BaseURL(endpoint).appending(path)
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
