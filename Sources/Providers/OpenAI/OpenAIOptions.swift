import Engine

/// What a program asks of the answer, in OpenAI's words.
struct OpenAIOptions {
    private let options: ModelOptions

    init(_ options: ModelOptions) { self.options = options }

    func write(_ json: inout JSONWriter) {
        guard options != ModelOptions() else { return }
        if !options.stop.isEmpty { json.array("stop") { json in for word in options.stop { json.string(word) } } }
        number("top_p", options.topP, &json)
        number("presence_penalty", options.presencePenalty, &json)
        number("frequency_penalty", options.frequencyPenalty, &json)
        if let seed = options.seed { json.member("seed", raw: "\(seed)") }
        if let bias = options.logitBias { json.member("logit_bias", raw: bias) }
        if let effort = options.reasoningEffort { json.member("reasoning_effort", effort) }
        if let verbosity = options.verbosity { json.member("verbosity", verbosity) }
        if let isParallel = options.parallelTools { json.member("parallel_tool_calls", raw: "\(isParallel)") }
        if let use = options.toolUse { write(use, &json) }
        if let format = options.format { json.object("response_format") { write(format, &$0) } }
    }

    private func number(_ name: String, _ value: Double?, _ json: inout JSONWriter) {
        if let value, value.isFinite { json.member(name, raw: "\(value)") }
    }

    private func write(_ use: ModelOptions.ToolUse, _ json: inout JSONWriter) {
        switch use {
        case .automatic: json.member("tool_choice", "auto")
        case .none: json.member("tool_choice", "none")
        case .required: json.member("tool_choice", "required")
        case .tool(let name):
            json.object("tool_choice") { json in
                json.member("type", "function")
                json.object("function") { $0.member("name", name) }
            }
        }
    }

    private func write(_ format: ModelOptions.AnswerFormat, _ json: inout JSONWriter) {
        switch format {
        case .object: json.member("type", "json_object")
        case .schema(let name, let description, let schema, let isStrict):
            json.member("type", "json_schema")
            json.object("json_schema") { json in
                json.member("name", name)
                if let description { json.member("description", description) }
                json.member("schema", raw: schema)
                if let isStrict { json.member("strict", raw: "\(isStrict)") }
            }
        }
    }
}
