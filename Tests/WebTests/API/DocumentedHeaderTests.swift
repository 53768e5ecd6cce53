import Engine
import Foundation
import HTTPTypes
import Testing

@testable import Web

/// Which headers the document names, of requests and of answers. That none is sent which it does not name, each test of the
/// API sees (`Contract`).
@Suite struct DocumentedHeaderTests {
    /// It changes every answer: whoever is signed in may send it, to whatever they call.
    @Test func everyCallOfSomebodySaysInWhichOrganisation() async throws {
        try await TestServer.runSite { site in
            let document = try await Contract.of(site.client).document
            let name = "X-Organization-Id"
            let parameter = document["components"]?["parameters"]?[name]
            #expect(parameter?["in"]?.string == "header" && parameter?["name"]?.string == name)
            #expect(parameter?["schema"]?["format"]?.string == "uuid" && parameter?["required"] == .bool(false))
            for endpoint in APIRoutes(services: site.services).endpoints {
                let operation = Self.operation(endpoint, document)
                let isNamed = (operation?["parameters"]?.array ?? []).contains {
                    $0["$ref"]?.string == "#/components/parameters/\(name)"
                }
                #expect(isNamed == (endpoint.access != .anyone), "\(endpoint.operationID)")
            }
        }
    }

    @Test func everyAnswerButAHandshakeTellsTheLimits() async throws {
        try await TestServer.runSite { site in
            let document = try await Contract.of(site.client).document
            let limits = ["RateLimit-Policy", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"]
            for endpoint in APIRoutes(services: site.services).endpoints {
                for (status, response) in Self.operation(endpoint, document)?["responses"]?.object ?? [:] {
                    let headers = Self.headers(response, document)
                    let missing = limits.filter { !headers.contains($0) }
                    #expect(missing == (status == "101" ? limits : []), "\(endpoint.operationID) \(status)")
                    #expect(headers.contains("X-Request-Id"), "\(endpoint.operationID) \(status)")
                }
            }
        }
    }

    @Test(arguments: [
        ("/v1/conversations/{id}/messages", "post", "202", ["Location", "Preference-Applied"]),
        ("/v1/agents", "post", "201", ["Idempotent-Replayed"]), ("/v1/agents", "get", "200", ["ETag"]),
        ("/v1/agents", "get", "304", ["ETag"]), ("/v1/agents", "post", "401", ["WWW-Authenticate"]),
        ("/v1/agents", "post", "429", ["Retry-After"]), ("/v1/agents", "post", "503", ["Retry-After"]),
        ("/mcp", "get", "405", ["Allow"]), ("/mcp", "post", "200", ["Mcp-Session-Id"]),
        ("/v1/conversations/{id}/files/{file}/content", "get", "200", ["Content-Disposition"]),
        ("/v1/usage", "get", "200", ["Content-Disposition", "ETag"]),
        ("/openai/v1/chat/completions", "post", "200", ["X-Run-Id", "Idempotent-Replayed"]),
        ("/openai/v1/chat/completions", "post", "429", ["X-Should-Retry", "Retry-After"]),
    ])
    func headersStandWhereTheyAreSent(_ path: String, _ method: String, _ status: String, _ names: [String])
        async throws
    {
        try await TestServer.runSite { site in
            let document = try await Contract.of(site.client).document
            let response = try #require(document["paths"]?[path]?[method]?["responses"]?[status])
            let headers = Self.headers(response, document)
            for name in names {
                #expect(headers.contains(name), "\(name)")
                let header = try #require(document["components"]?["headers"]?[name], "\(name)")
                #expect(header["schema"]?["type"] != nil && header["description"]?.string?.isEmpty == false)
            }
        }
    }

    private static func operation(_ endpoint: Endpoint, _ document: JSONValue) -> JSONValue? {
        document["paths"]?[endpoint.path]?[endpoint.method.rawValue.lowercased()]
    }

    private static func headers(_ response: JSONValue, _ document: JSONValue) -> Set<String> {
        var response = response
        if let name = response["$ref"]?.string?.split(separator: "/").last {
            response = document["components"]?["responses"]?[String(name)] ?? .null
        }
        return Set((response["headers"]?.object ?? [:]).keys)
    }
}
