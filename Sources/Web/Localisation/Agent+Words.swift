import Storage

// The system's agents in the reader's language, by the names that never change; other agents as their makers wrote them.

extension Agent {
    func title(voice: Voice) -> String {
        word("agents.name.\(name)", voice) ?? displayName
    }

    func about(voice: Voice) -> String {
        word("agents.about.\(name)", voice) ?? description ?? ""
    }

    func abilities(voice: Voice) -> [String] {
        capabilities.map { word("agents.ability.\($0)", voice) ?? $0 }
    }

    private func word(_ key: String, _ voice: Voice) -> String? {
        isSystemAgent && voice.words.has(key) ? voice.words[key] : nil
    }
}
