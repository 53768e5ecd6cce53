package import Foundation

/// A key that a person gave to their agents' tools, without its value: it is used by its name, and never seen.
package struct ToolSecret: Sendable, Equatable {
    package var id: UUID
    /// Letters, digits, `_` and `-`.
    package var name: String
    /// Where it may be sent.
    package var places: [SecretPlace]
    /// Whether it is one of the whole organisation.
    package var isShared: Bool
    package var createdAt: Date

    package init(id: UUID, name: String, places: [SecretPlace], isShared: Bool, createdAt: Date) {
        self.id = id
        self.name = name
        self.places = places
        self.isShared = isShared
        self.createdAt = createdAt
    }
}

/// The keys that a run's tools may use: `Storage`'s.
package protocol ToolSecretSource: Sendable {
    /// The person's own and their organisation's, by name; of two with one name the person's first, which is the one meant.
    func toolSecrets(by principal: Principal) async throws -> [ToolSecret]
    /// The value of one of them, for the one who sends it to its place; nil when it is gone.
    func value(of secret: ToolSecret, by principal: Principal) async throws -> Secret?
}

/// Where a secret may be sent: `api.example.org`, `*.example.org` for all names below, `example.org:8443`. Only over TLS,
/// unless it is written with `http://` before it.
package struct SecretPlace: Sendable, Equatable {
    /// In its one form.
    package let text: String
    private let isPlain: Bool
    private let pattern: HostPattern
    private let port: Int

    /// nil when the text is no place.
    package init?(_ text: String) {
        var rest = text.trimmed.lowercased()[...]
        isPlain = rest.hasPrefix("http://")
        if let scheme = rest.range(of: "://") {
            guard ["http", "https"].contains(rest[..<scheme.lowerBound]) else { return nil }
            rest = rest[scheme.upperBound...]
        }
        if rest.hasSuffix("/") { rest.removeLast() }
        let usual = isPlain ? 80 : 443
        guard let pattern = HostPattern(rest) else { return nil }
        self.pattern = pattern
        port = pattern.port ?? usual
        self.text = (isPlain ? "http://" : "") + pattern.host + (port == usual ? "" : ":\(port)")
    }

    /// The one form says all of it.
    package static func == (one: SecretPlace, other: SecretPlace) -> Bool { one.text == other.text }

    /// Whether an address leads there; `host` in small letters, an IPv6 address in brackets.
    package func contains(scheme: String, host: String, port: Int) -> Bool {
        scheme == (isPlain ? "http" : "https") && port == self.port && pattern.matches(host)
    }
}
