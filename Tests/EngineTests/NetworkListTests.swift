import Testing

@testable import Engine

/// What a list of hosts lets through, and what cannot stand in it.
@Suite struct NetworkListTests {
    @Test(arguments: [
        ("example.org", "example.org", 443, true), ("example.org", "example.org", 80, true),
        ("example.org", "example.org", 22, false), ("example.org", "a.example.org", 443, false),
        ("example.org", "example.org.", 443, true), ("EXAMPLE.org", "example.org", 443, true),
        ("*.example.org", "a.b.example.org", 443, true), ("*.example.org", "example.org", 443, false),
        ("*.example.org", "notexample.org", 443, false), ("example.org:8443", "example.org", 8443, true),
        ("example.org:8443", "example.org", 443, false), ("[2001:db8::1]:80", "[2001:db8::1]", 80, true),
        ("pypi", "files.pythonhosted.org", 443, true), ("pypi", "pypi", 443, false), ("npm", "pypi.org", 443, false),
        ("github", "codeload.github.com", 443, true), ("*", "anything.example", 80, true),
        ("*", "anything.example", 25, false), ("localhost:8000", "localhost", 8000, true),
    ])
    func permits(entry: String, host: String, port: Int, isPermitted: Bool) throws {
        #expect(try NetworkList([entry]).permits(host, port) == isPermitted)
    }

    @Test(arguments: [
        "http://example.org", "example", "a b.org", "example.org:0", "*.*.org", "**", "例.cn", "a..b", "", "[x]",
    ])
    func refuses(entry: String) {
        #expect(throws: NetworkListProblem(entry: entry)) { try NetworkList([entry]) }
    }

    @Test func nothingIsListedTwiceAndNotTooMuch() throws {
        #expect(try NetworkList(["a.org", " A.ORG ", "b.org"]).entries == ["a.org", "b.org"])
        #expect(throws: NetworkListProblem(entry: nil)) { try NetworkList((0...100).map { "h\($0).org" }) }
        #expect(!NetworkList.none.permits("example.org", 443))
    }
}
