import Engine
import Foundation
import NIOCore

/// A request for embeddings, read and checked.
struct EmbeddingInput: Sendable {
    private static let most = 2048

    let model: String
    let request: EmbeddingRequest
    /// Whether vectors are told as the bytes of their numbers.
    let isBase64: Bool

    init(_ body: ByteBuffer) throws(WebError) {
        let input = try InputReader(body)
        model = try input.need("model").string()
        request = EmbeddingRequest(
            inputs: try Self.inputs(try input.need("input")),
            dimensions: try input["dimensions"]?.int(in: 1...100_000)
        )
        switch try input["encoding_format"]?.string() {
        case nil, "float": isBase64 = false
        case "base64": isBase64 = true
        default: throw try input.need("encoding_format").refused("expected 'float' or 'base64'")
        }
    }

    /// A text, texts, the numbers of one text, or those of several.
    private static func inputs(_ input: InputReader) throws(WebError) -> [EmbeddingRequest.Input] {
        guard input.node.array != nil else { return [try one(input)] }
        guard let first = input.node.array?.first else { throw input.refused("it is empty") }
        if first.int != nil { return [.tokens(try tokens(input))] }
        let items = try input.array()
        guard items.count <= most else { throw input.refused("at most \(most) texts at once") }
        return try items.map { item throws(WebError) in
            item.node.array == nil ? try one(item) : .tokens(try tokens(item))
        }
    }

    private static func one(_ input: InputReader) throws(WebError) -> EmbeddingRequest.Input {
        let text = try input.string()
        guard !text.isEmpty else { throw input.refused("it is empty") }
        return .text(text)
    }

    private static func tokens(_ input: InputReader) throws(WebError) -> [Int] {
        guard let nodes = input.node.array else { throw input.wrong("an array") }
        guard !nodes.isEmpty else { throw input.refused("it is empty") }
        var tokens: [Int] = []
        tokens.reserveCapacity(nodes.count)
        // There are many: only one that is wrong gets a name.
        for (index, node) in nodes.enumerated() {
            guard let token = node.int, 0...Int(Int32.max) ~= token else {
                tokens.append(try InputReader(node, name: "\(input.name)[\(index)]").int(in: 0...Int(Int32.max)))
                continue
            }
            tokens.append(token)
        }
        return tokens
    }

    /// A `list` of vectors.
    func document(_ vectors: [[Float]], model: String, tokens: Int) -> String {
        let items = vectors.enumerated().map { index, vector in
            let shown = isBase64 ? "\"\(vector.base64)\"" : "[" + vector.map { "\($0)" }.joined(separator: ",") + "]"
            return "{\"object\":\"embedding\",\"index\":\(index),\"embedding\":\(shown)}"
        }
        var json = JSONFields()
        json.set("object", "list")
        json.raw("data", "[" + items.joined(separator: ",") + "]")
        json.set("model", model)
        json.raw("usage", "{\"prompt_tokens\":\(tokens),\"total_tokens\":\(tokens)}")
        return json.closed
    }
}

extension [Float] {
    /// Four bytes for each, the lowest first.
    fileprivate var base64: String {
        var bytes = Data(capacity: count * 4)
        for number in self {
            Swift.withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
        return bytes.base64EncodedString()
    }
}
