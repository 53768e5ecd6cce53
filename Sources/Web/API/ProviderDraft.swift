package import Engine
import Foundation

/// A provider as somebody wants to add it, checked: the form and the API share it.
package struct ProviderDraft: Sendable {
    package var kind: ProviderKind
    package var name: String
    package var baseURL: String
    package var key: Secret?

    /// Throws a validation error that names the API's field.
    package init(kind kindName: String, name: String?, baseURL: String?, key: String?) throws(WebError) {
        guard let kind = ProviderKind(rawValue: kindName) else {
            let known = ProviderKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid("provider", "Use one of \(known).")
        }
        self.kind = kind
        let typedName = (name ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
        self.name = typedName.isEmpty ? kindName : String(typedName.prefix(100))
        let typedURL = (baseURL ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
        guard let address = typedURL.isEmpty ? kind.defaultBaseURL : typedURL else {
            throw .invalid("api_base_url", "This provider needs its address, such as https://example.com/v1.")
        }
        self.baseURL = try Self.checkedURL(address, kind: kind)
        self.key = try Self.checkedKey(key ?? "")
        guard self.key != nil || !kind.needsKey else { throw .invalid("api_key", "This provider needs a key.") }
    }

    /// nil when nothing was typed; throws for what could not stand in a header.
    package static func checkedKey(_ text: String) throws(WebError) -> Secret? {
        let key = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard key.utf8.count <= 4096, key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .invalid("api_key", "A key is one line of letters, digits and signs, without spaces.")
        }
        return key.isEmpty ? nil : Secret(key)
    }

    /// The address without a slash at its end; only http and https, with a host and without a name or password in it.
    package static func checkedURL(_ text: String, kind: ProviderKind) throws(WebError) -> String {
        if kind == .builtin { return "builtin:" }
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard trimmed.utf8.count <= 500, let parts = URLComponents(string: trimmed),
            ["http", "https"].contains(parts.scheme?.lowercased() ?? ""), let host = parts.host, !host.isEmpty
        else { throw .invalid("api_base_url", "Write the whole address, such as https://example.com/v1.") }
        guard parts.user == nil, parts.password == nil, parts.fragment == nil else {
            throw .invalid("api_base_url", "The address may hold no user name, password or #fragment.")
        }
        var result = trimmed
        while result.hasSuffix("/") { result.removeLast() }
        return result
    }
}
