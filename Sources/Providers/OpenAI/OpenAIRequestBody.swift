import Engine

/// A question as OpenAI's chat completions want it.
struct OpenAIRequestBody {
    let model: String
    let kind: ProviderKind
    let request: ModelRequest

    var bytes: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("model", model)
            json.array("messages", messages)
            json.member("stream", raw: "true")
            json.object("stream_options") { $0.member("include_usage", raw: "true") }
            if let temperature = request.temperature, temperature.isFinite {
                json.member("temperature", raw: "\(temperature)")
            }
            if let maximum = request.maximumTokens { json.member(maximumName, raw: "\(maximum)") }
            if !request.tools.isEmpty { json.array("tools", tools) }
            OpenAIOptions(request.options).write(&json)
        }
        return json.bytes
    }

    /// OpenAI's newer models refuse the old name, other servers do not know the new one.
    private var maximumName: String {
        kind == .openai || kind == .azure ? "max_completion_tokens" : "max_tokens"
    }

    private func messages(_ json: inout JSONWriter) {
        if !request.instruction.isEmpty {
            json.object { json in
                json.member("role", "system")
                json.member("content", request.instruction)
            }
        }
        for message in request.messages { json.object { write(message, &$0) } }
    }

    private func write(_ message: ModelMessage, _ json: inout JSONWriter) {
        switch message {
        case .system(let text):
            json.member("role", "system")
            json.member("content", text)
        case .user(let text, let pictures):
            json.member("role", "user")
            let shown = pictures.filter(\.isSent)
            guard !shown.isEmpty else { return json.member("content", text) }
            json.array("content") { json in
                for picture in shown { json.object { write(picture, &$0) } }
                if !text.isEmpty {
                    json.object { json in
                        json.member("type", "text")
                        json.member("text", text)
                    }
                }
            }
        case .assistant(let text, let calls):
            json.member("role", "assistant")
            json.key("content")
            if text.isEmpty && !calls.isEmpty { json.raw("null") } else { json.string(text) }
            if !calls.isEmpty {
                json.array("tool_calls") { json in for call in calls { json.object { write(call, &$0) } } }
            }
        case .toolResult(let callID, _, let content, _):
            json.member("role", "tool")
            json.member("tool_call_id", callID)
            json.member("content", content)
        }
    }

    private func write(_ picture: ModelPicture, _ json: inout JSONWriter) {
        json.member("type", "image_url")
        let inline = picture.data.map { "data:\(picture.mediaType);base64,\($0)" }
        json.object("image_url") { json in
            json.member("url", inline ?? picture.address ?? "")
            if let detail = picture.detail { json.member("detail", detail) }
        }
    }

    private func write(_ call: ToolCall, _ json: inout JSONWriter) {
        json.member("id", call.id)
        json.member("type", "function")
        json.object("function") { json in
            json.member("name", call.name)
            json.member("arguments", call.arguments)
        }
    }

    private func tools(_ json: inout JSONWriter) {
        for tool in request.tools {
            json.object { json in
                json.member("type", "function")
                json.object("function") { json in
                    json.member("name", tool.name)
                    json.member("description", tool.description)
                    json.member("parameters", raw: tool.schemaObject)
                    if let isStrict = tool.isStrict { json.member("strict", raw: "\(isStrict)") }
                }
            }
        }
    }
}

extension ToolDescription {
    /// The schema, or one that allows any object when it is not JSON.
    var schemaObject: String { JSONScanner.isObject(schema) ? schema : #"{"type":"object"}"# }
}
