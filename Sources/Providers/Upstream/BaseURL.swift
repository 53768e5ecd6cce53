import Engine
import Fetch
import Foundation

/// A provider's base URL in the one form from which addresses are built, whichever of the usual forms was entered.
struct BaseURL {
    /// Without a trailing slash and without a query.
    private(set) var text: String
    let query: String?

    init(_ endpoint: ProviderEndpoint) {
        let parts = endpoint.baseURL.trimmed.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        query = parts.count > 1 ? String(parts[1]) : nil
        text = parts.first.map(String.init) ?? ""
        for ending in ["/chat/completions", "/messages", "/models", ""] {
            while text.hasSuffix("/") { text.removeLast() }
            if text.hasSuffix(ending) { text.removeLast(ending.count) }
        }
        let hasVersion: Set<ProviderKind> = [.openai, .anthropic, .ollama]
        if hasVersion.contains(endpoint.kind), !hasPath { text += "/v1" }
    }

    /// Whether anything stands behind host and port.
    private var hasPath: Bool {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return false }
        let rest = text.utf8[colon...]
        return rest.starts(with: "://".utf8) && rest.dropFirst(3).contains(UInt8(ascii: "/"))
    }

    func appending(_ path: String) -> String { text + path }
}

extension String {
    /// Without white space at its ends, of which there is hardly ever any: that is found out quickly.
    fileprivate var trimmed: String {
        let isPlain = { (byte: UInt8?) in byte.map { 0x21...0x7E ~= $0 } ?? true }
        if isPlain(utf8.first), isPlain(utf8.last) { return self }
        return trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// As one segment of a path.
    var asPathSegment: String {
        let plain = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
        return addingPercentEncoding(withAllowedCharacters: plain) ?? ""
    }
}

extension Secret {
    /// As the value of a header: a key that was pasted with a line break behind it is still the key.
    func asHeaderValue() throws(ModelError) -> String {
        let key = reveal().trimmed
        guard key.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
            throw ModelError(
                .unauthorized,
                "The provider's API key holds characters that no key has. Enter it again in the provider's settings."
            )
        }
        return key
    }
}

extension ProviderEndpoint {
    /// Where a call of this provider may go.
    var addresses: AddressPolicy { isTrusted ? .any : .publicOnly }
}
