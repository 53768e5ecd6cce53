package import Engine

/// How a server is reached, as an administrator enters it.
package struct MCPDraft: Sendable, Equatable {
    package var name: String
    package var transport: MCPServer.Transport
    package var place: String
    package var arguments: [String]
    /// Where a program may go, as `NetworkList` has it.
    package var network: [String]
    /// What is nil keeps the value that is stored under the name.
    package var secrets: [String: Secret?]
    package var isEnabled: Bool
    package var isTrusted: Bool
    package var agents: [String]

    package init(
        name: String,
        transport: MCPServer.Transport,
        place: String,
        arguments: [String] = [],
        network: [String] = [],
        secrets: [String: Secret?] = [:],
        isEnabled: Bool = true,
        isTrusted: Bool = false,
        agents: [String] = ["assistant"]
    ) {
        self.name = name
        self.transport = transport
        self.place = place
        self.arguments = arguments
        self.network = network
        self.secrets = secrets
        self.isEnabled = isEnabled
        self.isTrusted = isTrusted
        self.agents = agents
    }
}

extension MCPDraft {
    private static let mostSecrets = 30

    /// Throws `.invalid` with the field that cannot be kept.
    func checked() throws -> MCPDraft {
        var draft = self
        draft.name = try Checks.text(name, "name", upTo: 24)
        guard draft.name.wholeMatch(of: /[A-Za-z][A-Za-z0-9_-]*/) != nil, !draft.name.contains("__") else {
            throw StorageError.invalid("name", "Use letters, digits, _ and -, a letter first, no two _ in a row.")
        }
        draft.place = try Checks.text(place, "place", upTo: 2000)
        switch transport {
        case .stdio:
            guard draft.place.hasPrefix("/") else {
                throw StorageError.invalid("place", "The absolute path of a program.")
            }
        case .http:
            guard draft.place.wholeMatch(of: /https?:\/\/[^\/?#\s]+[^\s]*/) != nil else {
                throw StorageError.invalid("place", "An address that begins with https:// or http://.")
            }
        }
        guard arguments.count <= 100 else { throw StorageError.invalid("arguments", "At most 100.") }
        draft.arguments = try arguments.map { try Checks.text($0, "arguments", upTo: 4000, allowsEmpty: true) }
        draft.network = transport == .stdio ? try Checks.network(network, "network").entries : []
        guard secrets.count <= Self.mostSecrets else {
            throw StorageError.invalid("secrets", "At most \(Self.mostSecrets).")
        }
        for (name, value) in secrets { try check(name, value) }
        return draft
    }

    private func check(_ name: String, _ value: Secret?) throws {
        let isName =
            transport == .stdio
            ? name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]{0,99}/) != nil
            : name.wholeMatch(of: /[A-Za-z][A-Za-z0-9-]{0,99}/) != nil
        guard isName else {
            throw StorageError.invalid("secrets", "\(name.prefix(40)) is no name that can be used here.")
        }
        guard let value = value?.reveal() else { return }
        let isPlain = !value.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
        guard isPlain, value.utf8.count <= 8000 else {
            throw StorageError.invalid("secrets", "The value of \(name) is too long, or more than a line.")
        }
    }
}
