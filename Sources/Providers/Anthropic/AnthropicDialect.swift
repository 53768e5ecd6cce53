import Engine
import Fetch

/// Anthropic's messages (docs.anthropic.com/en/api/messages).
struct AnthropicDialect: Dialect {
    let model: String
    let endpoint: ProviderEndpoint

    func call(_ request: ModelRequest) throws(ModelError) -> FetchRequest {
        try AnthropicOptions(request.options, hasTools: !request.tools.isEmpty).check()
        return FetchRequest(
            method: "POST",
            url: BaseURL(endpoint).appending("/messages"),
            headers: try Self.headers(endpoint) + FetchRequest.streamHeaders,
            body: AnthropicRequestBody(model: model, request: request).bytes
        )
    }

    func decoder() -> AnthropicDecoder { AnthropicDecoder() }

    static func headers(_ endpoint: ProviderEndpoint) throws(ModelError) -> [(name: String, value: String)] {
        let version = (name: "anthropic-version", value: "2023-06-01")
        guard let key = try endpoint.apiKey?.asHeaderValue(), !key.isEmpty else { return [version] }
        return [version, ("x-api-key", key)]
    }
}
