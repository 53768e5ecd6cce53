import Foundation
import HTTPTypes
import Testing

@testable import Web

/// What a request must say to get a socket: RFC 6455, 4.2.1.
@Suite struct HandshakeTests {
    private static let headers: HTTPFields = [
        .upgrade: "websocket", .connection: "keep-alive, Upgrade", .secWebSocketVersion: "13",
        .secWebSocketKey: Data(repeating: 7, count: 16).base64EncodedString(),
    ]

    private struct Asker {
        let caller: Caller
        let path: String

        /// With one header otherwise, or left out.
        func answer(_ name: HTTPField.Name, _ value: String?, query: String = "") async throws -> Answer {
            var headers = HandshakeTests.headers
            headers[name] = value
            return try await caller.get(path + query, headers: headers)
        }
    }

    private func signedIn(_ caller: Caller) async throws -> Asker {
        let ada = try await caller.newcomer("ada")
        return Asker(caller: ada, path: "/v1/ws/chat/\(try await ada.newConversation())")
    }

    @Test func itsKeyIsSixteenBytes() async throws {
        try await TestServer.run { caller in
            let asker = try await signedIn(caller)
            let lengths = [0, 15, 17, 32].map { Data(repeating: 7, count: $0).base64EncodedString() }
            let others = ["nonsense", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25j*Q=="]
            for key in [nil] + (lengths + others).map(Optional.some) {
                let answer = try await asker.answer(.secWebSocketKey, key)
                #expect(answer.status == 400 && answer.string("error.code") == "BAD_REQUEST", "\(key ?? "none")")
            }
        }
    }

    @Test func itAsksForVersionThirteenOfWebSockets() async throws {
        try await TestServer.run { caller in
            let asker = try await signedIn(caller)
            let wrong: [(HTTPField.Name, [String?])] = [
                (.secWebSocketVersion, [nil, "", "0", "8", "12", "14", "thirteen"]),
                (.upgrade, [nil, "h2c", "websocket2"]), (.connection, [nil, "keep-alive", "upgraded"]),
            ]
            for (name, values) in wrong {
                for value in values {
                    let answer = try await asker.answer(name, value)
                    #expect(answer.status == 426, "\(name): \(value ?? "none")")
                    #expect(answer.headers[.secWebSocketVersion] == "13")
                }
            }
        }
    }

    @Test func itsPlaceIsOne() async throws {
        try await TestServer.run { caller in
            let asker = try await signedIn(caller)
            for place in ["nonsense", "-1", "1.5", "0197b1a00000700080000000000000000_x"] {
                let answer = try await asker.answer(.origin, nil, query: "?after=\(place)")
                #expect(answer.status == 422 && answer.string("error.details.0.field") == "after", "\(place)")
            }
            #expect(try await asker.answer(.lastEventID, "nonsense").status == 422)
        }
    }

    /// Who comes from a page that may not is told so; others, what else is wrong.
    @Test func pagesThatMayAreNamed() async throws {
        try await TestServer.runSite(corsOrigins: ["https://tools.example.org"]) { site in
            var asker = try await signedIn(Caller(client: site.client))
            let path = asker.path
            let origins: [(String?, Int)] = [
                (nil, 422), ("https://tools.example.org", 422), ("http://localhost", 422),
                ("https://tools.example.org.evil.example", 403), ("http://tools.example.org", 403), ("null", 403),
            ]
            for (origin, status) in origins {
                let answer = try await asker.answer(.origin, origin, query: "?after=nonsense")
                #expect(answer.status == status, "\(origin ?? "none")")
            }
            // A listed page may open nothing else that it holds no word for.
            asker = Asker(caller: Caller(client: site.client), path: path)
            #expect(try await asker.answer(.origin, "https://tools.example.org").status == 401)
        }
    }
}
