import Egress
import Fetch
import Foundation
import Testing

@testable import Sandbox

/// A sandbox with a door to the network has that door and nothing else.
@Suite(.serialized, .wantsNamespaces, .timeLimit(.minutes(2))) struct NetworkTests {
    private let bench: Bench

    init() async throws { bench = try await Bench() }

    /// A command whose only way out is a proxy that may go to 127.0.0.1 and to `names`.
    private func run(
        _ script: String,
        names: [String: [String]] = [:],
        record: EgressRecord = EgressRecord(),
        allows: @escaping EgressProxy.Permission = { _, _ in true }
    ) async throws -> Bench.Ended {
        let resolver = NameResolver { host in
            if let known = names[host] { return known.compactMap(NetworkAddress.init(text:)) }
            return await NameResolver.system.addresses(of: host)
        }
        let proxy = EgressProxy(addresses: .publicAnd { $0 == "127.0.0.1" }, names: resolver)
        let door = SandboxDoor(network: { listener in
            await proxy.serve(listener.number, permission: allows, record: record)
        })
        return try await bench.run(SandboxLanguage.python.command(script), door: door)
    }

    private static let getting = """
        import urllib.request, urllib.error, os
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({'http': os.environ['http_proxy']}))
        def get(url):
            try: return opener.open(url, timeout=20).read().decode()
            except urllib.error.HTTPError as error: return f'{error.code} {error.read().decode()}'

        """

    @Test func whatIsListedIsReachedThroughTheProxy() async throws {
        let server = try ScriptedServer { peer in
            while peer.request() != nil { peer.answer(200, "", "reached") }
        }
        let record = EgressRecord()
        let script = Self.getting + "print(get('http://inner.test:\(server.port)/'), get('http://other.test/'))"
        let ended = try await run(script, names: ["inner.test": ["127.0.0.1"]], record: record) { host, _ in
            host == "inner.test"
        }
        #expect(ended.text == "reached 403 other.test:80 is not on this agent's list.\n\n")
        #expect(record.traffic.map(\.place) == ["inner.test:\(server.port)"])
        #expect(record.refusals.map(\.place) == ["other.test:80"])
    }

    @Test("SB07 SB29 nothing but the proxy leads out") func onlyTheProxy() async throws {
        let server = try ScriptedServer { $0.answer(200, "", "reached") }
        let ended = try await run(
            """
            import socket
            def attempt(name, *make, to=None, send=False):
                try:
                    s = socket.socket(*make); s.settimeout(1)
                    if send: s.sendto(b'x', to)
                    elif to: s.connect(to)
                    print('REACHED', name)
                except OSError as e: print(name, e.errno)
            I, S, D = socket.AF_INET, socket.SOCK_STREAM, socket.SOCK_DGRAM
            for to in (('127.0.0.1', \(server.port)), ('127.0.0.1', 5432), ('1.1.1.1', 443), ('169.254.169.254', 80)):
                attempt(to, I, S, to=to)
            attempt('udp', I, D, to=('1.1.1.1', 53), send=True)
            attempt('v6', socket.AF_INET6, S, to=('2606:4700:4700::1111', 443))
            attempt('raw', I, socket.SOCK_RAW, 1)
            for family in (socket.AF_VSOCK, socket.AF_PACKET): attempt(int(family), family, S)
            try: print('REACHED', socket.getaddrinfo('example.com', 80))
            except OSError: print('names none')
            """
        )
        #expect(!ended.output.contains("REACHED"))
        #expect(ended.output.contains("names none"))
        #expect(server.connections == 0)
    }

    @Test("SB29 the proxy leads nowhere inside") func noWayInside() async throws {
        let hosts = [
            "127.0.0.2", "127.2", "127.0.2", "2130706434", "0x7f000002", "0x7f.0.0.2", "0177.0.0.2", "017700000002",
            "0",
            "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.2]", "[::ffff:7f00:2]", "[::127.0.0.2]", "[64:ff9b::7f00:2]",
            "[64:ff9b:1::7f00:2]", "[2002:7f00:2::]", "[fe80::1]", "[fd00::1]", "10.0.0.1", "172.16.0.1", "192.168.0.1",
            "169.254.169.254", "100.64.0.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "rebound.test",
            "rebound.test.",
            "mapped.test", "several.test",
        ]
        let names = [
            "rebound.test": ["127.0.0.2"], "rebound.test.": ["127.0.0.2"], "mapped.test": ["::ffff:127.0.0.2"],
            "several.test": ["10.0.0.1", "127.0.0.2"],
        ]
        let list = hosts.map { "'\($0)'" }.joined(separator: ", ")
        let ended = try await run(
            Self.getting + "for host in (\(list)): print(host, get(f'http://{host}/'))",
            names: names
        )
        let answers = ended.output.split(separator: "\n")
        #expect(answers.count == hosts.count, "\(ended.text)")
        for (host, answer) in zip(hosts, answers) {
            #expect(
                answer.hasPrefix("\(host) 403 ") && answer.hasSuffix("leads into a private or local network."),
                "\(answer)"
            )
        }
    }

    @Test("SB29 a redirect is asked about like any other address") func redirects() async throws {
        let inner = try ScriptedServer { $0.answer(200, "", "secret") }
        let port = inner.port
        let outer = try ScriptedServer { peer in
            while peer.request() != nil { peer.answer(302, "Location: http://127.0.0.3:\(port)/\r\n", "") }
        }
        let ended = try await run(
            Self.getting + "print(get('http://outer.test:\(outer.port)/'))",
            names: ["outer.test": ["127.0.0.1"]]
        )
        #expect(ended.output.hasPrefix("403 127.0.0.3:\(port) leads into"))
        #expect(inner.connections == 0)
    }

    /// The socket is the sandbox's own: another one's is not even there, and a network must be given each time.
    @Test("SB24 one sandbox's door is not another's") func neighbours() async throws {
        let server = try ScriptedServer { peer in
            while peer.request() != nil { peer.answer(200, "", "reached") }
        }
        let ask = Self.getting + "print(get('http://inner.test:\(server.port)/'))"
        let names = ["inner.test": ["127.0.0.1"]]
        async let one = run(ask, names: names) { _, _ in true }
        async let other = run(ask, names: names) { _, _ in false }
        let without = try await bench.shell(
            "env | grep -ci proxy; exec 3<>/dev/tcp/127.0.0.1/3128 && echo REACHED"
        )
        #expect(try await one.output == "reached\n")
        #expect(try await other.output.hasPrefix("403 "))
        #expect(without.output == "0\n")
    }

    @Test("SB05 no descriptor and no path of ours goes along") func nothingGoesAlong() async throws {
        let ended = try await run(
            """
            import os
            print(sorted(os.listdir('/proc/self/fd'))[:3], os.readlink('/proc/self/fd/0'))
            print(open('/proc/1/cmdline').read().count('inside'), os.listdir('/run'))
            for line in open('/proc/self/mountinfo'):
                if '/run/' in line: print(line)
            for n in os.listdir('/proc/1/fd'):
                try: print('FOUND', os.readlink('/proc/1/fd/' + n))
                except OSError: pass
            """
        )
        #expect(!ended.text.contains("FOUND socket"))
        #expect(!ended.text.contains("/alma-sandbox") && !ended.text.contains(".build"))
    }

    @Test func aStoppedCommandEndsItsConnections() async throws {
        let server = try ScriptedServer { $0.waitForClose() }
        let script = """
            import os, socket
            s = socket.create_connection(('127.0.0.1', 3128))
            s.sendall(b'CONNECT 127.0.0.1:\(server.port) HTTP/1.1\\r\\n\\r\\n')
            print(s.recv(100), flush=True)
            s.recv(1)
            """
        let record = EgressRecord()
        let running = Task { try await run(script, record: record) }
        try await eventually("the connection is there") { !record.traffic.isEmpty }
        let begin = ContinuousClock.now
        running.cancel()
        _ = try? await running.value
        #expect(ContinuousClock.now - begin < .seconds(20))
    }

    /// What a command says on its descriptors 3 and 4 comes to the server, and what the server says to the command.
    @Test func aLineCarriesBothWays() async throws {
        let heard = Heard()
        let door = SandboxDoor(
            network: { _ in },
            line: { line in
                let bytes = await heard.read(line, 5)
                _ = Array(bytes.reversed()).withUnsafeBytes { write(line.number, $0.baseAddress, $0.count) }
            }
        )
        let ended = try await bench.run(
            SandboxCommand(["/bin/bash", "/run/program"], program: "printf hello >&4; head -c 5 <&3"),
            door: door
        )
        #expect(ended.output == "olleh")
    }
}

/// Reads so many bytes on a thread of its own.
private struct Heard: Sendable {
    func read(_ line: Descriptor, _ count: Int) async -> [UInt8] {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var bytes = [UInt8](repeating: 0, count: count)
                var filled = 0
                while filled < count {
                    let got = recv(line.number, &bytes[filled], 1, 0)
                    guard got > 0 else { break }
                    filled += got
                }
                continuation.resume(returning: Array(bytes[..<filled]))
            }
        }
    }
}
