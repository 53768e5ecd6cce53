import Engine
import Fetch
import Foundation

/// OpenAI's transcriptions, which many servers speak: a form with the recording, answered by a document.
struct TranscriptionCall: Sendable {
    let client: FetchClient
    let limits: CallLimits
    let model: String
    let endpoint: ProviderEndpoint

    /// Throws `ModelError`, `CancellationError`.
    func send(_ recording: Recording) async throws -> Transcript {
        do {
            let response = try await client.send(request(recording))
            let body = try await response.collect(upTo: limits.documentBytes)
            try Task.checkCancellation()
            guard response.status == 200 else {
                throw Refusal(response, body).error(confidential: Confidential(key: endpoint.apiKey, request: nil))
            }
            return try Self.transcript(body)
        } catch let error as FetchError {
            try Task.checkCancellation()
            throw ModelError(error, hasBegun: false)
        }
    }

    private func request(_ recording: Recording) throws -> FetchRequest {
        // The name is ours: what people call their files says nothing here.
        let form = FetchForm(
            [("model", model), ("response_format", "json")],
            name: recording.name,
            mediaType: recording.mediaType,
            recording.bytes
        )
        let headers: [(name: String, value: String)] = [("Content-Type", form.type), ("Accept", "application/json")]
        return FetchRequest(
            method: "POST",
            url: OpenAIDialect.url(endpoint, "/audio/transcriptions", model: model),
            headers: try OpenAIDialect.headers(endpoint) + headers,
            body: form.body,
            connectTimeout: limits.connect,
            idleTimeout: limits.idle,
            totalTimeout: limits.total,
            maximumBytes: limits.documentBytes,
            addresses: endpoint.addresses
        )
    }

    /// `usage` is of tokens or of seconds; `duration` is what older servers say.
    private static func transcript(_ body: [UInt8]) throws(ModelError) -> Transcript {
        guard let document = JSONValue(body), let text = document["text"]?.string else {
            throw .malformed("it holds no text")
        }
        let usage = document["usage"]
        let (input, output) = (usage?["input_tokens"]?.int, usage?["output_tokens"]?.int)
        let seconds = (usage?["seconds"] ?? document["duration"])?.decimal.map {
            NSDecimalNumber(decimal: $0).doubleValue
        }
        return Transcript(
            text: text,
            language: document["language"]?.string,
            tokens: input == nil && output == nil ? nil : TokenUsage(input: input ?? 0, output: output ?? 0),
            seconds: seconds.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
        )
    }
}
