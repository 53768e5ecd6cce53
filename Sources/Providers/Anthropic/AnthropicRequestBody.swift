import Engine

/// A question as Anthropic's messages want it: people's turns and the model's alternate, tool results are people's.
struct AnthropicRequestBody {
    let model: String
    let request: ModelRequest

    /// Anthropic wants a number always.
    private static let defaultMaximum = 4096

    var bytes: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("model", model)
            json.member("max_tokens", raw: "\(request.maximumTokens ?? Self.defaultMaximum)")
            json.member("stream", raw: "true")
            if !system.isEmpty { json.member("system", system) }
            if let temperature = request.temperature, temperature.isFinite {
                json.member("temperature", raw: "\(min(1, max(0, temperature)))")
            }
            json.array("messages", messages)
            if !request.tools.isEmpty { json.array("tools", tools) }
            AnthropicOptions(request.options, hasTools: !request.tools.isEmpty).write(&json)
        }
        return json.bytes
    }

    /// It stands before everything; what comes later in other protocols joins it.
    private var system: String {
        let later = request.messages.compactMap { if case .system(let text) = $0 { text } else { nil } }
        return ([request.instruction] + later).filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private func messages(_ json: inout JSONWriter) {
        for turn in turns {
            json.object { json in
                json.member("role", turn.isModel ? "assistant" : "user")
                json.array("content") { json in
                    for message in turn.messages { write(message, &json) }
                }
            }
        }
    }

    private var turns: [(isModel: Bool, messages: [ModelMessage])] {
        var turns: [(isModel: Bool, messages: [ModelMessage])] = []
        for message in request.messages where !message.isEmpty {
            if let last = turns.indices.last, turns[last].isModel == message.isModels {
                turns[last].messages.append(message)
            } else {
                turns.append((message.isModels, [message]))
            }
        }
        return turns
    }

    private func write(_ message: ModelMessage, _ json: inout JSONWriter) {
        switch message {
        case .system: break
        case .user(let text, let pictures):
            for picture in pictures { write(picture, &json) }
            if !text.isEmpty { writeText(text, &json) }
        case .assistant(let text, let calls):
            if !text.isEmpty { writeText(text, &json) }
            for call in calls { write(call, &json) }
        case .toolResult(let callID, _, let content, let isError):
            json.object { json in
                json.member("type", "tool_result")
                json.member("tool_use_id", callID)
                json.member("content", content)
                if isError { json.member("is_error", raw: "true") }
            }
        }
    }

    private func write(_ picture: ModelPicture, _ json: inout JSONWriter) {
        guard picture.isSent else { return }
        json.object { json in
            json.member("type", "image")
            json.object("source") { json in
                if let data = picture.data {
                    json.member("type", "base64")
                    json.member("media_type", picture.mediaType)
                    json.member("data", data)
                } else {
                    json.member("type", "url")
                    json.member("url", picture.address ?? "")
                }
            }
        }
    }

    private func writeText(_ text: String, _ json: inout JSONWriter) {
        json.object { json in
            json.member("type", "text")
            json.member("text", text)
        }
    }

    private func write(_ call: ToolCall, _ json: inout JSONWriter) {
        json.object { json in
            json.member("type", "tool_use")
            json.member("id", call.id)
            json.member("name", call.name)
            if JSONScanner.isObject(call.arguments) {
                json.member("input", raw: call.arguments)
            } else {
                // Arguments that were no object must be one here; the model sees what it wrote.
                json.object("input") { if !call.arguments.isEmpty { $0.member("unreadable", call.arguments) } }
            }
        }
    }

    private func tools(_ json: inout JSONWriter) {
        for tool in request.tools {
            json.object { json in
                json.member("name", tool.name)
                json.member("description", tool.description)
                json.member("input_schema", raw: tool.schemaObject)
            }
        }
    }
}

extension ModelMessage {
    fileprivate var isModels: Bool {
        if case .assistant = self { true } else { false }
    }

    /// Anthropic refuses blocks of text without text.
    fileprivate var isEmpty: Bool {
        switch self {
        case .system: true
        case .user(let text, let pictures): text.isEmpty && !pictures.contains(where: \.isSent)
        case .assistant(let text, let calls): text.isEmpty && calls.isEmpty
        case .toolResult: false
        }
    }
}
