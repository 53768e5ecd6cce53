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

    static func of(_ client: any TestClientProtocol) async throws -> Contract {
        if let contract = known.withLock({ $0 }) { return contract }
        let answer = try await client.execute(uri: "/openapi.json", method: .get) { Answer($0) }
        let contract = Contract(document: try JSONValue(parsing: answer.text))
        known.withLock { $0 = contract }
        return contract
    }

    /// Records an issue when the status is not declared, or the body is not as it is declared.
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
        let type = answer.headers[.contentType].map { String($0.prefix { $0 != ";" }) }
        guard let type else {
            #expect(response["content"] == nil, "\(name) has no body")
            return
        }
        guard let content = response["content"]?[type] else {
            Issue.record("\(name) is of type \(type), which is not declared")
            return
        }
        guard type == "application/json", let schema = content["schema"] else { return }
        let root: JSONValue = .object(["allOf": .array([schema]), "components": document["components"] ?? .null])
        let violations = try JSONSchema(root).validate(try JSONValue(parsing: answer.text))
        #expect(violations.isEmpty, "\(name): \(violations) in \(answer.text.prefix(2000))")
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
