import Engine
import Fetch
import Foundation
import Testing

@testable import Tools

/// Calls of other programs' interfaces, and keys that nobody sees.
@Suite struct APIRequestTests {
    private let client = FetchClient()
    private let context = ToolContext(run: .sample)
    private static let key = "k3y/of \"the\" coast"

    private func tool(_ secrets: [(String, String, String)] = []) -> APIRequestTool {
        let web = WebAccess(client: client, addresses: .publicAnd { $0 == "127.0.0.1" })
        return APIRequestTool(web: web, secrets: FixedSecrets(secrets))
    }

    private func call(_ json: String, _ secrets: [(String, String, String)] = []) async throws -> String {
        try await tool(secrets).perform(JSONValue(parsing: json), in: context)
    }

    /// Answers with the request as it came.
    private func echo(_ headers: String = "Content-Type: text/plain\r\n") throws -> ScriptedServer {
        try ScriptedServer { peer in
            while let request = peer.request() { peer.answer(200, headers, request.head + "\r\n\r\n" + request.body) }
        }
    }

    @Test func aReadingCallNeedsNobodysLeave() throws {
        for method in ["GET", "HEAD", "OPTIONS", nil] {
            let input = JSONValue.object(method.map { ["method": .string($0)] } ?? [:])
            #expect(tool().specification(for: input).level == .readOnly)
            #expect(tool().specification(for: input).effect == .idempotent)
        }
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            let specification = tool().specification(for: .object(["method": .string(method)]))
            #expect(specification.level == .privileged)
            #expect(specification.effect == .effectful)
        }
    }

    @Test func statusHeadersAndText() async throws {
        let server = try ScriptedServer { peer in
            while peer.request() != nil {
                peer.answer(
                    418,
                    "Content-Type: application/json\r\nX-Rest: 7\r\nSet-Cookie: session=x\r\n",
                    #"{"a":1}"#
                )
            }
        }
        #expect(
            try await call(#"{"url":"\#(server.url)/x"}"#) == """
                HTTP 418
                content-length: 7
                content-type: application/json
                x-rest: 7

                {"a":1}
                """
        )
    }

    @Test func whatIsSent() async throws {
        let server = try echo()
        let json = try await call(#"{"method":"POST","url":"\#(server.url)/x","body":{"b":[1,"ä"]}}"#)
        #expect(json.contains("POST /x HTTP/1.1"))
        #expect(json.contains("Content-Type: application/json"))
        #expect(json.hasSuffix(#"{"b":[1,"ä"]}"#))
        let text = try await call(#"{"method":"PUT","url":"\#(server.url)","body":"plain","headers":{"X-A":"b"}}"#)
        #expect(text.contains("X-A: b"))
        #expect(text.contains("Content-Type: text/plain"))
        #expect(text.hasSuffix("plain"))
    }

    @Test func aKeyReachesItsHostAndIsTakenOutOfTheAnswer() async throws {
        let heard = Heard()
        let server = try ScriptedServer { peer in
            while let request = peer.request() {
                heard.add(request.head + "|" + request.body)
                peer.answer(200, "Content-Type: text/plain\r\nX-Echo: \(Self.key)\r\n", request.head + request.body)
            }
        }
        let place = "http://127.0.0.1:\(server.port)"
        let answer = try await call(
            """
            {"method":"POST","url":"\(server.url)","headers":{"Authorization":"Bearer {{secret:COAST}}"},
            "body":{"key":"{{ secret:COAST }}","again":"x {{secret:COAST}} y"}}
            """,
            [("COAST", Self.key, place)]
        )
        #expect(heard.text.contains("Authorization: Bearer \(Self.key)\r\n"))
        #expect(heard.text.contains(#""again":"x k3y/of \"the\" coast y""#))
        #expect(!answer.contains("k3y") && !answer.contains("of \\\"the"))
        #expect(answer.contains("x-echo: [secret COAST]"))
        #expect(answer.contains("Authorization: Bearer [secret COAST]"))
    }

    @Test func aKeyGoesNowhereElse() async throws {
        let server = try echo()
        let body = #"{"url":"\#(server.url)","headers":{"X-Key":"{{secret:COAST}}"}}"#
        for (name, place, words) in [
            ("COAST", "api.example.org", "The secret COAST may not be sent to \(server.url), only to api.example.org."),
            (
                "OTHER", "http://127.0.0.1:\(server.port)",
                "There is no secret called COAST. For this address there are: OTHER."
            ),
        ] {
            let failure = await #expect(throws: ToolFailure.self) { try await call(body, [(name, Self.key, place)]) }
            #expect(failure?.message.hasPrefix(words) == true, "\(failure?.message ?? "")")
        }
        let inAddress = #"{"url":"\#(server.url)/?key={{secret:COAST}}"}"#
        await #expect(throws: ToolFailure.self) {
            try await call(inAddress, [("COAST", Self.key, "http://127.0.0.1:\(server.port)")])
        }
        #expect(server.connections == 0)
    }

    @Test func aRedirectTakesNoKeyAlong() async throws {
        let other = try echo()
        let server = try ScriptedServer { peer in
            while peer.request() != nil { peer.answer(307, "Location: \(other.url)/\r\n", "") }
        }
        let answer = try await call(
            #"{"method":"POST","url":"\#(server.url)","body":"{{secret:COAST}}"}"#,
            [("COAST", Self.key, "http://127.0.0.1:\(server.port)")]
        )
        #expect(answer.hasPrefix("HTTP 307"))
        #expect(answer.contains("location: \(other.url)/"))
        #expect(other.connections == 0)
        // Without a key a reading call follows.
        #expect(try await call(#"{"url":"\#(server.url)"}"#).contains("Address: \(other.url)/"))
    }

    @Test func aRefusalNamesTheKeysThatFit() async throws {
        let server = try ScriptedServer { peer in
            while peer.request() != nil { peer.answer(401, "", "who?") }
        }
        let answer = try await call(
            #"{"url":"\#(server.url)"}"#,
            [("COAST", Self.key, "http://127.0.0.1:\(server.port)")]
        )
        #expect(answer.hasSuffix("[Secrets of the person's for this address: COAST]"))
    }

    @Test(arguments: [
        #"{"url":"http://127.0.0.1:1/","headers":{"Host":"evil"}}"#,
        #"{"url":"http://127.0.0.1:1/","headers":{"Proxy-Authorization":"x"}}"#,
        #"{"url":"http://127.0.0.1:1/","headers":{"X":"a\r\nY: b"}}"#, #"{"url":"http://127.0.0.1:1/","body":"x"}"#,
        #"{"url":"http://10.0.0.1/"}"#,
    ])
    func whatIsNotSent(json: String) async {
        await #expect(throws: ToolFailure.self) { try await call(json) }
    }

    @Test func aSecretAcrossTheCutLeavesNothingBehind() async throws {
        // The cut comes after 4000 bytes of headers, within the key whose first bytes are then the last that are left.
        let key = "topsecret-" + String(repeating: "z", count: 190)
        for length in stride(from: 3700, to: 3990, by: 20) {
            let server = try ScriptedServer { peer in
                while peer.request() != nil {
                    peer.answer(200, "X-A: \(String(repeating: "x", count: length))\(key)\r\n", "")
                }
            }
            let request = #"{"url":"\#(server.url)","headers":{"X-Key":"{{secret:KEY}}"}}"#
            let text = try await call(request, [("KEY", key, server.url)])
            #expect(!text.contains("topsecret") && !text.contains("zz"), "\(length)")
        }
    }

    @Test func muchTextIsCutAndFilesAreNamed() async throws {
        let server = try ScriptedServer { peer in
            while let request = peer.request() {
                let isFile = request.head.contains("/file")
                peer.answer(
                    200,
                    "Content-Type: \(isFile ? "image/png" : "text/plain")\r\n",
                    String(repeating: "x", count: isFile ? 10 : 300_000)
                )
            }
        }
        let long = try await call(#"{"url":"\#(server.url)"}"#)
        #expect(long.utf8.count < 200_100 && long.hasSuffix("more bytes are left out]"))
        #expect(try await call(#"{"url":"\#(server.url)/file"}"#).hasSuffix("[10 bytes of image/png]"))
    }
}

/// What a server of the tests' own heard.
final class Heard: @unchecked Sendable {
    // `@unchecked`: `lock` guards `words`.
    private let lock = NSLock()
    private var words = ""

    var text: String { lock.withLock { words } }

    func add(_ text: String) { lock.withLock { words += text } }
}

struct FixedSecrets: ToolSecretSource {
    private let secrets: [(secret: ToolSecret, value: String)]

    init(_ secrets: [(String, String, String)] = []) {
        self.secrets = secrets.map { name, value, place in
            let places = [SecretPlace(place)].compactMap { $0 }
            return (ToolSecret(id: .v7(), name: name, places: places, isShared: false, createdAt: Date()), value)
        }
    }

    func toolSecrets(by principal: Principal) async throws -> [ToolSecret] { secrets.map(\.secret) }

    func value(of secret: ToolSecret, by principal: Principal) async throws -> Secret? {
        secrets.first { $0.secret == secret }.map { Secret($0.value) }
    }
}
