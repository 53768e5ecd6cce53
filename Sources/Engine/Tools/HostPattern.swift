/// A host, `*.example.org` for all below one, or one of them with a port.
package struct HostPattern: Sendable, Hashable {
    /// In small letters; an IPv6 address in brackets.
    package let host: String
    /// nil where none is named.
    package let port: Int?

    package var text: String { host + (port.map { ":\($0)" } ?? "") }

    /// nil when the text is no such thing.
    package init?(_ text: some StringProtocol) {
        var rest = text.lowercased()[...]
        // Behind a bracket a colon belongs to the port, within it to the address.
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("]") {
            guard let number = Int(rest[rest.index(after: colon)...]), 1...65_535 ~= number else { return nil }
            port = number
            rest = rest[..<colon]
        } else {
            port = nil
        }
        host = String(rest)
        guard Self.isHost(host.hasPrefix("*.") ? String(host.dropFirst(2)) : host) else { return nil }
    }

    /// `host` in small letters, an IPv6 address in brackets.
    package func matches(_ host: String) -> Bool {
        self.host.hasPrefix("*.") ? host.hasSuffix(self.host.dropFirst()) : host == self.host
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
