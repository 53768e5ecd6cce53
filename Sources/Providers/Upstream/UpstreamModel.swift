import Engine
import Fetch

/// A model behind a vendor's HTTP interface.
struct UpstreamModel<D: Dialect>: Model {
    let client: FetchClient
    let dialect: D
    let limits: CallLimits

    func answer(
        _ request: ModelRequest,
        receive: @Sendable (ModelPiece) async throws -> Void
    ) async throws {
        let response = try await open(request)
        var reader = AnswerReader(dialect.decoder(), contentType: response.headers["content-type"], limits: limits)
        var body = response.body.makeAsyncIterator()
        var isEnding = false
        while let bytes = try await nextBytes(&body, after: reader.decoder.hasFinished) {
            // What came before a failure was said all the same.
            let outcome = Result { try reader.feed(bytes) }
            for piece in reader.takePieces() { try await receive(piece) }
            if case .failure(let error) = outcome { throw explained(error, request) }
            if reader.decoder.isDone { break }
            if reader.decoder.hasFinished, !isEnding {
                isEnding = true
                response.body.end(within: limits.ending)
            }
        }
        if reader.decoder.isDone { response.body.discardRest() }
        let outcome = Result { try reader.end() }
        for piece in reader.takePieces() { try await receive(piece) }
        if case .failure(let error) = outcome { throw explained(error, request) }
    }

    /// Sends the call and returns when an answer begins; a refusal is thrown.
    private func open(_ request: ModelRequest) async throws -> FetchResponse {
        do {
            return try await client.open(try dialect.call(request), of: dialect.endpoint, limits)
        } catch let refusal as Refusal {
            throw explained(refusal, request)
        }
    }

    /// An end that comes too early or too late is none of our business once the model has finished.
    private func nextBytes(_ body: inout FetchBody.Iterator, after hasFinished: Bool) async throws -> [UInt8]? {
        do {
            return try await body.next()
        } catch let error as FetchError {
            if hasFinished { return nil }
            throw ModelError(error, hasBegun: true)
        }
    }

    private func explained(_ error: any Error, _ request: ModelRequest) -> any Error {
        guard let refusal = error as? Refusal else { return error }
        return refusal.error(confidential: Confidential(key: dialect.endpoint.apiKey, request: request))
    }
}

extension FetchClient {
    /// Sends a call to a provider and returns when an answer begins. Throws a `Refusal` for any status but 200.
    func open(_ call: FetchRequest, of endpoint: ProviderEndpoint, _ limits: CallLimits) async throws -> FetchResponse {
        var call = call
        call.addresses = endpoint.addresses
        call.connectTimeout = limits.connect
        call.idleTimeout = limits.idle
        call.totalTimeout = limits.total
        call.maximumBytes = limits.answerBytes
        do {
            let response = try await send(call)
            guard response.status != 200 else { return response }
            let complaint = try? await response.collect(upTo: 64 << 10)
            try Task.checkCancellation()
            throw Refusal(response, complaint ?? [])
        } catch let error as FetchError {
            throw ModelError(error, hasBegun: false)
        }
    }
}
