import HTTPTypes
import HummingbirdTesting
import Testing
import Web

/// Pages of other origins: what those may do that are named, and nobody else.
@Suite struct CrossOriginTests {
    @Test func allowedOriginsMaySendWhatHeadersTheyHave() async throws {
        try await TestServer.runSite(corsOrigins: ["https://tools.example.org"]) { site in
            let caller = Caller(client: site.client)
            let wanted = "authorization, x-stainless-lang,mcp-protocol-version , openai-beta, no token, \"x\""
            var ours: HTTPFields = [.origin: "https://tools.example.org", .accessControlRequestMethod: "POST"]
            ours[.accessControlRequestHeaders] = wanted
            let asked = try await caller.call(.options, "/openai/v1/chat/completions", body: nil, headers: ours)
            let allowed = asked.headers[.accessControlAllowHeaders] ?? ""
            #expect(
                allowed.hasSuffix("X-Request-Id, x-stainless-lang, mcp-protocol-version, openai-beta"),
                "\(allowed)"
            )
            #expect(asked.headers[.vary]?.contains("Access-Control-Request-Headers") == true)
            for name in ["X-Run-Id", "X-RateLimit-Remaining", "Content-Disposition", "Mcp-Session-Id"] {
                #expect(asked.headers[.accessControlExposeHeaders]?.contains(name) == true, "\(name)")
            }
            ours[.origin] = "https://evil.example.org"
            let other = try await caller.call(.options, "/v1/agents", body: nil, headers: ours)
            #expect(other.headers[.accessControlAllowHeaders] == nil)
        }
    }

    @Test func onlyNamedOriginsMayRead() async throws {
        try await TestServer.runSite(corsOrigins: ["https://tools.example.org"]) { site in
            let caller = Caller(client: site.client)
            let ours: HTTPFields = [.origin: "https://tools.example.org", .accessControlRequestMethod: "POST"]
            let asked = try await caller.call(.options, "/v1/conversations", body: nil, headers: ours)
            #expect(asked.status == 204 && asked.headers[.accessControlAllowMethods]?.contains("PATCH") == true)
            #expect(asked.headers[.accessControlAllowHeaders]?.contains("X-API-Key") == true)
            let read = try await caller.get("/v1/conversations", headers: [.origin: "https://tools.example.org"])
            #expect(read.status == 401 && read.headers[.accessControlAllowOrigin] == "https://tools.example.org")
            #expect(read.headers[.accessControlAllowCredentials] == nil)
            let other = try await caller.get("/v1/conversations", headers: [.origin: "https://evil.example.org"])
            #expect(other.headers[.accessControlAllowOrigin] == nil && other.headers[.vary] == "Origin")
            let page = try await caller.get("/sign-in", headers: [.origin: "https://tools.example.org"])
            #expect(page.headers[.accessControlAllowOrigin] == nil, "pages are nobody else's to read")
        }
        try await TestServer.run { caller in
            let asked: HTTPFields = [.origin: "https://tools.example.org", .accessControlRequestMethod: "GET"]
            let answer = try await caller.call(.options, "/v1/agents", body: nil, headers: asked)
            #expect(answer.headers[.accessControlAllowOrigin] == nil, "off where nobody says otherwise")
        }
    }
}
