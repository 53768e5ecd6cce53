import HTTPTypes
import HummingbirdTesting
import Testing

@testable import Web

/// What `HEAD` is answered with: all that stands above the answer to `GET`, and nothing below.
@Suite struct HeadTests {
    /// What is another from one answer to the next.
    private static let passing: Set<HTTPField.Name> = [
        .date, .setCookie, .rateLimitRemaining, .rateLimitReset, .xRateLimitRemaining, .xRateLimitReset,
    ]

    /// On one connection, where whatever came too much would stand before the next answer.
    @Test func itIsTheHeadOfGet() async throws {
        try await TestServer.runSite(setup: .live) { site in
            let nobody = Caller(client: site.client)
            let ada = try await nobody.newcomer("ada")
            let talk = "/v1/conversations/\(try await ada.newConversation())"
            let form = FileRouteTests.form([("a.txt", "hello")])
            let sent = try await ada.post(talk + "/files", form, headers: FileRouteTests.multipart)
            let page = try await nobody.get("/sign-in").text
            let style = String(try #require(page.firstMatch(of: /\/assets\/alma\.[0-9a-f]+\.css/)).output)
            let places: [(Caller, String, Int)] = [
                (ada, talk, 200), (ada, "/v1/conversations", 200), (ada, "/v1/usage?format=csv", 200),
                (ada, try #require(sent.string("data.0.url")), 200), (ada, "/v1/events?follow=false", 200),
                (ada, talk + "/workspace/archive", 200), (ada, talk + "/events?follow=false", 200),
                (ada, talk + "/files/0197b1a0-0000-7000-8000-000000000000", 404), (ada, "/v1/nonsense", 404),
                (ada, "/v1/models/default", 405), (ada, "/mcp", 405), (nobody, talk, 401),
                (nobody, "/openai/v1/nonsense", 404), (nobody, "/healthz", 200), (nobody, "/openapi.json", 200),
                (nobody, "/sign-in", 200), (nobody, "/conversations", 303), (nobody, "/nonsense", 404),
                (nobody, style, 200),
            ]
            for (caller, path, status) in places {
                let get = try await caller.call(.get, path, body: nil, headers: [.xRequestID: "mine"])
                let head = try await caller.call(.head, path, body: nil, headers: [.xRequestID: "mine"])
                #expect(get.status == status && head.status == status, "\(path) \(get.status) \(head.status)")
                #expect(head.text.isEmpty, "\(path)")
                #expect(Self.fixed(head) == Self.fixed(get), "\(path)")
                #expect(Set(head.headers.map(\.name)) == Set(get.headers.map(\.name)), "\(path)")
            }
        }
    }

    @Test func itIsAnsweredOnceAsLongAsNothingChanges() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let head = try await ada.call(.head, "/v1/conversations", body: nil)
            let known: HTTPFields = [.ifNoneMatch: try #require(head.headers[.eTag])]
            #expect(try await ada.call(.head, "/v1/conversations", body: nil, headers: known).status == 304)
            #expect(try await ada.get("/v1/conversations", headers: known).status == 304)
        }
    }

    /// There would be nobody on it.
    @Test func itOpensNoSocket() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let path = "/v1/ws/chat/\(try await ada.newConversation())"
            let handshake: HTTPFields = [
                .upgrade: "websocket", .connection: "upgrade", .secWebSocketVersion: "13",
                .secWebSocketKey: "dGhlIHNhbXBsZSBub25jZQ==",
            ]
            let answer = try await ada.call(.head, path, body: nil, headers: handshake)
            #expect(answer.status == 426 && answer.text.isEmpty)
        }
    }

    private static func fixed(_ answer: Answer) -> [String] {
        answer.headers.filter { !passing.contains($0.name) }.map { "\($0.name.canonicalName): \($0.value)" }.sorted()
    }
}
