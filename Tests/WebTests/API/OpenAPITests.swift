import Engine
import Foundation
import HTTPTypes
import Testing

/// The document for programs and the router are the same list.
@Suite struct OpenAPITests {
    @Test func everyRouteIsInTheDocumentAndNothingElse() async throws {
        try await TestServer.runSite { site in
            let paths = try await Contract.of(site.client).document["paths"]?.object ?? [:]
            let documented = paths.flatMap { path, operations in
                (operations.object ?? [:]).keys.map { "\($0.uppercased()) \(path)" }
            }
            // The router takes the rest of an address for a model's name.
            let routes = site.calls.map { $0.replacing("/**", with: "/{model}") }
            #expect(Set(routes).subtracting(documented).sorted() == [], "routes without an operation")
            #expect(Set(documented).subtracting(routes).sorted() == [], "operations without a route")
            #expect(documented.count > 100)
        }
    }

    @Test func theDocumentIsWhole() async throws {
        try await TestServer.runSite { site in
            let document = try await Contract.of(site.client).document
            #expect(document["openapi"]?.string == "3.1.0")
            #expect(document["info"]?["version"]?.string == "test")
            #expect(document["info"]?["license"]?["name"]?.string == "MIT")
            #expect(document["info"]?["contact"]?["name"]?.string == "ALMA Team")
            let schemes = document["components"]?["securitySchemes"]
            #expect(schemes?["HTTPBearer"]?["scheme"]?.string == "bearer")
            #expect(schemes?["apiKey"]?["name"]?.string == "X-API-Key")
            let operations = (document["paths"]?.object ?? [:]).values.flatMap { ($0.object ?? [:]).values }
            let names = operations.compactMap { $0["operationId"]?.string }
            #expect(Set(names).count == operations.count, "each operation has a name of its own")
            let tags = Set((document["tags"]?.array ?? []).compactMap { $0["name"]?.string })
            #expect(operations.allSatisfy { tags.contains($0["tags"]?.array?.first?.string ?? "") })
            // A reference that leads nowhere is an error.
            for schema in (document["components"]?["schemas"]?.object ?? [:]).values {
                let root: JSONValue = .object([
                    "allOf": .array([schema]), "components": document["components"] ?? .null,
                ])
                _ = try JSONSchema(root)
            }
        }
    }

