import Engine
import Storage

// What defines an agent, and what is missing of it, in a reader's words.
extension AgentDefinition {
    /// Each field as lines of text, with its name.
    func parts(_ words: Words) -> [VersionField] {
        let texts: [(field: String, text: String)] = [
            ("display_name", displayName), ("name", name), ("description", description ?? ""),
            ("instruction", instruction.unixLines),
            ("model", model.map { [$0.name, $0.provider].compactMap(\.self).joined(separator: ", ") } ?? ""),
            ("parameters", parameters.memberLines), ("capabilities", capabilities.joined(separator: "\n")),
            ("team", team.joined(separator: "\n")),
            ("tools", tools.map(\.lines).joined(separator: "\n")), ("skills", skills.joined(separator: "\n")),
            ("is_shared", words[isShared ? "agents.shared" : "agents.notShared"]),
            ("status", words[isActive ? "agents.active" : "agents.notActive"]),
        ]
        return texts.map { VersionField($0.field, Self.label($0.field, words), $0.text) }
    }

    /// What a field is called.
    static func label(_ field: String, _ words: Words) -> String {
        switch field {
        case "display_name": words["agents.name"]
        case "name": words["agents.handle"]
        case "description": words["agents.about"]
        case "instruction": words["agents.instruction"]
        case "model": words["agents.model"]
        case "parameters": words["agents.more"]
        case "capabilities": words["agents.capabilities"]
        case "team": words["agents.team"]
        case "tools": words["agents.tools"]
        case "skills": words["skills.title"]
        case "is_shared": words["agents.sharing"]
        case "status": words["agents.status"]
        default: field
        }
    }
}

extension AgentDefinition.ToolUse {
    fileprivate var lines: String {
        let settings = configuration.memberLines
        return settings.isEmpty ? name : "\(name)\n  \(settings.replacing("\n", with: "\n  "))"
    }
}

extension AgentChanges {
    /// What a version changed; nil of the first.
    func words(_ words: Words) -> String? {
        let names = fields.map { AgentDefinition.label($0, words) }.joined(separator: words["version.comma"])
        let again = restored.map { words("version.restored", ["n": String($0)]) }
        let parts = [again, names.isEmpty ? nil : names].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: words["version.colon"])
    }
}

extension AgentArrival.Gap {
    func words(_ words: Words) -> String { words("agents.missing.\(kind.rawValue)", ["name": name]) }

    /// For programs: the field of the definition, and what is wrong with it.
    var detail: WebError.Detail {
        let field = kind == .model ? "model" : kind.rawValue
        let what: [AgentArrival.Gap.Kind: String] = [
            .model: "model", .team: "agent", .tools: "tool", .skills: "skill",
        ]
        return .init(field: field, message: "There is no \(what[kind] ?? field) called \(name.prefix(200)).")
    }
}
