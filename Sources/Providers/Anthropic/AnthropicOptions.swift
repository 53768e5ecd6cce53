import Engine

/// What a program asks of the answer, in Anthropic's words. It has none for seeds and penalties.
struct AnthropicOptions {
    private let options: ModelOptions
    private let hasTools: Bool

    init(_ options: ModelOptions, hasTools: Bool) {
        self.options = options
        self.hasTools = hasTools
    }

    /// What would have made another answer of it is refused rather than left to chance.
    func check() throws(ModelError) {
        if options.format != nil { throw Self.lacks("response_format") }
        if options.logitBias != nil { throw Self.lacks("logit_bias") }
        if options.verbosity != nil { throw Self.lacks("verbosity") }
        // Nobody has asked it to reason.
        if let effort = options.reasoningEffort, effort != "none" { throw Self.lacks("reasoning_effort") }
    }

    private static func lacks(_ name: String) -> ModelError {
        .unsupported(name, "This model's provider takes no \(name). Leave it out, or choose another model.")
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
