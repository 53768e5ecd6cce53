import Engine
import Fetch

/// One test of a provider: asks for its models, which costs nothing and needs a good key.
struct Probe {
    let client: FetchClient
    let endpoint: ProviderEndpoint
    let limits: CallLimits

    func run() async -> ProbeResult {
        let start = ContinuousClock.now
        let outcome = await models()
        let latency = Int((ContinuousClock.now - start) / .milliseconds(1))
        switch outcome {
        case .success(let models): return ProbeResult(latency: latency, models: models)
        case .failure(let problem): return ProbeResult(latency: latency, models: [], failure: problem.failure)
        }
    }

    private func models() async -> Result<[String], ProbeProblem> {
        var outcome = Result<[String], ProbeProblem>.failure(.status(404, quote: nil))
        for url in urls {
            outcome = await models(at: url)
            // Only "no such place" makes it worth while to ask at the next one.
            guard case .failure(.status(404, _)) = outcome else { break }
        }
        return outcome
    }

    private var urls: [String] {
        if let azure = AzureURL(endpoint) { return azure.lists }
        let query = endpoint.kind == .anthropic ? "?limit=1000" : ""
        return [BaseURL(endpoint).appending("/models" + query)]
    }

    private func models(at url: String) async -> Result<[String], ProbeProblem> {
        do {
            let response = try await client.send(try request(url))
            let body = try await response.collect(upTo: limits.documentBytes)
            guard response.status == 200 else {
                return .failure(.status(response.status, quote: complaint(body)))
            }
            guard let list = JSONValue(body).flatMap({ ModelList($0) }) else { return .failure(.notAList) }
            return .success(list.names)
        } catch let error as FetchError {
            return .failure(.fetch(error))
        } catch is ModelError {
            return .failure(.badKey)
        } catch {
            return .failure(.fetch(FetchError(.timeout, "the test was called off")))
        }
    }

    private func request(_ url: String) throws -> FetchRequest {
        let headers =
            endpoint.kind == .anthropic
            ? try AnthropicDialect.headers(endpoint) : try OpenAIDialect.headers(endpoint)
        return FetchRequest(
            url: url,
            headers: headers + [("Accept", "application/json")],
            connectTimeout: min(limits.connect, limits.probe),
            idleTimeout: limits.probe,
            totalTimeout: limits.probe,
            maximumBytes: limits.documentBytes,
            addresses: endpoint.addresses
        )
    }

    private func complaint(_ body: [UInt8]) -> String? {
        guard let message = JSONValue(body).map({ Refusal($0) })?.message else { return nil }
        return Confidential(key: endpoint.apiKey, request: nil).quotable(message)
    }
}
