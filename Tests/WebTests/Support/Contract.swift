import Engine
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

/// What `/openapi.json` says that the server answers, held against what it answers: in all tests that call the API.
struct Contract: Sendable {
    /// The same for every server of the tests; asked for once.
    private static let known = Locked<Contract?>(nil)

    let document: JSONValue
    /// Its components without room for what they do not name: programs may pass over what they do not know, our tests do
    /// not.
    private let components: JSONValue

    private init(document: JSONValue) {
        self.document = document
        components = Self.closed(document["components"] ?? .null)
    }

    static func of(_ client: any TestClientProtocol) async throws -> Contract {
        if let contract = known.withLock({ $0 }) { return contract }
        let answer = try await client.execute(uri: "/openapi.json", method: .get) { Answer($0) }
        let contract = Contract(document: try JSONValue(parsing: answer.text))
        known.withLock { $0 = contract }
        return contract
    }

    /// Records an issue when the status is not declared, or a header, or the body is not as it is declared, or has more than
    /// that.
    func check(_ method: HTTPRequest.Method, _ uri: String, _ answer: Answer) throws {
        let path = String(uri.prefix { $0 != "?" })
        guard path.hasPrefix("/v1/") || path.hasPrefix("/openai/") || path == "/mcp",
            let operation = operation(method, path)
        else { return }
        let name = "\(method) \(uri) \(answer.status)"
        guard var response = operation["responses"]?[String(answer.status)] else {
            Issue.record("\(name) is not declared")
            return
        }
        if let reference = response["$ref"]?.string { response = resolve(reference) ?? .null }
        checkHeaders(response, answer, name)
        let type = answer.headers[.contentType].map { String($0.prefix { $0 != ";" }) }
        guard let type else {
            #expect(response["content"] == nil, "\(name) has no body")
            return
        }
        guard let content = response["content"]?[type] else {
            Issue.record("\(name) is of type \(type), which is not declared")
            return
        }
        guard let schema = content["schema"] else { return }
        switch type {
        case "application/json":
            let wrong = try violations(try JSONValue(parsing: answer.text), of: schema)
            #expect(wrong.isEmpty, "\(name): \(wrong) in \(answer.text.prefix(2000))")
        case "text/event-stream":
            for event in Self.events(answer.text) { try checkEvent(event, schema, name) }
        default: break
        }
    }

    /// What is wrong with a value, whatever a schema leaves open.
    func violations(_ value: JSONValue, of schema: JSONValue) throws -> [SchemaViolation] {
        try JSONSchema(.object(["allOf": .array([Self.closed(schema)]), "components": components])).validate(value)
    }

    /// The same of a component.
    func violations(_ value: JSONValue, ofComponent name: String) throws -> [SchemaViolation] {
        try violations(value, of: .object(["$ref": .string("#/components/schemas/\(name)")]))
    }

    /// The events of a stream, each by its fields; not those that say nothing.
    static func events(_ text: String) -> [JSONValue] {
        text.split(separator: "\n\n" as String).compactMap { frame in
            var fields: [String: JSONValue] = [:]
            for line in frame.split(separator: "\n" as Character) {
                guard let end = line.firstRange(of: ": "), end.lowerBound > line.startIndex else { continue }
                fields[String(line[..<end.lowerBound])] = .string(String(line[end.upperBound...]))
            }
            return fields["data"] == nil ? nil : .object(fields)
        }
    }

    func checkEvent(_ event: JSONValue, _ schema: JSONValue, _ name: String) throws {
        let badFrame = try violations(event, of: schema)
        #expect(badFrame.isEmpty, "\(name): \(badFrame) in \(event.text.prefix(2000))")
        guard let record = schema["properties"]?["data"]?["contentSchema"], let data = event["data"]?.string else {
            return
        }
        let badRecord = try violations(try JSONValue(parsing: data), of: record)
        #expect(badRecord.isEmpty, "\(name): \(badRecord) in \(data.prefix(2000))")
    }

    /// Whatever the document has a word for is declared where it is sent.
    private func checkHeaders(_ response: JSONValue, _ answer: Answer, _ name: String) {
        let declared = response["headers"]?.object ?? [:]
        for header in (document["components"]?["headers"]?.object ?? [:]).keys where declared[header] == nil {
            guard let field = HTTPField.Name(header) else { continue }
            #expect(answer.headers[field] == nil, "\(name) has \(header), which is not declared")
        }
    }

    private static func closed(_ schema: JSONValue) -> JSONValue {
        switch schema {
        case .array(let items): return .array(items.map(closed))
        case .object(let members):
            var rules = members.mapValues(closed)
            let types = members["type"]?.array ?? [members["type"] ?? .null]
            if types.contains(.string("object")), members["properties"] != nil, members["additionalProperties"] == nil {
                rules["additionalProperties"] = .bool(false)
            }
            return .object(rules)
        default: return schema
        }
    }

    /// The operation of the path that fits most exactly.
    private func operation(_ method: HTTPRequest.Method, _ path: String) -> JSONValue? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let fitting = (document["paths"]?.object ?? [:]).filter { template, _ in
            let names = template.split(separator: "/", omittingEmptySubsequences: false)
            return names.count == parts.count && zip(names, parts).allSatisfy { $0 == $1 || $0.hasPrefix("{") }
        }
        let best = fitting.min { $0.key.count(where: { $0 == "{" }) < $1.key.count(where: { $0 == "{" }) }
        return best?.value[method.rawValue.lowercased()]
    }

    private func resolve(_ reference: String) -> JSONValue? {
        reference.split(separator: "/").dropFirst().reduce(document as JSONValue?) { $0?[String($1)] }
    }
}
