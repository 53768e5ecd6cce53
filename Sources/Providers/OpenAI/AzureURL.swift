import Engine
import Foundation

/// Azure's two ways of addressing: dated versions with the deployment in the path, or `/openai/v1`, which is OpenAI's.
struct AzureURL {
    private let base: String
    private let version: String
    private let isVersionOne: Bool

    /// The newest dated version that is not a preview.
    private static let defaultVersion = "2024-10-21"
    /// The last one that lists a resource's deployments.
    private static let listingVersion = "2023-03-15-preview"

    /// nil for other kinds.
    init?(_ endpoint: ProviderEndpoint) {
        guard endpoint.kind == .azure else { return nil }
        let url = BaseURL(endpoint)
        isVersionOne = url.text.hasSuffix("/openai/v1")
        var base = url.text
        if let openai = base.range(of: "/openai"), !isVersionOne { base = String(base[..<openai.lowerBound]) }
        self.base = base
        let given = url.query?.split(separator: "&").first { $0.hasPrefix("api-version=") }?.dropFirst(12)
        version = given.map { String($0).asPathSegment } ?? Self.defaultVersion
    }

    /// `path` such as `/chat/completions`.
    func call(_ path: String, deployment: String) -> String {
        if isVersionOne { return base + path }
        return "\(base)/openai/deployments/\(deployment.asPathSegment)\(path)?api-version=\(version)"
    }

    /// Where to ask for models, the best place first.
    var lists: [String] {
        if isVersionOne { return [base + "/models"] }
        return [
            "\(base)/openai/deployments?api-version=\(Self.listingVersion)",
            "\(base)/openai/models?api-version=\(version)",
        ]
    }
}
