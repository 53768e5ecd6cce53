import Testing

@testable import Reading

/// Pages that are written to be expensive stay cheap.
@Suite struct HostilePageTests {
    private func read(_ html: String, type: String = "text/html") throws -> String {
        try ReadableDocument(Array(html.utf8), contentType: type, url: "https://example.org/").text
    }

    @Test(arguments: [
        "<div>", "<ul><li>x", "<blockquote>x", "<b>x<i>", "<table><tr><td>", "<a href=x>", "<dl><dd>x", "<!--<p>",
    ])
    func depth(opening: String) throws {
        let text = try read("<p>begin</p>" + String(repeating: opening, count: 20_000))
        #expect(text.utf8.count < 200_000)
    }

    @Test func shortLinksToLongAddresses() throws {
        let base = "<base href='https://example.org/\(String(repeating: "a", count: 1500))/'>"
        let text = try read(base + String(repeating: "<a href=x>y</a> ", count: 20_000))
        #expect(text.utf8.count < 3_000_000)
    }

    @Test func aCellThatSpansEverything() throws {
        let row = "<tr><td colspan=999999999>a<td colspan=-3>b"
        #expect(try read("<table>" + row + row).utf8.count < 500)
    }

    @Test func entitiesOfItsOwnAreNotExpanded() throws {
        let bomb = (0..<12).map { "<!ENTITY e\($0 + 1) \"\(String(repeating: "&e\($0);", count: 10))\">" }.joined()
        let text = try read(
            """
            <?xml version="1.0"?><!DOCTYPE rss [<!ENTITY e0 "boom">\(bomb)<!ENTITY file SYSTEM "file:///etc/passwd">]>
            <rss><channel><item><title>A &e12; &file; B</title></item></channel></rss>
            """,
            type: "application/rss+xml"
        )
        #expect(text == "## 1. A &e12; &file; B")
    }

    @Test func bytesThatAreNoText() throws {
        let bytes: [UInt8] = Array("<p>a".utf8) + [0, 0xFF, 0xC3, 0x28] + Array("b</p>".utf8)
        let document = try ReadableDocument(bytes, contentType: "text/html; charset=utf-8", url: "https://example.org/")
        #expect(document.text == "a\u{FFFD}\u{FFFD}(b")
    }
}
