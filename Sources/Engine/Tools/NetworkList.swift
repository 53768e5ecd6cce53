package import Foundation

/// Where an agent's programs may go: hosts, names for the hosts that package managers need, and `*` for the whole public
/// internet. Without a port, 80 and 443 are meant. Private networks are the operator's to open, whatever stands here.
package struct NetworkList: Sendable, Equatable {
    package static let most = 100

    /// What a short name stands for.
    package static let bundles = [
        "pypi": ["pypi.org", "files.pythonhosted.org"],
        "npm": ["registry.npmjs.org"],
        "github": ["github.com", "*.github.com", "*.githubusercontent.com"],
    ]

    /// As people wrote them, each in its one form.
    package let entries: [String]
    private let patterns: [HostPattern]
    private let isOpen: Bool

    package static let none = NetworkList()

    private init() { (entries, patterns, isOpen) = ([], [], false) }

    /// Throws `NetworkListProblem`.
    package init(_ texts: [String]) throws(NetworkListProblem) {
        var (entries, patterns): ([String], [HostPattern]) = ([], [])
        for text in texts {
            let entry = text.trimmed.lowercased()
            guard !entries.contains(entry) else { continue }
            entries.append(entry)
            guard entry != "*" else { continue }
            let hosts = Self.bundles[entry] ?? [entry]
            for host in hosts {
                guard let pattern = HostPattern(host), Self.bundles[entry] != nil || Self.isWhole(pattern.host) else {
                    throw NetworkListProblem(entry: String(text.prefix(100)))
                }
                patterns.append(pattern)
            }
        }
        guard entries.count <= Self.most else { throw NetworkListProblem(entry: nil) }
        self.entries = entries
        self.patterns = patterns
        isOpen = entries.contains("*")
    }

    package var isEmpty: Bool { entries.isEmpty }

    /// `host` in small letters, an IPv6 address in brackets.
    package func permits(_ host: String, _ port: Int) -> Bool {
        let isUsual = port == 80 || port == 443
        if isOpen, isUsual { return true }
        // A dot at the end says that a name is whole, and nothing else.
        let name = host.hasSuffix(".") ? String(host.dropLast()) : host
        return patterns.contains { $0.matches(name) && ($0.port.map { $0 == port } ?? isUsual) }
    }

    /// A word alone is hardly a host: more likely a bundle that is not there.
    private static func isWhole(_ host: String) -> Bool {
        host == "localhost" || host.contains(".") || host.hasPrefix("[")
    }
}

/// What cannot stand in a list of hosts; nil when it is too long.
package struct NetworkListProblem: Error, Sendable, Equatable {
    package var entry: String?
}

/// Where agents' programs may go: `Storage`'s.
package protocol AgentNetworks: Sendable {
    /// What holds for this person's runs; none of an agent that they cannot see.
    func network(ofAgent agent: UUID, by principal: Principal) async throws -> NetworkList
}
