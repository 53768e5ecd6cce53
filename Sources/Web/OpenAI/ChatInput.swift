import Engine
import NIOCore

/// A request for a chat completion, read and checked.
struct ChatInput: Sendable {
    /// The name or id of a model or an agent.
    let model: String
    let request: ModelRequest
    let isStreamed: Bool
    /// Whether the stream ends with what it took.
    let includesUsage: Bool

    init(_ body: ByteBuffer) throws(WebError) {
        let input = try InputReader(body)
        let name = try input.need("model")
        model = try name.string()
        guard !model.isEmpty else { throw name.refused("it names no model") }
        try Self.refuseOthers(input)
        isStreamed = try input["stream"]?.bool() ?? false
        if let options = input["stream_options"], !isStreamed {
            throw options.refused("it is only for requests with 'stream': true")
        }
        includesUsage = try input["stream_options"]?["include_usage"]?.bool() ?? false
        var request = try ChatMessages(try input.need("messages")).request
        request.tools = try ChatTools.descriptions(input)
        request.temperature = try input["temperature"]?.number(in: 0...2)
        let older = try input["max_tokens"]?.int(in: 1...100_000_000)
        request.maximumTokens = try input["max_completion_tokens"]?.int(in: 1...100_000_000) ?? older
        request.options = try Self.options(input, tools: request.tools)
        self.request = request
    }

    /// What would change the answer and is not done here.
    private static func refuseOthers(_ input: InputReader) throws(WebError) {
        if let count = input["n"], try count.int(in: 1...128) != 1 {
            throw count.unsupported("One request gets one answer: leave it out, or set it to 1.")
        }
        if let wanted = input["logprobs"], try wanted.bool() { throw wanted.unsupported("There are no logprobs here.") }
        if let wanted = input["top_logprobs"], wanted.node.int != 0 {
            throw wanted.unsupported("There are no logprobs here.")
        }
        for name in ["functions", "function_call"] {
            if let old = input[name] { throw old.unsupported("Use 'tools' and 'tool_choice'.") }
        }
        for name in ["audio", "web_search_options", "prediction", "moderation"] {
            if let other = input[name] { throw other.unsupported("It is not available here.") }
        }
        if let kinds = input["modalities"], try kinds.array().contains(where: { $0.node.string != "text" }) {
            throw kinds.unsupported("Answers are text.")
        }
    }

    private static func options(_ input: InputReader, tools: [ToolDescription]) throws(WebError) -> ModelOptions {
        var options = ModelOptions()
        options.stop = try input["stop"].map(stop) ?? []
        options.topP = try input["top_p"]?.number(in: 0...1)
        options.presencePenalty = try input["presence_penalty"]?.number(in: -2...2)
        options.frequencyPenalty = try input["frequency_penalty"]?.number(in: -2...2)
        options.seed = try input["seed"]?.int(in: Int.min...Int.max)
        options.reasoningEffort = try input["reasoning_effort"]?.string()
        options.verbosity = try input["verbosity"]?.string()
        options.logitBias = try input["logit_bias"].flatMap(bias)
        options.toolUse = try ChatTools.use(input, among: tools)
        let mayBeParallel = try input["parallel_tool_calls"]?.bool()
        options.parallelTools = tools.isEmpty ? nil : mayBeParallel
        options.format = try input["response_format"].flatMap(ChatTools.format)
        return options
    }

    /// Tokens by their numbers, as they were written.
    private static func bias(_ bias: InputReader) throws(WebError) -> String? {
        guard case .object(let members) = bias.node.value else { throw bias.wrong("an object") }
        for (token, weight) in members {
            guard Int(token) != nil else { throw bias.refused("its names are numbers of tokens") }
            _ = try InputReader(weight, name: "\(bias.name).\(token)").number(in: -100...100)
        }
        return members.isEmpty ? nil : bias.node.text
    }

    private static func stop(_ stop: InputReader) throws(WebError) -> [String] {
        if let word = stop.node.string { return word.isEmpty ? [] : [word] }
        let words = try stop.array()
        guard words.count <= 4 else { throw stop.refused("at most 4 sequences") }
        return try words.map { word throws(WebError) in try word.string() }.filter { !$0.isEmpty }
    }
}
