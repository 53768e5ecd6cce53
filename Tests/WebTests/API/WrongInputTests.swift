import Engine
import Foundation
import HTTPTypes
import Storage
import Testing
import Web

/// What the reference says of bodies and queries is what the server minds: each field and each parameter is sent wrongly once, to
/// every call, and the refusal names it.
@Suite struct WrongInputTests {
    @Test func aFieldOfTheWrongTypeIsNamed() async throws {
        try await Self.withCalls { call in
            guard let (example, schema) = call.body else { return }
            let fields = call.resolved(schema)["properties"]?.object ?? [:]
            for (name, field) in fields {
                guard let wrong = call.wrongValue(for: field) else { continue }
                var body = example
                body[name] = wrong
                let answer = try await call.send(body: JSONValue.object(body).text)
                call.expect(answer, names: name, "as \(wrong.text)")
            }
            for name in (call.resolved(schema)["required"]?.array ?? []).compactMap(\.string) {
                var body = example
                body[name] = nil
                call.expect(try await call.send(body: JSONValue.object(body).text), names: name, "left out")
            }
        }
    }

    @Test func aParameterThatMakesNoSenseIsNamed() async throws {
        try await Self.withCalls { call in
            for parameter in call.operation["parameters"]?.array ?? [] where parameter["in"]?.string == "query" {
                guard let name = parameter["name"]?.string, let schema = parameter["schema"],
                    schema["type"]?.string != "string" || schema["format"] != nil || schema["enum"] != nil
                else { continue }
                // Where the address names what is not there, that is said first.
                guard !call.address.contains("{") else { continue }
                let others =
                    call.rule.query.isEmpty || call.rule.query.contains("\(name)=") ? "?" : call.rule.query + "&"
                let answer = try await call.send(query: others + "\(name)=no+such+value", body: call.rule.body)
                call.expect(answer, names: name, "in the query")
            }
        }
    }

    @Test func whatIsNoJSONIsRefused() async throws {
        try await Self.withCalls { call in
            guard call.body != nil else { return }
            let broken = try await call.send(body: "{\"a\":")
            #expect(broken.status == 400 && broken.string("error.code") == "BAD_REQUEST", "\(call.rule.name)")
            let text = try await call.send(body: "{}", type: "text/plain")
            #expect(text.status == 415 && text.string("error.code") == "UNSUPPORTED_MEDIA_TYPE", "\(call.rule.name)")
        }
    }

    @Test func aBodyThatIsTooLongIsRefused() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let long = #"{"title":"\#(String(repeating: "x", count: 1024 * 1024))"}"#
            for path in ["/v1/conversations", "/v1/agents", "/v1/tools"] {
                let answer = try await ada.post(path, long)
                #expect(answer.status == 413 && answer.string("error.code") == "PAYLOAD_TOO_LARGE", "\(answer.text)")
            }
        }
    }

    /// All calls of the native API that the matrix knows, as somebody who may make them.
    private static func withCalls(_ body: @escaping @Sendable (Call) async throws -> Void) async throws {
        try await RouteWorld.run(rateLimits: RateLimits(perUser: 0, perKey: 0, perAddress: 0, signIn: 0)) { world in
            let document = try await Contract.of(world.site.client).document
            for rule in RouteMatrix.api where rule.path.hasPrefix("/v1/") {
                let operation = document["paths"]?[rule.path]?[rule.method.rawValue.lowercased()]
                let call = Call(rule: rule, operation: try #require(operation), document: document, world: world)
                try await body(call)
            }
        }
    }
}

/// One call as the reference describes it.
private struct Call: Sendable {
    let rule: RouteRule
    let operation: JSONValue
    let document: JSONValue
    let world: RouteWorld

    /// Objects whose names are their sender's.
    private static let open: Set<String> = ["PATCH /v1/users/me/preferences"]

    /// The example of a JSON body, and its schema.
    var body: (example: [String: JSONValue], schema: JSONValue)? {
        guard let content = operation["requestBody"]?["content"]?["application/json"], let schema = content["schema"],
            let example = content["example"]?.object, !Self.open.contains(rule.name)
        else { return nil }
        return (example, schema)
    }

    func resolved(_ schema: JSONValue) -> JSONValue {
        guard let reference = schema["$ref"]?.string else { return schema }
        return reference.split(separator: "/").dropFirst().reduce(document) { $0[String($1)] ?? .null }
    }

    /// nil where any value would do.
    func wrongValue(for field: JSONValue) -> JSONValue? {
        let field = resolved(field)
        let types = field["type"]?.string.map { [$0] } ?? field["type"]?.array?.compactMap(\.string) ?? []
        if types.contains("string") { return .number(7) }
        return types.isEmpty ? nil : .string("no such value")
    }

    /// With the ids of what the rule is of.
    var address: String {
        let path = rule.path.replacing(#/\{(id|name)\}/#, with: world.things[rule.thing] ?? "")
        return world.things.reduce(path) { $0.replacing("{\($1.key)}", with: $1.value) }
    }

    func send(query: String? = nil, body: String?, type: String = "application/json") async throws -> Answer {
        let caller = rule.access.member == .forbidden ? world.superuser : world.member
        return try await Caller(client: world.site.client, token: caller.token).call(
            rule.method,
            address + (query ?? ""),
            body: body,
            headers: body == nil ? [:] : [.contentType: type]
        )
    }

    func expect(_ answer: Answer, names field: String, _ how: String) {
        let named = answer.string("error.details.0.field") ?? ""
        let isNamed = named == field || named.hasPrefix(field + ".")
        #expect(answer.status == 422 && isNamed, "\(rule.name): \(field) \(how) got \(answer.status) \(answer.text)")
    }
}
