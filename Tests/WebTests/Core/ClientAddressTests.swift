import HTTPTypes
import HummingbirdTesting
import Testing

@testable import Web

/// Where a request comes from, and who may say so.
@Suite struct ClientAddressTests {
    private func client(_ peer: String, _ forwarded: String..., trusting proxies: [String]) -> String {
        ClientAddressMiddleware(trusted: proxies.compactMap { AddressRange($0) }).client(of: peer, forwarded: forwarded)
    }

    @Test func theRightMostThatIsNotTrustedCounts() {
        let proxies = ["127.0.0.1", "10.0.0.0/8", "fd00::/8"]
        #expect(client("127.0.0.1", "198.51.100.7", trusting: proxies) == "198.51.100.7")
        #expect(client("127.0.0.1", "1.1.1.1, 198.51.100.7, 10.1.2.3", trusting: proxies) == "198.51.100.7")
        #expect(client("127.0.0.1", "1.1.1.1,198.51.100.7", "10.1.2.3", trusting: proxies) == "198.51.100.7")
        #expect(client("::ffff:127.0.0.1", "198.51.100.7:4711", trusting: proxies) == "198.51.100.7")
        #expect(client("fd00::1", "[2001:db8::7]:443", trusting: proxies) == "2001:db8::7")
        #expect(client("10.0.0.1", "10.0.0.2, 10.0.0.3", trusting: proxies) == "10.0.0.2")
    }

    @Test func strangersAreNotBelieved() {
        #expect(client("203.0.113.9", "198.51.100.7", trusting: ["127.0.0.1"]) == "203.0.113.9")
        #expect(client("127.0.0.1", "198.51.100.7", trusting: ["10.0.0.0/8"]) == "127.0.0.1")
        #expect(client("127.0.0.1", trusting: ["127.0.0.1"]) == "127.0.0.1")
        for nonsense in ["unknown", "", " , ", "1.1.1.1, _hidden", "1.1.1.1, 300.1.1.1", "<script>"] {
            #expect(client("127.0.0.1", nonsense, trusting: ["127.0.0.1"]) == "127.0.0.1", "\(nonsense)")
        }
    }

    @Test(arguments: [
        ("192.0.2.0/25", "192.0.2.127", true), ("192.0.2.0/25", "192.0.2.128", false), ("0.0.0.0/0", "8.8.8.8", true),
        ("0.0.0.0/0", "::1", false), ("::1", "::1", true), ("2001:db8::/33", "2001:db8:7fff::", true),
        ("2001:db8::/33", "2001:db8:8000::", false), ("127.0.0.1", "::ffff:127.0.0.1", true),
    ])
    func ranges(range: String, address: String, isInside: Bool) {
        #expect(AddressRange(range)?.contains(address) == isInside)
    }

    /// Over a socket, where there is a peer: guesses from one client close the account to that one.
    @Test(arguments: [true, false])
    func limitsGoByTheClient(isTrusted: Bool) async throws {
        try await TestServer.runSite(trustedProxies: isTrusted ? ["127.0.0.1"] : [], setup: .live) { site in
            let caller = Caller(client: site.client)
            _ = try await caller.newcomer("ada")
            func signIn(_ password: String, from address: String) async throws -> Int {
                try await caller.call(
                    .post,
                    "/v1/login/access-token",
                    body: "username=ada@example.com&password=\(password)",
                    headers: [.contentType: "application/x-www-form-urlencoded", .forwardedFor: address]
                ).status
            }
            for number in 1...5 {
                // What the client itself writes stands to the left.
                #expect(try await signIn("wrong+horse", from: "192.0.2.\(number), 198.51.100.7") == 401)
            }
            #expect(try await signIn("correct+horse+9", from: "192.0.2.9, 198.51.100.7") == 429)
            #expect(try await signIn("correct+horse+9", from: "198.51.100.8") == (isTrusted ? 200 : 429))
        }
    }
}
