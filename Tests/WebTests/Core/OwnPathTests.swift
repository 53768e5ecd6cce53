import Testing

@testable import Web

struct OwnPathTests {
    @Test(arguments: ["/", "/settings", "/conversations/1?done=saved#end", "/a%09b", "/对话"])
    func ours(path: String) { #expect(path.asOwnPath == path) }

    @Test(arguments: [
        "", "settings", "//evil.example", "/\t/evil.example", "/\n/evil.example", "/\r/evil.example", "/\\evil.example",
        "https://evil.example", "/ /evil.example", "/\u{7F}/x",
    ])
    func notOurs(path: String) { #expect(path.asOwnPath == "/") }
}
