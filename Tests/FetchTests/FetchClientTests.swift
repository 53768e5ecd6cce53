import Fetch
import Testing

/// Requests against a server that sends exactly what it is told.
struct FetchClientTests {
    let client = FetchClient()

    @Test func readsStatusHeadersAndBody() async throws {
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.send(
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nX-One:  a b \r\nTransfer-Encoding: chunked\r\n"
            )
            peer.send("\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
        }
        let response = try await client.send(FetchRequest(url: server.url))
        #expect(response.status == 201)
        #expect(response.headers["x-ONE"] == "a b")
        #expect(response.headers["missing"] == nil)
        #expect(try await response.collect(upTo: 5) == Array("abcde".utf8))
        await client.close()
    }

    @Test(arguments: ["POST", "PUT", "PATCH"])
    func sendsMethodHeadersAndBody(method: String) async throws {
        let server = try ScriptedServer { peer in
            guard let request = peer.request() else { return }
            peer.answer(200, "", request.head + "|" + request.body)
        }
        let body = String(repeating: "é", count: 70_000)
        let request = FetchRequest(
            method: method,
            url: server.url + "/p?q=1",
            headers: [("Content-Type", "text/x"), ("X-Empty", "")],
            body: Array(body.utf8)
        )
        let answer = String(decoding: try await client.send(request).collect(upTo: 1 << 20), as: UTF8.self)
        #expect(answer.hasPrefix("\(method) /p?q=1 HTTP/1.1\r\n"))
        #expect(answer.contains("Content-Type: text/x\r\n") && answer.contains("X-Empty:"))
        #expect(!answer.contains("Expect:"))
        #expect(answer.hasSuffix("|" + body))
    }

    @Test func oneConnectionServesManyRequests() async throws {
        let server = try ScriptedServer { peer in
            while peer.request() != nil { peer.answer(200, "", "hello") }
        }
        for _ in 0..<20 {
            #expect(try await client.send(FetchRequest(url: server.url)).collect(upTo: 10).count == 5)
        }
        #expect(server.connections == 1)
    }

    @Test func aShortUnreadRestKeepsTheConnection() async throws {
        let server = try ScriptedServer { peer in
            while peer.request() != nil { peer.answer(200, "", "hello") }
        }
        // The last look at the first answer and its discarding race with its end; both ways the connection lives.
        try await client.send(FetchRequest(url: server.url)).body.discardRest()
        let second = try await client.send(FetchRequest(url: server.url)).collect(upTo: 10)
        #expect(second.count == 5)
        #expect(server.connections <= 2)
        for _ in 0..<5 { _ = try await client.send(FetchRequest(url: server.url)).collect(upTo: 10) }
        #expect(server.connections <= 2)
    }

    @Test func manyStreamsAtOnce() async throws {
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
            for index in 0..<50 { peer.send("data: \(index)\n\n") }
        }
        let (client, url) = (client, server.url)
        let counts = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    var parser = ServerSentEventParser()
                    var events = 0
                    for try await chunk in try await client.send(FetchRequest(url: url)).body {
                        try parser.feed(chunk) { _ in events += 1 }
                    }
                    return events
                }
            }
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(counts == Array(repeating: 50, count: 200))
        await client.close()
    }

    @Test func closingEndsWhatIsOpen() async throws {
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.send("HTTP/1.1 200 OK\r\n\r\nbegin")
            peer.waitForClose()
        }
        let response = try await client.send(FetchRequest(url: server.url))
        await client.close()
        await #expect(throws: FetchError(.closed, "the client is closed")) { try await response.collect(upTo: 100) }
        await #expect(throws: FetchError(.closed, "the client is closed")) {
            try await client.send(FetchRequest(url: server.url))
        }
        await client.close()
    }
}
