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
    private let host: String
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
        // Behind a bracket a colon belongs to the port, within it to the address.
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("]") {
            guard let number = Int(rest[rest.index(after: colon)...]), 1...65_535 ~= number else { return nil }
            port = number
            rest = rest[..<colon]
        } else {
            port = usual
        }
        host = String(rest)
        guard Self.isHost(host.hasPrefix("*.") ? String(host.dropFirst(2)) : host) else { return nil }
        self.text = (isPlain ? "http://" : "") + host + (port == usual ? "" : ":\(port)")
    }

    /// Whether an address leads there; `host` in small letters, an IPv6 address in brackets.
    package func contains(scheme: String, host: String, port: Int) -> Bool {
        guard scheme == (isPlain ? "http" : "https"), port == self.port else { return false }
        return self.host.hasPrefix("*.") ? host.hasSuffix(self.host.dropFirst()) : host == self.host
    }

    private static func isHost(_ text: String) -> Bool {
        if text.hasPrefix("["), text.hasSuffix("]") {
            return text.count > 4 && text.dropFirst().dropLast().allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
        }
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return text.utf8.count <= 253
            && labels.allSatisfy { label in
                !label.isEmpty && label.count <= 63
                    && label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
            }
    }
}
