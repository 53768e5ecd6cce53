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

    @Test(arguments: [
        "<b>x<i>", "<q>", "<sup>", "<del><b>", "<span itemprop=author>", "<h1>", "<b><a rel=author href=x>",
        "<blockquote>",
        "<code><b>", "<ruby><rt>",
    ])
    func longTextFarInside(opening: String) throws {
        let words = String(repeating: "word ", count: 40_000)
        let begin = ContinuousClock.now
        // As deep as the parser goes.
        let depth = 240 / opening.count { $0 == "<" }
        let text = try read(String(repeating: opening, count: depth) + words + "<p>end</p>")
        #expect(text.utf8.count < 300_000 && text.contains("word word"))
        #expect(ContinuousClock.now - begin < .seconds(40))
    }

    @Test func marksFarInsideAreLeftOut() throws {
        let open = (0..<20).map { $0 % 2 == 0 ? "<b>" : "<i>" }.joined()
        let text = try read("<p>a \(open)b</p>")
        #expect(text.contains("b") && text.filter { $0 == "*" }.count <= 40)
        #expect(try read("<p>a <b>b <i>c</i></b>") == "a **b *c***")
    }

    @Test func aFactIsNotLookedForInEverything() throws {
        let tree = PageTree(html: "<p>" + String(repeating: "a<b>b</b>", count: 5000))
        #expect(tree.text(0, upTo: 50).utf8.count <= 50)
        #expect(tree.text(0).utf8.count == 10_000)
    }

    @Test func whoIsCancelledDoesNotWait() async throws {
        let page = Array(String(repeating: "<p>word <b>word</b></p>", count: 100_000).utf8)
        let reading = Task {
            try await ReadableDocument.read(page, contentType: "text/html", url: "https://example.org/")
        }
        reading.cancel()
        await #expect(throws: CancellationError.self) { try await reading.value }
        await #expect(throws: ReadableDocument.Unreadable.self) {
            try await ReadableDocument.read([0, 1, 2], contentType: "image/png", url: "https://example.org/")
        }
    }

    @Test(arguments: [
        "", "<?xml version='1.0'?>", "<?xml version=\"1.0\" junk>", "<!-- <![CDATA[ --> ", "<?a > ?>\n<!-- ' -->",
        "<!DOCTYPE x 'a]>' \">\">",
    ])
    func declarationsOfItsOwnAreNotHeeded(before: String) {
        let type = "<!DOCTYPE rss [<!-- ]> ' --><!ATTLIST i more CDATA \"]>\" xmlns CDATA 'https://example.org/'>]>"
        let tree = PageTree(xml: before + type + "<rss><i>word</i></rss>")
        for node in tree.elements(["i"]) { #expect(tree.nodes[node].attributes == [:]) }
        // Where the beginning is no XML, there is nothing rather than something else.
        if !before.contains("junk") { #expect(tree.text(0) == "word") }
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
