import Foundation

/// A provider as a model call needs it: where it is, what it speaks, how it is paid.
package struct ProviderEndpoint: Sendable, Equatable {
    package var kind: ProviderKind
    /// With scheme and path, without a trailing slash: `https://api.openai.com/v1`.
    package var baseURL: String
    /// nil for servers that want none.
    package var apiKey: Secret?
    /// OpenAI's organisation header.
    package var organisation: String?
    /// Whether an administrator entered the address: then it may be one of this machine or network. Anybody else's must
    /// be of the public internet.
    package var isTrusted: Bool

    package init(
        kind: ProviderKind,
        baseURL: String,
        apiKey: Secret? = nil,
        organisation: String? = nil,
        isTrusted: Bool = false
    ) {
        self.kind = kind
        self.baseURL = baseURL
        self.apiKey = apiKey
        self.organisation = organisation
        self.isTrusted = isTrusted
    }
}

/// The providers that ALMA knows by name. The raw values are `llmconfigs.provider`.
package enum ProviderKind: String, Sendable, CaseIterable {
    case openai, deepseek, azure, anthropic, ollama
    /// Any server that speaks OpenAI's chat completions.
    case custom
    /// The scripted provider inside ALMA: not an AI, for trying things out.
    case builtin

    /// The address that the form starts with; nil where only the user knows it.
    package var defaultBaseURL: String? {
        switch self {
        case .openai: "https://api.openai.com/v1"
        case .deepseek: "https://api.deepseek.com/v1"
        case .anthropic: "https://api.anthropic.com/v1"
        case .ollama: "http://127.0.0.1:11434/v1"
        case .builtin: "builtin:"
        case .azure, .custom: nil
        }
    }

    /// Whether a key is always needed.
    package var needsKey: Bool {
        switch self {
        case .openai, .deepseek, .azure, .anthropic: true
        case .ollama, .custom, .builtin: false
        }
    }
}

/// Where models come from: `Providers` in the program, a script in tests.
package protocol ModelSource: Sendable {
    /// The model called `name` at `endpoint`. Makes no call.
    func model(named name: String, at endpoint: ProviderEndpoint) -> any Model

    /// The same for vectors; nil where the provider makes none.
    func embedder(named name: String, at endpoint: ProviderEndpoint) -> (any Embedder)?

    /// Asks the provider for its models, to show that address and key work. Never throws: a failure is an answer.
    func probe(_ endpoint: ProviderEndpoint) async -> ProbeResult

    /// Local model servers that answer on the usual ports, and providers whose keys the environment holds.
    func discover() async -> [DiscoveredProvider]
}

extension ModelSource {
    package func embedder(named name: String, at endpoint: ProviderEndpoint) -> (any Embedder)? { nil }
}

/// What a test of a provider found.
package struct ProbeResult: Sendable, Equatable {
    /// Milliseconds from sending to the whole answer.
    package var latency: Int
    /// The names of the models it offers, sorted; empty on failure.
    package var models: [String]
    /// nil when all is well.
    package var failure: Failure?

    package init(latency: Int, models: [String], failure: Failure? = nil) {
        self.latency = latency
        self.models = models
        self.failure = failure
    }

    /// `code` is one of `dns`, `refused`, `unreachable`, `tls`, `timeout`, `unauthorized`, `forbidden`, `not_found`,
    /// `rate_limited`, `server_error`, `malformed`, `bad_url`, `private_address`; `message` is English, says what happened and what to do.
    package struct Failure: Sendable, Equatable {
        package var code: String
        package var message: String

        package init(code: String, message: String) {
            self.code = code
            self.message = message
        }
    }
}

/// A provider that could be added with one click.
package struct DiscoveredProvider: Sendable, Equatable {
    package var kind: ProviderKind
    /// What a person would call it: "Ollama", "LM Studio", "OpenAI".
    package var name: String
    package var baseURL: String
    /// The environment variable that holds its key, if that is how it was found. The key itself stays where it is.
    package var keyVariable: String?
    /// The models that it offered, if it was asked.
    package var models: [String]

    package init(kind: ProviderKind, name: String, baseURL: String, keyVariable: String? = nil, models: [String] = []) {
        self.kind = kind
        self.name = name
        self.baseURL = baseURL
        self.keyVariable = keyVariable
        self.models = models
    }
}
