import Testing

@testable import Web

struct OwnPathTests {
    @Test(arguments: ["/", "/settings", "/conversations/1?done=saved#end", "/a%09b"])
    func ours(path: String) { #expect(path.asOwnPath == path) }

    @Test func otherWritingsAreEncoded() {
        #expect("/对话".asOwnPath == "/%E5%AF%B9%E8%AF%9D" && "/\u{301}/x".asOwnPath == "/%CC%81/x")
    }

    @Test(arguments: [
        "", "settings", "//evil.example", "/\t/evil.example", "/\n/evil.example", "/\r/evil.example", "/\\evil.example",
        "https://evil.example", "/ /evil.example", "/\u{7F}/x", "//\u{FE0F}evil.example", "/\u{301}/evil.example\\",
    ])
    func notOurs(path: String) { #expect(path.asOwnPath == "/") }
}
