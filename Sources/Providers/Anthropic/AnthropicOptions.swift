import Engine

/// What a program asks of the answer, in Anthropic's words. It has none for seeds and penalties.
struct AnthropicOptions {
    private let options: ModelOptions
    private let hasTools: Bool

    init(_ options: ModelOptions, hasTools: Bool) {
        self.options = options
        self.hasTools = hasTools
    }

    /// An answer by a schema is another kind of answer, so it is refused rather than left to chance.
    func check() throws(ModelError) {
        guard options.format == nil else {
            throw ModelError(.rejected, "This model's provider takes no response_format. Choose another model.")
        }
    }

    func write(_ json: inout JSONWriter) {
        if !options.stop.isEmpty {
            json.array("stop_sequences") { json in for word in options.stop { json.string(word) } }
        }
        if let topP = options.topP, topP.isFinite { json.member("top_p", raw: "\(topP)") }
        guard hasTools, options.toolUse != nil || options.parallelTools != nil else { return }
        json.object("tool_choice") { json in
            switch options.toolUse ?? .automatic {
            case .automatic: json.member("type", "auto")
            case .none: json.member("type", "none")
            case .required: json.member("type", "any")
            case .tool(let name):
                json.member("type", "tool")
                json.member("name", name)
            }
            if options.parallelTools == false, options.toolUse != ModelOptions.ToolUse.none {
                json.member("disable_parallel_tool_use", raw: "true")
            }
        }
    }
}
