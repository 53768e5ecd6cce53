import Testing

@testable import Engine

/// Where a key may be sent, and where not.
@Suite struct SecretPlaceTests {
    @Test(arguments: [
        ("api.example.org", "https", "api.example.org", 443), ("*.example.org", "https", "a.b.example.org", 443),
        ("API.example.org:8443", "https", "api.example.org", 8443), ("https://a.example/", "https", "a.example", 443),
        ("http://127.0.0.1:8080", "http", "127.0.0.1", 8080), ("http://box", "http", "box", 80),
        ("[::1]:99", "https", "[::1]", 99),
    ])
    func there(place: String, scheme: String, host: String, port: Int) throws {
        #expect(try #require(SecretPlace(place)).contains(scheme: scheme, host: host, port: port))
    }

    @Test(arguments: [
        ("api.example.org", "http", "api.example.org", 80), ("api.example.org", "https", "api.example.org", 8443),
        ("api.example.org", "https", "api.example.org.evil.example", 443),
        ("api.example.org", "https", "x.api.example.org", 443), ("*.example.org", "https", "example.org", 443),
        ("*.example.org", "https", "evilexample.org", 443), ("http://box", "https", "box", 443),
    ])
    func notThere(place: String, scheme: String, host: String, port: Int) throws {
        #expect(try !#require(SecretPlace(place)).contains(scheme: scheme, host: host, port: port))
    }

    @Test(arguments: [
        "", "*", "*.", "a..b", "a b", "a/b", "ftp://a", "user@a", "a:0", "a:x", "http://", "a.*.b", "ä.example", "[::1",
    ])
    func noPlace(text: String) { #expect(SecretPlace(text) == nil) }

    @Test func itHasOneForm() {
        #expect(SecretPlace(" HTTPS://API.Example.org:443/ ") == SecretPlace("api.example.org"))
        #expect(SecretPlace("http://a:80")?.text == "http://a")
    }
}
