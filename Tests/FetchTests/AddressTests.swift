import Testing

@testable import Fetch

/// The address policy, by the table and at connect time.
struct AddressTests {
    @Test(arguments: [
        "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254", "169.254.169.254",
        "168.63.129.16",
        "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1",
        "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::7f00:1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::", "3fff::1", "5f00::1",
        "fc00::1", "fd12:3456::1", "fe80::1%eth0", "fec0::1", "ff02::1",
    ])
    func notPublic(text: String) throws {
        #expect(try !#require(NetworkAddress(text: text)).isPublic)
    }

    @Test(arguments: [
        "1.1.1.1", "8.8.8.8", "168.63.129.15", "168.63.129.17", "100.63.255.255", "100.128.0.1", "172.15.0.1",
        "172.32.0.1", "192.0.1.1",
        "223.255.255.255",
        "2606:4700:4700::1111", "2a00:1450::1", "2003::1", "64:ff9b::808:808",
    ])
    func isPublic(text: String) throws {
        #expect(try #require(NetworkAddress(text: text)).isPublic)
    }

    @Test func nonsenseIsNotPermitted() {
        #expect(NetworkAddress(text: "example.org") == nil)
        #expect(!AddressPolicy.publicOnly.permits(nil))
    }

    @Test(arguments: [
        "127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0", "[::1]", "[::ffff:127.0.0.1]",
    ])
    func refusedAtConnectTime(host: String) async throws {
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.answer()
        }
        let client = FetchClient()
        let request = FetchRequest(url: "http://\(host):\(server.port)/", addresses: .publicOnly)
        let error = await #expect(throws: FetchError.self) { try await client.send(request) }
        #expect(error?.code == .blockedAddress)
        #expect(server.connections == 0)
    }

    @Test func anOperatorMayAllowMore() throws {
        let policy = AddressPolicy.publicAnd { ["10.0.0.7", "fd00::1"].contains($0) }
        for text in ["10.0.0.7", "fd00:0::1", "8.8.8.8"] {
            #expect(policy.permits(NetworkAddress(text: text)), "\(text)")
        }
        for text in ["10.0.0.8", "127.0.0.1", "::1"] { #expect(!policy.permits(NetworkAddress(text: text)), "\(text)") }
        #expect(!policy.permits(nil))
    }

    @Test func aConnectionOfAnotherRequestIsNoWayRound() async throws {
        let requests = Counter()
        let server = try ScriptedServer { peer in
            while peer.request() != nil {
                requests.increment()
                peer.answer(200, "", "x")
            }
        }
        let client = FetchClient()
        _ = try await client.send(FetchRequest(url: server.url)).collect(upTo: 10)
        let error = await #expect(throws: FetchError.self) {
            try await client.send(FetchRequest(url: server.url, addresses: .publicOnly))
        }
        #expect(error?.code == .blockedAddress)
        #expect(requests.value == 1)
    }
}
