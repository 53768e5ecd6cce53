import Engine
import Foundation
import Storage

/// What models were sent for a run, call by call.
struct RequestsView: View {
    static let template = "requests"

    let page: Frame
    let back: String
    let requests: [Call]
    let isEmpty: Bool

    struct Call: Sendable {
        let name: String
        let time: TimeText?
        let parts: [Part]
    }

    /// One message, or what stands around them.
    struct Part: Sendable {
        let name: String
        let size: String
        let text: String
    }

    init(page: Frame, run: UUID, requests: [ModelRequestRecord], voice: Voice) {
        self.page = page
        back = "/runs/\(run.text)"
        isEmpty = requests.isEmpty
        self.requests = requests.enumerated().map { index, request in
            Call(
                name: voice.words("sent.call", ["n": String(index + 1), "model": request.model]),
                time: voice.time(request.sentAt),
                parts: Self.parts(request, voice: voice)
            )
        }
    }

    private static func parts(_ request: ModelRequestRecord, voice: Voice) -> [Part] {
        var parameters = request.preamble.object ?? [:]
        let instruction = parameters.removeValue(forKey: "instruction")?.string ?? ""
        let tools = parameters.removeValue(forKey: "tools")?.array ?? []
        let before = [
            ("sent.instruction", instruction), ("sent.tools", tools.map(\.text).joined(separator: "\n")),
            ("sent.parameters", JSONValue.object(parameters).text),
        ]
        let named = before.map { part(voice.words[$0.0], $0.1, voice) }
        let messages = request.messages.map { message in
            let calls = message["tool_calls"]?.array?.map(\.text) ?? []
            let text = ([message["content"]?.string ?? ""] + calls).filter { !$0.isEmpty }.joined(separator: "\n")
            let role = message["role"]?.string ?? ""
            let tool = message["tool_name"]?.string.map { " · \($0)" } ?? ""
            return part(voice.words["sent.role.\(role)"] + tool, text, voice)
        }
        return named.filter { !$0.text.isEmpty } + messages
    }

    private static func part(_ name: String, _ text: String, _ voice: Voice) -> Part {
        Part(name: name, size: voice.words("sent.size", ["n": text.utf8.count.grouped]), text: text)
    }
}
