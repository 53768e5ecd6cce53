import Foundation
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import Web

/// Under which names the server answers.
@Suite struct HostGuardTests {
    @Test(arguments: [
        ("alma.example.org", true), ("ALMA.example.org:8000", true), ("10.0.0.7:8000", true), ("[::1]:8000", true),
        ("public.example.org", true), ("evil.example", false), ("alma.example.org.evil.example", false), ("", false),
        ("evil.example:alma.example.org", false),
    ])
    func onlyThoseThatWereConfigured(authority: String, isAllowed: Bool) {
        let names = ["alma.example.org", "10.0.0.7", "::1"]
        let hosts = HostGuard(names: names, publicURL: "https://public.example.org:8443/alma")
        #expect(hosts.allows(authority) == isAllowed)
    }

    @Test func everyNameWithoutAny() {
        #expect(HostGuard(names: [], publicURL: "https://public.example.org").allows("evil.example"))
    }

    /// Over a socket, where the name is the client's.
    @Test(arguments: [("alma.example.org", false), ("127.0.0.1, localhost", true)])
    func aStrangeNameIsABadRequest(names: String, isOurs: Bool) async throws {
        let names = names.components(separatedBy: ", ")
        try await TestServer.runSite(allowedHosts: names, setup: .live) { site in
            func status(of path: String) async throws -> Int {
                try await site.client.execute(uri: path, method: .get) { $0.status.code }
            }
            let found = [try await status(of: "/sign-in"), try await status(of: "/v1/agents")]
            #expect(found == (isOurs ? [200, 401] : [400, 400]))
            let health = try await status(of: "/healthz")
            #expect(health == 200)
        }
    }
}
