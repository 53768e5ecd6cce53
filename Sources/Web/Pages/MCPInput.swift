import Engine
import Foundation
import Storage

/// An MCP server's form as it was sent.
struct MCPInput: Sendable {
    var draft = Draft()
    var errors = FormErrors()

    /// What was typed.
    struct Draft: Sendable {
        var name = ""
        var transport = MCPServer.Transport.stdio
        var place = ""
        /// One a line.
        var arguments = ""
        /// With commas or blanks between them.
        var network = ""
        /// Lines as they were typed, without the values: those are not shown again.
        var secretNames = ""
        var secrets: [String: Secret?] = [:]
        var agents: Set<String> = ["assistant"]
        var isTrusted = false
        var isEnabled = true
    }

    /// A new one.
    init() {}

    init(_ record: MCPRecord) {
        draft = Draft(
            name: record.name,
            transport: record.transport,
            place: record.place,
            arguments: record.arguments.joined(separator: "\n"),
            network: record.network.joined(separator: ", "),
            secretNames: record.secretNames.joined(separator: "\n"),
            agents: Set(record.agents),
            isTrusted: record.isTrusted,
            isEnabled: record.isEnabled
        )
    }

    init(_ form: Form, voice: Voice) {
        draft.name = form.trimmed("name")
        draft.transport = MCPServer.Transport(rawValue: form["transport"]) ?? .stdio
        draft.place = form.trimmed("place")
        draft.arguments = form["arguments"]
        draft.network = form.trimmed("network")
        draft.agents = Set(form.all("agent"))
        draft.isTrusted = form.has("trusted")
        draft.isEnabled = form.has("enabled")
        for line in form["secrets"].split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0]).trimmed
            guard !name.isEmpty else {
                errors.add("secrets", voice.words["mcp.secretsWrong"])
                continue
            }
            draft.secrets[name] = .some(parts.count == 2 ? Secret(String(parts[1]).trimmed) : nil)
        }
        draft.secretNames = draft.secrets.keys.sorted().joined(separator: "\n")
    }

    /// As the store takes it.
    var server: MCPDraft {
        MCPDraft(
            name: draft.name,
            transport: draft.transport,
            place: draft.place,
            arguments: draft.arguments.split(whereSeparator: \.isNewline).map { String($0).trimmed }.filter {
                !$0.isEmpty
            },
            network: draft.network.listedHosts,
            secrets: draft.secrets,
            isEnabled: draft.isEnabled,
            isTrusted: draft.isTrusted,
            agents: draft.agents.sorted()
        )
    }

    /// Throws what is not about a field.
    mutating func add(_ error: StorageError, voice: Voice) throws {
        let words = voice.words
        switch error.code {
        case .conflict("name"): errors.add("name", words["mcp.nameTaken"])
        case .invalid("name"): errors.add("name", words["mcp.nameWrong"])
        case .invalid("place"): errors.add("place", words["mcp.placeWrong"])
        case .invalid("secrets"): errors.add("secrets", words["mcp.secretsWrong"])
        case .invalid("network"): errors.add("network", voice.notAccepted(error.message))
        case .invalid("arguments"): errors.add("arguments", words["mcp.argumentsWrong"])
        default: throw error
        }
    }
}
