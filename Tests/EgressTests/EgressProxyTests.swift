import Fetch
import Foundation
import Testing

@testable import Egress

/// The proxy against clients that mean well and others that do not.
@Suite(.timeLimit(.minutes(2))) struct EgressProxyTests {
    /// Tells what it was asked, and closes.
    private func echo() throws -> ScriptedServer {
        try ScriptedServer { peer in
            guard let request = peer.request() else { return }
            peer.answer(200, "Connection: close\r\n", "\(request.head)\n\(request.body)")
        }
    }

    @Test func aPlainRequestIsPassedOn() async throws {
        let (server, proxy) = (try echo(), try ProxyBench())
        let answer = await proxy.say(
            """
            POST \(server.url)/a?b=c#d HTTP/1.1\r
            Host: elsewhere.test\r
            X-One: 1\r
            Proxy-Authorization: Basic x\r
            Connection: X-Mine, keep-alive\r
            X-Mine: 2\r
            Content-Length: 5\r\n\r\nhello
            """
        )
        #expect(answer.hasPrefix("HTTP/1.1 200 X\r\n"))
        #expect(
            answer.hasSuffix(
                """
                POST /a?b=c HTTP/1.1\r
                Host: 127.0.0.1:\(server.port)\r
                x-one: 1\r
                content-length: 5\r
                Connection: close
                hello
                """
            )
        )
        let traffic = try #require(proxy.record.traffic.first)
        #expect(traffic.place == "127.0.0.1:\(server.port)" && traffic.connections == 1)
        #expect(traffic.sentBytes == 5 && traffic.receivedBytes > 100)
    }

    @Test func aTunnelCarriesBothDirections() async throws {
        let server = try ScriptedServer { peer in
            while let request = peer.request() { peer.answer(200, "", "saw \(request.body)") }
        }
        let proxy = try ProxyBench()
        let ask = "POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n"
        let client = Peer(proxy.connect())
        defer { close(client.descriptor) }
        client.send("CONNECT 127.0.0.1:\(server.port) HTTP/1.1\r\nHost: x\r\n\r\n\(ask)ab")
        var text = ""
        for (wanted, more) in [("saw ab", "\(ask)cd"), ("saw cd", nil)] {
            while !text.hasSuffix(wanted), let piece = await client.receiveText() { text += piece }
            if let more { client.send(more) }
        }
        #expect(text.hasPrefix("HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 200 X"))
        #expect(text.hasSuffix("saw cd"))
    }

    @Test func muchArrivesWhole() async throws {
        let size = 8 << 20
        let server = try ScriptedServer { peer in
            guard peer.request() != nil else { return }
            peer.answer(200, "Connection: close\r\n", String(repeating: "x", count: size))
        }
        let proxy = try ProxyBench()
        let answer = await proxy.say(Array("GET \(server.url)/ HTTP/1.1\r\n\r\n".utf8))
        #expect(answer.count > size && answer.count < size + 100)
    }

    @Test(arguments: ["CONNECT example.org:443 HTTP/1.1", "GET http://example.org/ HTTP/1.1"])
    func whatIsNotOnTheListIsRefused(request: String) async throws {
        let proxy = try ProxyBench { _, _ in false }
        let answer = await proxy.say("\(request)\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 403 Forbidden\r\n"))
        #expect(answer.contains("is not on this agent's list."))
        #expect(proxy.record.refusals.map(\.reason) == ["is not on this agent's list"])
        #expect(proxy.record.traffic.isEmpty)
    }

    /// Every spelling of an address that is not public, through names too.
    @Test(arguments: [
        "127.0.0.2", "127.1.1", "2130706434", "0x7f000002", "0177.0.0.2", "0", "10.0.0.1", "192.168.1.1", "172.16.0.1",
        "169.254.169.254", "100.64.0.1", "[::1]", "[::ffff:127.0.0.2]", "[::ffff:7f00:2]", "[fd00::1]", "[fe80::1]",
        "[64:ff9b::7f00:2]", "[2002:7f00:2::]", "[::]", "rebound.test", "mixed.test", "localhost",
    ])
    func nothingLeadsInside(host: String) async throws {
        let proxy = try ProxyBench(names: [
            "rebound.test": ["10.0.0.7"], "mixed.test": ["::ffff:10.0.0.7", "169.254.169.254"], "localhost": ["::1"],
        ])
        for request in ["CONNECT \(host):443 HTTP/1.1", "GET http://\(host)/ HTTP/1.1"] {
            let answer = await proxy.say("\(request)\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 403 Forbidden\r\n"), "\(request): \(answer)")
        }
        #expect(Set(proxy.record.refusals.map(\.reason)) == ["leads into a private or local network"])
    }

    /// Of several addresses only those are used that may be.
    @Test func aNameIsResolvedOnceAndItsAddressesAreChecked() async throws {
        let (server, asked) = (try echo(), Counter())
        let proxy = try ProxyBench(names: ["both.test": ["10.255.255.1", "127.0.0.1"]]) { host, _ in
            asked.increment()
            return host == "both.test"
        }
        let answer = await proxy.say("GET http://both.test:\(server.port)/ HTTP/1.1\r\n\r\n")
        #expect(answer.contains("Host: both.test:\(server.port)"))
        #expect(asked.value == 1)
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\n\r\n", "GET https://example.org/ HTTP/1.1\r\n\r\n", "CONNECT example.org HTTP/1.1\r\n\r\n",
        "CONNECT example.org:0 HTTP/1.1\r\n\r\n", "CONNECT user@example.org:443 HTTP/1.1\r\n\r\n",
        "CONNECT example.org:443/x HTTP/1.1\r\n\r\n", "GET http://a@b/ HTTP/1.1\r\n\r\n", "nonsense\r\n\r\n",
        "GET  http://a/ HTTP/1.1\r\n\r\n", "GET http://a/ HTTP/2\r\n\r\n", "GET http://a/ HTTP/1.1\r\nX : 1\r\n\r\n",
        "GET http://a/ HTTP/1.1\r\n folded\r\n\r\n", "GET http://a/ HTTP/1.1\r\nX: 1\nY: 2\r\n\r\n",
        "GET http://a/ HTTP/1.1\r\nX: \u{1}\r\n\r\n", "\u{16}\u{3}\u{1}\r\n\r\n",
        "POST http://a/ HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "POST http://a/ HTTP/1.1\r\nContent-Length: +1\r\nContent-Length: 1\r\n\r\nab",
        "POST http://a/ HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "GET gopher://a/ HTTP/1.1\r\n\r\n",
    ])
    func whatCanBeReadInTwoWaysIsRefused(request: String) async throws {
        let proxy = try ProxyBench(names: ["a": ["127.0.0.1"], "example.org": ["127.0.0.1"]])
        #expect(await proxy.say(request).hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
        #expect(proxy.record.traffic.isEmpty)
    }

    @Test func aBodyOfUnknownLengthIsRefused() async throws {
        let proxy = try ProxyBench(names: ["a": ["127.0.0.1"]])
        let request = "POST http://a/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n"
        #expect(await proxy.say(request).hasPrefix("HTTP/1.1 411 "))
        let head = "GET http://a/ HTTP/1.1\r\nX: " + String(repeating: "x", count: 40_000)
        #expect(await proxy.say(head).hasPrefix("HTTP/1.1 431 "))
    }

    /// A second request behind the first would go where the first went, whatever it says.
    @Test func nothingIsSmuggledBehindARequest() async throws {
        let seen = Counter()
        let server = try ScriptedServer { peer in
            while let request = peer.request() {
                seen.increment()
                peer.answer(200, "", request.head)
            }
        }
        let proxy = try ProxyBench()
        let one = "GET \(server.url)/ HTTP/1.1\r\n\r\n"
        _ = await proxy.say(one + "GET http://inner.test/ HTTP/1.1\r\nHost: inner.test\r\n\r\n")
        #expect(seen.value <= 1)
        let body = "POST \(server.url)/ HTTP/1.1\r\nContent-Length: 2\r\n\r\nabGET / HTTP/1.1\r\n\r\n"
        _ = await proxy.say(body)
        #expect(seen.value <= 2)
    }

    @Test func trafficHasAnEnd() async throws {
        let server = try ScriptedServer { peer in
            guard peer.request() != nil else { return }
            peer.answer(200, "", String(repeating: "x", count: 1 << 20))
        }
        var limits = EgressLimits()
        limits.bytes = 200_000
        let proxy = try ProxyBench(limits: limits)
        let answer = await proxy.say(Array("GET \(server.url)/ HTTP/1.1\r\n\r\n".utf8))
        #expect(answer.count <= 200_000)
    }

    @Test func silenceEndsAConnection() async throws {
        let server = try ScriptedServer { $0.waitForClose() }
        var limits = EgressLimits()
        var answer = ""
        // A busy machine may be slower to answer than the shortest of these is long.
        for silence in [Duration.milliseconds(200), .seconds(2), .seconds(20)] where answer.isEmpty {
            limits.idleTimeout = silence
            answer = try await ProxyBench(limits: limits).say("CONNECT 127.0.0.1:\(server.port) HTTP/1.1\r\n\r\n")
        }
        #expect(answer.hasPrefix("HTTP/1.1 200 "))
        limits.idleTimeout = .milliseconds(200)
        let silent = try ProxyBench(limits: limits)
        #expect(await silent.say("CONNECT").isEmpty)
    }

    @Test func onlySoManyAtOnce() async throws {
        let server = try ScriptedServer { $0.waitForClose() }
        var limits = EgressLimits()
        limits.connections = 2
        let proxy = try ProxyBench(limits: limits)
        let held = (0..<2).map { _ in Peer(proxy.connect()) }
        defer { for one in held { close(one.descriptor) } }
        for one in held { one.send("CONNECT 127.0.0.1:\(server.port) HTTP/1.1\r\n\r\n") }
        // Connections are taken by a task each, in any order: those two have to be in before the third comes.
        let reached = { proxy.record.traffic.first?.connections ?? 0 }
        try await eventually("both are in") { reached() >= 2 }
        #expect(reached() == 2)
        #expect(await proxy.say("nonsense\r\n\r\n") == "")
    }

    @Test func nothingIsLeftWhenItEnds() async throws {
        let server = try ScriptedServer { $0.waitForClose() }
        let proxy = try ProxyBench(names: ["slow.test": ["198.51.100.1"]])
        // They are taken in their order: when the second is answered, the first is in.
        let (half, tunnel) = (Peer(proxy.connect()), Peer(proxy.connect()))
        defer { for one in [tunnel, half] { close(one.descriptor) } }
        tunnel.send("CONNECT 127.0.0.1:\(server.port) HTTP/1.1\r\n\r\n")
        half.send("CONN")
        #expect(await tunnel.receiveText()?.contains("200") == true)
        let begin = ContinuousClock.now
        await proxy.stop()
        #expect(await tunnel.receiveText() == nil)
        #expect(await half.receiveText() == nil)
        #expect(ContinuousClock.now - begin < .seconds(20))
    }

    @Test func whatIsNotThereIsSaid() async throws {
        let proxy = try ProxyBench(names: ["nobody.test": []])
        #expect(await proxy.say("CONNECT nobody.test:443 HTTP/1.1\r\n\r\n").hasPrefix("HTTP/1.1 502 "))
        #expect(await proxy.say("CONNECT 127.0.0.1:1 HTTP/1.1\r\n\r\n").hasPrefix("HTTP/1.1 502 "))
        #expect(proxy.record.refusals.map(\.reason) == ["has an unknown name", "does not answer"])
    }
}

extension Peer {
    /// What comes next; nil at the end. It waits on a thread of its own: the few that tasks share are the proxy's.
    func receiveText() async -> String? {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var buffer = [UInt8](repeating: 0, count: 65_536)
                let got = recv(descriptor, &buffer, buffer.count, 0)
                continuation.resume(returning: got > 0 ? String(decoding: buffer[..<got], as: UTF8.self) : nil)
            }
        }
    }
}
