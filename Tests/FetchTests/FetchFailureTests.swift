import Fetch
import Glibc
import Testing

/// Every way in which a request can fail has its own code.
struct FetchFailureTests {
    let client = FetchClient()

    private func failure(_ request: FetchRequest) async -> FetchError? {
        do {
            _ = try await client.send(request).collect(upTo: 1 << 20)
            return nil
        } catch {
            return error as? FetchError
        }
    }

    @Test func refused() async {
        #expect(await failure(FetchRequest(url: "http://127.0.0.1:1/"))?.code == .refused)
    }

    @Test func unknownName() async {
        #expect(await failure(FetchRequest(url: "http://nowhere.invalid/"))?.code == .dns)
    }

    @Test(arguments: [
        "", "nonsense", "ftp://h/", "file:///etc/passwd", "http://", "http://u:p@h/", "http://a b/", "//h",
    ])
    func badURL(url: String) async {
        #expect(await failure(FetchRequest(url: url))?.code == .badURL)
    }

    @Test func plainServerBehindTLS() async throws {
        let server = try ScriptedServer { $0.send("HTTP/1.1 200 OK\r\n\r\n") }
        #expect(await failure(FetchRequest(url: "https://127.0.0.1:\(server.port)"))?.code == .tls)
    }

    @Test func silentBeforeTheHead() async throws {
        let server = try ScriptedServer { $0.waitForClose() }
        var last: FetchError?
        // A busy machine may take longer to connect than the shortest of these is long.
        for silence in [Duration.milliseconds(80), .seconds(2), .seconds(20)] where last?.wasSent != true {
            last = await failure(FetchRequest(url: server.url, idleTimeout: silence))
        }
        #expect(last?.code == .timeout)
        #expect(last?.wasSent == true)
    }

    @Test func silentInTheBody() async throws {
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.send("HTTP/1.1 200 OK\r\n\r\nbegin")
            peer.waitForClose()
        }
        var (text, last): (String, FetchError?) = ("", nil)
        // A busy machine may be slower to begin than the shortest of these is long.
        for silence in [Duration.milliseconds(500), .seconds(3), .seconds(20)] where text.isEmpty {
            do {
                let response = try await client.send(FetchRequest(url: server.url, idleTimeout: silence))
                for try await chunk in response.body { text += String(decoding: chunk, as: UTF8.self) }
                Issue.record("it has ended without an error")
            } catch {
                last = error as? FetchError
            }
        }
        #expect(last == FetchError(.timeout, "the other side was silent for too long", wasSent: true))
        #expect(text == "begin")
    }

    @Test func slowDripMeetsTheTotalLimit() async throws {
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.send("HTTP/1.1 200 OK\r\n\r\n")
            peer.setTimeout(SO_RCVTIMEO, milliseconds: 20)
            while peer.send("x") { peer.waitForClose() }
        }
        let request = FetchRequest(url: server.url, totalTimeout: .milliseconds(120))
        #expect(await failure(request)?.code == .timeout)
    }

    @Test func cutOff() async throws {
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
        }
        #expect(await failure(FetchRequest(url: server.url))?.code == .reset)
    }

    @Test func resetAndSilentClose() async throws {
        let resetting = try ScriptedServer { peer in
            _ = peer.request()
            peer.send("HTTP/1.1 200 OK\r\n\r\nx")
            peer.reset()
        }
        #expect(await failure(FetchRequest(url: resetting.url))?.code == .reset)
        let closing = try ScriptedServer { _ = $0.request() }
        #expect(await failure(FetchRequest(url: closing.url))?.code == .reset)
    }

    @Test(arguments: ["no status at all\n", "\u{0}\u{1}\u{2}\r\n\r\n", "HTTP/1.1 xyz\r\n\r\n"])
    func notHTTP(answer: String) async throws {
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.send(answer)
        }
        #expect(await failure(FetchRequest(url: server.url))?.code == .protocolViolation)
    }

    @Test func tooLarge() async throws {
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.send("HTTP/1.1 200 OK\r\n\r\n")
            while peer.send([UInt8](repeating: 65, count: 4096)) {}
        }
        #expect(await failure(FetchRequest(url: server.url, maximumBytes: 10_000))?.code == .tooLarge)
        #expect(await failure(FetchRequest(url: server.url))?.code == .tooLarge)
    }

    @Test func endlessHead() async throws {
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.send("HTTP/1.1 200 OK\r\n")
            while peer.send("X: \(String(repeating: "y", count: 1000))\r\n") {}
        }
        #expect(await failure(FetchRequest(url: server.url))?.code == .tooLarge)
    }

    @Test(arguments: ["a\r\nX-Evil: 1", "a\nb", "a\u{0}b"])
    func headersCannotBeInjected(value: String) async throws {
        let server = try ScriptedServer { _ = $0.request() }
        #expect(await failure(FetchRequest(url: server.url, headers: [("X", value)]))?.code == .other)
        #expect(await failure(FetchRequest(url: server.url, headers: [(value, "x")]))?.code == .other)
        #expect(server.connections == 0)
    }
}
