import Fetch
import Testing

/// Redirects are followed only when asked for, and keys stay with the host they were meant for.
struct RedirectTests {
    let client = FetchClient()

    private func echo() throws -> ScriptedServer {
        try ScriptedServer { peer in
            while let request = peer.request() { peer.answer(200, "", request.head + "|" + request.body) }
        }
    }

    private func redirect(_ status: Int, to location: String) throws -> ScriptedServer {
        try ScriptedServer { peer in
            while let request = peer.request() {
                if request.head.contains(" /final ") {
                    peer.answer(200, "", request.head + "|" + request.body)
                } else {
                    peer.answer(status, "Location: \(location)\r\n", "moved")
                }
            }
        }
    }

    private func text(_ request: FetchRequest) async throws -> String {
        String(decoding: try await client.send(request).collect(upTo: 10_000), as: UTF8.self)
    }

    @Test func offByDefault() async throws {
        let server = try redirect(302, to: "/final")
        #expect(try await client.send(FetchRequest(url: server.url)).status == 302)
    }

    @Test func aRelativeOneStaysAndKeepsItsHeaders() async throws {
        let server = try redirect(307, to: "final")
        let answer = try await text(
            FetchRequest(
                method: "POST",
                url: server.url + "/start",
                headers: [("Authorization", "Bearer k")],
                body: Array("data".utf8),
                maximumRedirects: 1
            )
        )
        #expect(answer.hasPrefix("POST /final"))
        #expect(answer.contains("Authorization: Bearer k"))
        #expect(answer.hasSuffix("|data"))
    }

    @Test(arguments: ["Authorization", "x-api-key", "api-key", "Cookie"])
    func keysNeverGoToAnotherOrigin(header: String) async throws {
        let other = try echo()
        let server = try redirect(302, to: other.url + "/elsewhere")
        let answer = try await text(
            FetchRequest(url: server.url, headers: [(header, "secret"), ("Accept", "text/x")], maximumRedirects: 3)
        )
        #expect(answer.hasPrefix("GET /elsewhere"))
        #expect(!answer.contains("secret"))
        #expect(answer.contains("Accept: text/x"))
    }

    @Test func seeOtherBecomesGet() async throws {
        let server = try redirect(303, to: "/final")
        let request = FetchRequest(method: "POST", url: server.url, body: Array("data".utf8), maximumRedirects: 1)
        let answer = try await text(request)
        #expect(answer.hasPrefix("GET /final"))
        #expect(answer.hasSuffix("|"))
    }

    @Test func theAnswerSaysWhereItIsFrom() async throws {
        let server = try redirect(302, to: "final")
        let response = try await client.send(FetchRequest(url: server.url + "/start", maximumRedirects: 1))
        #expect(response.url == server.url + "/final")
    }

    @Test func aCircleEnds() async throws {
        let server = try redirect(302, to: "/again")
        await #expect(throws: FetchError(.tooManyRedirects, "more than 4 redirects")) {
            try await client.send(FetchRequest(url: server.url, maximumRedirects: 4))
        }
    }

    @Test(arguments: ["file:///etc/passwd", "gopher://h/", "http://u:p@h/"])
    func onlyTheWebIsFollowed(location: String) async throws {
        let server = try redirect(302, to: location)
        let error = await #expect(throws: FetchError.self) {
            try await client.send(FetchRequest(url: server.url, maximumRedirects: 1))
        }
        #expect(error?.code == .badURL)
    }
}
