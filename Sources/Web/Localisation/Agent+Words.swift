import Storage

// The system's agents in the reader's language, by the names that never change; other agents as their makers wrote them.

extension Voice {
    /// What an agent is called: one of the system's by the name that programs know it by.
    func agent(_ displayName: String?, systemName: String?) -> String? {
        let key = systemName.map { "agents.name.\($0)" } ?? ""
        return words.has(key) ? words[key] : displayName
    }
}

/// What an agent and a choice of agents are called by.
protocol NamedAgent {
    var name: String { get }
    var displayName: String { get }
    var description: String? { get }
    var isSystemAgent: Bool { get }
}

extension Agent: NamedAgent {}
extension AgentChoice: NamedAgent {}

extension Agent {
    func abilities(voice: Voice) -> [String] {
        capabilities.map { word("agents.ability.\($0)", voice) ?? $0 }
    }
}

extension NamedAgent {
    func title(voice: Voice) -> String {
        word("agents.name.\(name)", voice) ?? displayName
    }

    func about(voice: Voice) -> String {
        word("agents.about.\(name)", voice) ?? description ?? ""
    }

    fileprivate func word(_ key: String, _ voice: Voice) -> String? {
        isSystemAgent && voice.words.has(key) ? voice.words[key] : nil
    }
}
