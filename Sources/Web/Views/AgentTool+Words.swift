import Storage

extension AgentTool {
    /// What it is for, in the reader's language; of a tool that ALMA does not bring, the first sentence of what models read.
    func about(_ voice: Voice) -> String {
        let key = "agents.toolAbout.\(name)"
        if voice.words.has(key) { return voice.words[key] }
        let end = description.ranges(of: ". ").first?.lowerBound
        return end.map { String(description[...$0]) } ?? description
    }
}
