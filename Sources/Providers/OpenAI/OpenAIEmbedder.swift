import Engine
import Fetch

/// OpenAI's embeddings, which many servers speak (platform.openai.com/docs/api-reference/embeddings).
struct OpenAIEmbedder: Embedder {
    let client: FetchClient
    let model: String
    let endpoint: ProviderEndpoint
    let limits: CallLimits

    func embed(_ request: EmbeddingRequest) async throws -> EmbeddingAnswer {
        let call = FetchRequest(
            method: "POST",
            url: OpenAIDialect.url(endpoint, "/embeddings", model: model),
            headers: try OpenAIDialect.headers(endpoint) + [("Content-Type", "application/json")],
            body: body(request)
        )
        do {
            let response = try await client.open(call, of: endpoint, limits)
            return try answer(try await collect(response), count: request.inputs.count)
        } catch let refusal as Refusal {
            // Its words are quoted only where none of them may be the request's.
            throw refusal.error(confidential: Confidential(key: endpoint.apiKey, request: request.words))
        }
    }

    private func collect(_ response: FetchResponse) async throws -> [UInt8] {
        do {
            return try await response.collect(upTo: limits.answerBytes)
        } catch let error as FetchError {
            throw ModelError(error, hasBegun: true)
        }
    }

    private func body(_ request: EmbeddingRequest) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("model", model)
            json.array("input") { json in
                for input in request.inputs {
                    switch input {
                    case .text(let text): json.string(text)
                    case .tokens(let tokens): json.array { json in for token in tokens { json.raw("\(token)") } }
                    }
                }
            }
            json.member("encoding_format", "float")
            if let dimensions = request.dimensions { json.member("dimensions", raw: "\(dimensions)") }
        }
        return json.bytes
    }

    private func answer(_ bytes: [UInt8], count: Int) throws -> EmbeddingAnswer {
        guard let wire = try? EmbeddingWire.decode(bytes) else {
            throw ModelError.malformed("it is not a list of embeddings")
        }
        if let error = wire.error, error != .null { throw Refusal(.object(["error": error])) }
        let items = (wire.data ?? []).enumerated().sorted {
            ($0.element.index ?? $0.offset) < ($1.element.index ?? $1.offset)
        }
        let vectors = items.map(\.element.embedding)
        guard vectors.count == count, vectors.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isFinite) }) else {
            throw ModelError.malformed("it has not one embedding for each input")
        }
        return EmbeddingAnswer(vectors: vectors, tokens: TokenUsage(input: wire.usage?.promptTokens ?? 0, output: 0))
    }
}

/// A list of embeddings on the wire.
private struct EmbeddingWire: WireFormat {
    var data: [Item]?
    var usage: OpenAIWire.Usage?
    var error: JSONValue?

    struct Item: Decodable {
        var index: Int?
        var embedding: [Float]
    }
}

extension EmbeddingRequest {
    /// The words in it, as a question.
    fileprivate var words: ModelRequest {
        let texts = inputs.compactMap { if case .text(let text) = $0 { text } else { nil } }
        return ModelRequest(instruction: "", messages: texts.map { .user($0) })
    }
}