    /// What is made up for the reference is a body that the server could take, or answer.
    @Test(arguments: [
        ("application/json", 100), ("application/x-www-form-urlencoded", 1), ("multipart/form-data", 3),
    ])
    func examplesFitTheirSchemas(_ type: String, _ least: Int) async throws {
        try await TestServer.runSite { site in
            let contract = try await Contract.of(site.client)
            let contents = Self.contents(contract.document, of: type)
            for (name, content) in contents {
                let (schema, example) = (try #require(content["schema"]), try #require(content["example"], "\(name)"))
                #expect(try contract.violations(example, of: schema) == [], "\(name)")
            }
            #expect(contents.count >= least)
        }
    }

    @Test func examplesOfStreamsAreStreams() async throws {
        try await TestServer.runSite { site in
            let contract = try await Contract.of(site.client)
            let contents = Self.contents(contract.document, of: "text/event-stream")
            for (name, content) in contents {
                let events = Contract.events(content["example"]?.string ?? "")
                #expect(events.count == 1, "\(name)")
                for event in events { try contract.checkEvent(event, try #require(content["schema"]), name) }
            }
            #expect(contents.count > 6)
        }
    }

    /// Bodies of this type, of requests and of answers.
    private static func contents(_ document: JSONValue, of type: String) -> [(name: String, content: JSONValue)] {
        var found: [(name: String, content: JSONValue)] = []
        for (path, operations) in document["paths"]?.object ?? [:] {
            for (method, operation) in operations.object ?? [:] {
                var bodies = (operation["responses"]?.object ?? [:]).values.map { $0 }
                if let body = operation["requestBody"] { bodies.append(body) }
                for body in bodies {
                    if let content = body["content"]?[type] { found.append(("\(method) \(path)", content)) }
                }
            }
        }
        return found
    }

    @Test func theDocumentIsAskedForOnceByWhoeverKeepsIt() async throws {
        try await TestServer.runSite { site in
            let first = try await Caller(client: site.client).get("/openapi.json")
            let tag = try #require(first.headers[.eTag])
            let second = try await Caller(client: site.client).get("/openapi.json", headers: [.ifNoneMatch: tag])
            #expect(second.status == 304 && second.text.isEmpty)
            let other = try await Caller(client: site.client).get("/openapi.json", headers: [.ifNoneMatch: "\"x\""])
            #expect(other.status == 200 && other.headers[.contentType]?.hasPrefix("application/json") == true)
        }
    }

    /// A file is no text, and several are so many parts of one name.
    @Test func filesOfAFormAreDeclaredAsFiles() async throws {
        try await TestServer.runSite { site in
            let document = try await Contract.of(site.client).document
            func form(_ path: String, _ method: String) -> JSONValue? {
                document["paths"]?[path]?[method]?["requestBody"]?["content"]?["multipart/form-data"]
            }
            let files = form("/v1/conversations/{id}/files", "post")
            let archives = [form("/v1/skills/archive", "post"), form("/v1/skills/{id}/archive", "put")]
            let list = files?["schema"]?["properties"]?["file"]
            #expect(list?["type"]?.string == "array")
            for part in [list?["items"]] + archives.map({ $0?["schema"]?["properties"]?["file"] }) {
                #expect(part?["type"]?.string == "string")
                #expect(part?["contentMediaType"]?.string == "application/octet-stream")
            }
            for form in [files] + archives {
                #expect(form?["encoding"]?["file"]?["contentType"]?.string == "application/octet-stream")
            }
            let plain = document["paths"]?["/v1/agents"]?["post"]?["requestBody"]?["content"]?["application/json"]
            #expect(plain?["schema"] != nil && plain?["encoding"] == nil)
        }
    }

    /// Field, type, what may be missing: of a body as its type reads it.
    @Test func bodiesAreDocumentedAsTheyAreRead() async throws {
        try await TestServer.runSite { site in
            let document = try await Contract.of(site.client).document
            func body(_ path: String, _ method: String) -> JSONValue? {
                document["paths"]?[path]?[method]?["requestBody"]?["content"]?["application/json"]?["schema"]
            }
            let agent = body("/v1/agents", "post")
            #expect(agent?["required"]?.array?.compactMap(\.string) == ["name", "instruction"])
            #expect(agent?["properties"]?["name"]?["maxLength"]?.int == 100)
            #expect(agent?["properties"]?["model_id"]?["format"]?.string == "uuid")
            #expect(agent?["properties"]?["model_id"]?["type"] == .array([.string("string"), .string("null")]))
            #expect(agent?["properties"]?["team"]?["items"]?["type"]?.string == "string")
            #expect(agent?["properties"]?["parameters"]?["additionalProperties"] == .object([:]))
            let conversation = body("/v1/conversations/{id}", "patch")
            #expect(conversation?["properties"]?["metadata"]?["additionalProperties"] == .object([:]))
            let change = body("/v1/models/{id}", "patch")
            #expect(change?["required"] == nil)
            #expect(change?["properties"]?["context_window"]?["type"] == .array([.string("integer"), .string("null")]))
            let provider = body("/v1/llm-configs/{id}", "patch")
            #expect(provider?["properties"]?["rate_limit"]?["properties"]?["per_minute"] != nil)
            let server = body("/v1/mcp-servers", "post")
            let secret = server?["properties"]?["secrets"]?["additionalProperties"]?["type"]
            #expect(secret == .array([.string("string"), .string("null")]))
            let message = body("/v1/conversations/{id}/messages", "post")
            let file = message?["properties"]?["attachments"]?["items"]?["properties"]?["file_id"]
            #expect(file?["format"]?.string == "uuid")
        }
    }
}
