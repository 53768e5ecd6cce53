import Engine
import Fetch

/// Looks for providers that need no typing: servers on this machine, and keys in the environment.
struct Discovery {
    let client: FetchClient
    let environment: [String: String]
    let ownPort: Int?
    let limits: CallLimits
    var servers = LocalServer.usual

    /// A model server as people run it on their own machine.
    struct LocalServer {
        let kind: ProviderKind
        let name: String
        let port: Int

        static let usual = [
            LocalServer(kind: .ollama, name: "Ollama", port: 11434),
            LocalServer(kind: .custom, name: "llama.cpp", port: 8080),
            LocalServer(kind: .custom, name: "LM Studio", port: 1234),
            LocalServer(kind: .custom, name: "vLLM", port: 8000),
        ]
    }

    func run() async -> [DiscoveredProvider] {
        let servers = servers.filter { $0.port != ownPort }
        let found = await withTaskGroup(of: (Int, DiscoveredProvider?).self) { group in
            for (position, server) in servers.enumerated() {
                group.addTask { (position, await look(at: server)) }
            }
            return await group.reduce(into: [Int: DiscoveredProvider]()) { $0[$1.0] = $1.1 }
        }
        return servers.indices.compactMap { found[$0] } + keys
    }

    private func look(at server: LocalServer) async -> DiscoveredProvider? {
        let base = "http://127.0.0.1:\(server.port)/v1"
        let request = FetchRequest(
            url: base + "/models",
            connectTimeout: limits.discovery,
            totalTimeout: limits.discovery,
            maximumBytes: limits.documentBytes
        )
        guard let response = try? await client.send(request), response.status == 200,
            let body = try? await response.collect(upTo: limits.documentBytes),
            let list = JSONValue(body).flatMap({ ModelList(strict: $0) })
        else { return nil }
        return DiscoveredProvider(kind: server.kind, name: server.name, baseURL: base, models: list.names)
    }

    private var keys: [DiscoveredProvider] {
        let known: [(ProviderKind, String, String, String?)] = [
            (.openai, "OpenAI", "OPENAI_API_KEY", ProviderKind.openai.defaultBaseURL),
            (.deepseek, "DeepSeek", "DEEPSEEK_API_KEY", ProviderKind.deepseek.defaultBaseURL),
            (.anthropic, "Anthropic", "ANTHROPIC_API_KEY", ProviderKind.anthropic.defaultBaseURL),
            (.azure, "Azure OpenAI", "AZURE_OPENAI_API_KEY", environment["AZURE_OPENAI_ENDPOINT"]),
        ]
        return known.compactMap { kind, name, variable, base in
            guard environment[variable]?.isEmpty == false, let base, !base.isEmpty else { return nil }
            let baseURL = base.droppingTrailingSlashes
            return DiscoveredProvider(kind: kind, name: name, baseURL: baseURL, keyVariable: variable)
        }
    }
}

extension String {
    fileprivate var droppingTrailingSlashes: String {
        var text = self
        while text.hasSuffix("/") { text.removeLast() }
        return text
    }
}
