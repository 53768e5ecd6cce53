package import Foundation
package import Hummingbird
import NIOCore
package import Storage

extension Request {
    /// The JSON body as `Input`. What is missing or of the wrong type is named by field.
    package func decodeJSON<Input: Decodable>(_ type: Input.Type, context: WebContext) async throws -> Input {
        let contentType = headers[.contentType] ?? "application/json"
        guard contentType.hasPrefix("application/json") else {
            throw WebError(.unsupportedMediaType, "Send the body as application/json.")
        }
        return try JSONInput.decode(Input.self, from: await boundedBody(context))
    }

    /// The body as `Input`, and as it came: for fields that are objects of the caller's own.
    func decodeJSONAndBody<Input: Decodable>(
        _ type: Input.Type,
        context: WebContext
    ) async throws -> (Input, ByteBuffer) {
        let body = try await boundedBody(upTo: context.maxUploadSize)
        var copy = self
        copy.body = .init(buffer: body)
        return (try await copy.decodeJSON(Input.self, context: context), body)
    }

    private func boundedBody(_ context: WebContext) async throws -> Data {
        do {
            let buffer = try await boundedBody(upTo: context.maxUploadSize)
            guard buffer.readableBytes > 0 else {
                throw WebError(.badRequest, "The body is empty; send a JSON object.")
            }
            return Data(buffer.readableBytesView)
        } catch let error as WebError {
            throw error
        } catch {
            throw WebError(.tooLarge, "The body may hold at most \(context.maxUploadSize / 1024) KB.")
        }
    }
}

/// What a program sends, read strictly: what is missing or of the wrong type is named by field.
enum JSONInput {
    static func decode<Input: Decodable>(_ type: Input.Type, from data: Data) throws -> Input {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        decoder.dateDecodingStrategy = .custom { try date($0) }
        do {
            return try decoder.decode(Input.self, from: data)
        } catch let error as DecodingError {
            throw webError(from: error, in: data)
        }
    }

    /// `2026-11-21T10:00:00Z`, with or without fractions of a second.
    private static func date(_ decoder: any Decoder) throws -> Date {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        for hasFractions in [false, true] {
            let style = Date.ISO8601FormatStyle(includingFractionalSeconds: hasFractions)
            if let date = try? Date(text, strategy: style) { return date }
        }
        throw DecodingError.dataCorruptedError(in: container, debugDescription: "no time")
    }

    private static func webError(from error: DecodingError, in body: Data) -> WebError {
        func name(_ path: [any CodingKey]) -> String { path.map(\.stringValue).joined(separator: ".").snakeCase }
        switch error {
        case .keyNotFound(let key, let context):
            return .needed([name(context.codingPath + [key])])
        case .valueNotFound(_, let context): return .invalid(name(context.codingPath), "This field may not be null.")
        case .typeMismatch(_, let context) where context.codingPath.isEmpty:
            return WebError(.badRequest, "The body must be a JSON object.")
        case .typeMismatch(let type, let context):
            return .invalid(name(context.codingPath), "This field must be of type \(typeName(type)).")
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            return .invalid(name(context.codingPath), "This value cannot be read.")
        default:
            // A number that no field of ours can hold names no field.
            let isJSON = (try? JSONSerialization.jsonObject(with: body, options: .fragmentsAllowed)) != nil
            return isJSON
                ? WebError(.validation, "A number in the body is too large.")
                : WebError(.badRequest, "The body is not valid JSON.")
        }
    }

    private static func typeName(_ type: any Any.Type) -> String {
        switch type {
        case is String.Type, is UUID.Type: "string"
        case is Bool.Type: "boolean"
        case is Int.Type: "integer"
        case is Double.Type: "number"
        default: String(describing: type).hasPrefix("Array") ? "array" : "object"
        }
    }
}

extension String {
    /// `agentId` as `agent_id`: as the fields of our JSON are called.
    var snakeCase: String {
        reduce(into: "") { result, letter in
            if letter.isUppercase { result += "_" }
            result += letter.lowercased()
        }
    }
}

/// The query of a request, read strictly: a value that makes no sense is an error that names its field.
package struct QueryReader {
    private let fields: Form
    /// What may be read of it: all, where nothing is declared, as on pages.
    var declared: DeclaredQuery?

    package init(_ request: Request) { fields = Form(body: request.uri.query ?? "") }

    init(_ fields: Form) { self.fields = fields }

    /// nil when it is missing or empty, or nobody has declared it.
    package func text(_ name: String) -> String? {
        guard declared?.has(name) ?? true else { return nil }
        let value = fields[name]
        return value.isEmpty ? nil : value
    }

    /// Throws when it stands there more than once, or without a value that it needs.
    func check(_ name: String, mayBeEmpty: Bool = false) throws(WebError) {
        guard fields.count(name) <= 1 else { throw .invalid(name, "Give it once.") }
        guard mayBeEmpty || fields.count(name) == 0 || !fields[name].isEmpty else {
            throw .invalid(name, "Give it a value, or leave it out.")
        }
    }

    package func flag(_ name: String) throws(WebError) -> Bool? {
        switch text(name)?.lowercased() {
        case nil: nil
        case "true", "1": true
        case "false", "0": false
        default: throw .invalid(name, "Use true or false.")
        }
    }

    package func identifier(_ name: String) throws(WebError) -> UUID? {
        guard let value = text(name) else { return nil }
        guard let id = UUID(uuidString: value) else { throw .invalid(name, "This is not a UUID.") }
        return id
    }

    package func number(_ name: String, in range: ClosedRange<Int>) throws(WebError) -> Int? {
        guard let value = text(name) else { return nil }
        guard let number = Int(value), range.contains(number) else {
            throw .invalid(name, "Use a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }

    package func page(defaultSize: Int = 20) throws(WebError) -> Page {
        Page(
            number: try number("page", in: 1...1_000_000) ?? 1,
            size: try number("per_page", in: 1...100) ?? defaultSize
        )
    }
}
