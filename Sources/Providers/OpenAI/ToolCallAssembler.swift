import Engine

/// A piece of a tool call as it streams.
struct ToolCallPart: Equatable {
    var index: Int?
    var id: String?
    var name: String?
    var arguments: String?
}

/// Puts tool calls together from their pieces. What the arguments say is not looked at: that is the engine's matter.
struct ToolCallAssembler: Sendable {
    private var calls: [(index: Int?, call: ToolCall)] = []
    private var size = 0
    private let sizeLimit: Int

    private static let countLimit = 128

    init(sizeLimit: Int = 4 << 20) { self.sizeLimit = sizeLimit }

    var isEmpty: Bool { calls.isEmpty }

    mutating func add(_ part: ToolCallPart) throws(ModelError) {
        let position = try position(of: part)
        size += part.arguments?.utf8.count ?? 0
        guard size <= sizeLimit else { throw .tooLarge }
        if calls[position].call.id.isEmpty, let id = part.id { calls[position].call.id = id }
        if calls[position].call.name.isEmpty, let name = part.name { calls[position].call.name = name }
        calls[position].call.arguments += part.arguments ?? ""
    }

    /// The calls in the order of their first pieces; one without an id gets one.
    mutating func takeAll() -> [ToolCall] {
        defer { calls = [] }
        return calls.enumerated().map { position, entry in
            var call = entry.call
            if call.id.isEmpty { call.id = "call_\(position + 1)" }
            return call
        }
    }

    /// By index; without one, a new id begins a new call and anything else belongs to the last.
    private mutating func position(of part: ToolCallPart) throws(ModelError) -> Int {
        let known =
            if let index = part.index {
                calls.firstIndex { $0.index == index }
            } else if let id = part.id, !id.isEmpty {
                calls.firstIndex { $0.call.id == id }
            } else {
                calls.indices.last
            }
        if let known { return known }
        guard calls.count < Self.countLimit else { throw .tooLarge }
        calls.append((part.index, ToolCall(id: "", name: "", arguments: "")))
        return calls.count - 1
    }
}
