import Storage

extension Voice {
    /// What a tool is for, in the reader's language; of one that ALMA does not bring, the first sentence of what models read.
    func about(tool name: String, _ description: String) -> String {
        let key = "agents.toolAbout.\(name)"
        if words.has(key) { return words[key] }
        let end = description.ranges(of: ". ").first?.lowerBound
        return end.map { String(description[...$0]) } ?? description
    }
}

extension AgentTool {
    func about(_ voice: Voice) -> String { voice.about(tool: name, description) }
}
