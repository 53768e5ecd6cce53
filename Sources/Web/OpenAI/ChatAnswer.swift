import Engine
import Foundation
import NIOCore

/// What is told of a completion besides its words.
struct ChatHead: Sendable {
    let id: String
    let created: Int

    init() {
        id = "chatcmpl-" + UUID.v7().text.replacing("-", with: "")
        created = Int(Date().timeIntervalSince1970)
    }

    /// The beginning of an object, without its closing brace.
    func opening(_ object: String, model: String) -> String {
        var json = JSONFields()
        json.set("id", id)
        json.set("object", object)
        json.set("created", created)
        json.set("model", model)
        json.raw("system_fingerprint", "null")
        return String(json.closed.dropLast())
    }
}

/// A whole answer, as it is gathered for those who read no streams.
struct ChatAnswer: Sendable {
    private var text = ""
    private var refusal = ""
    private var reasoning = ""
    private var calls: [ToolCall] = []

    mutating func take(_ piece: ModelPiece) {
        switch piece {
        case .text(let delta): text += delta
        case .refusal(let delta): refusal += delta
        case .reasoning(let delta): reasoning += delta
        case .toolCall(let call): calls.append(call)
        case .usage, .finish: break
        }
    }

    /// A `chat.completion`.
    func document(_ head: ChatHead, model: String, finish: FinishReason?, tokens: TokenUsage) -> String {
        var message = JSONFields()
        message.set("role", "assistant")
        message.set("content", text.isEmpty && !(calls.isEmpty && refusal.isEmpty) ? nil : text)
        if !reasoning.isEmpty { message.set("reasoning_content", reasoning) }
        message.set("refusal", refusal.isEmpty ? nil : refusal)
        if !calls.isEmpty {
            message.raw("tool_calls", "[" + calls.map { $0.json().closed }.joined(separator: ",") + "]")
        }
        var choice = JSONFields()
        choice.set("index", 0)
        choice.raw("message", message.closed)
        choice.raw("logprobs", "null")
        choice.set("finish_reason", (finish ?? .stop).word)
        return head.opening("chat.completion", model: model)
            + ",\"choices\":[\(choice.closed)],\"usage\":\(tokens.openAI)}"
    }
}

/// The events of a streamed answer.
struct ChatChunks: Sendable {
    private let opening: String
    private let includesUsage: Bool
    /// What stands before and behind a delta that ends nothing.
    private let before: String
    private let after: String

    init(_ head: ChatHead, model: String, includesUsage: Bool) {
        opening = "data: " + head.opening("chat.completion.chunk", model: model)
        self.includesUsage = includesUsage
        before = opening + ",\"choices\":[{\"index\":0,\"delta\":"
        after = ",\"logprobs\":null,\"finish_reason\":null}]\(includesUsage ? ",\"usage\":null" : "")}\n\n"
    }

    func begin(_ buffer: inout ByteBuffer) { delta(#"{"role":"assistant","content":""}"#, &buffer) }

    /// The first one of what is no answer.
    func beginRefusal(_ buffer: inout ByteBuffer) {
        delta(#"{"role":"assistant","content":null,"refusal":""}"#, &buffer)
    }

    func text(_ text: String, _ buffer: inout ByteBuffer) { delta("content", text, &buffer) }
    func refusal(_ text: String, _ buffer: inout ByteBuffer) { delta("refusal", text, &buffer) }
    func reasoning(_ text: String, _ buffer: inout ByteBuffer) { delta("reasoning_content", text, &buffer) }

    func call(_ call: ToolCall, index: Int, _ buffer: inout ByteBuffer) {
        delta("{\"tool_calls\":[\(call.json(index: index).closed)]}", &buffer)
    }

    /// The last ones; nothing follows.
    func end(_ finish: FinishReason?, tokens: TokenUsage, _ buffer: inout ByteBuffer) {
        buffer.writeString(before + "{},\"logprobs\":null,\"finish_reason\":\"\((finish ?? .stop).word)\"}]")
        buffer.writeString(includesUsage ? ",\"usage\":null}\n\n" : "}\n\n")
        if includesUsage { buffer.writeString(opening + ",\"choices\":[],\"usage\":\(tokens.openAI)}\n\n") }
        buffer.writeString("data: [DONE]\n\n")
    }

    private func delta(_ name: StaticString, _ text: String, _ buffer: inout ByteBuffer) {
        var json = "{\""
        json += name.description
        json += "\":"
        json.appendJSONString(text)
        json += "}"
        delta(json, &buffer)
    }

    private func delta(_ json: String, _ buffer: inout ByteBuffer) {
        buffer.writeString(before)
        buffer.writeString(json)
        buffer.writeString(after)
    }
}

extension ToolCall {
    /// `index`: in a stream.
    fileprivate func json(index: Int? = nil) -> JSONFields {
        var function = JSONFields()
        function.set("name", name)
        function.set("arguments", arguments)
        var json = JSONFields()
        if let index { json.set("index", index) }
        json.set("id", id)
        json.set("type", "function")
        json.raw("function", function.closed)
        return json
    }
}

extension FinishReason {
    /// Clients know no others.
    fileprivate var word: String { self == .other ? FinishReason.stop.rawValue : rawValue }
}

extension TokenUsage {
    /// As the end of a completion tells it.
    fileprivate var openAI: String {
        "{\"prompt_tokens\":\(input),\"completion_tokens\":\(output),\"total_tokens\":\(input + output),"
            + "\"prompt_tokens_details\":{\"cached_tokens\":\(cached),\"audio_tokens\":0},"
            + "\"completion_tokens_details\":{\"reasoning_tokens\":\(reasoning),\"audio_tokens\":0}}"
    }
}
