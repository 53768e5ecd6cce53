import Testing

@testable import Markdown

@Suite struct InlineTests {
    private func html(_ markdown: String) -> String {
        let html = MarkdownRenderer.html(markdown, style: .plain)
        return String(html.dropFirst(3).dropLast(5))
    }

    @Test(arguments: [
        ("~~a *b* c~~", "<del>a <em>b</em> c</del>"),
        ("**~~a~~**", "<strong><del>a</del></strong>"),
        ("~~a ~~b~~ c~~", "<del>a <del>b</del> c</del>"),
        ("~5 ms to ~9 ms", "~5 ms to ~9 ms"),
        ("3~5天,7~10天", "3~5天,7~10天"),
        ("b ~~~~a~~~~", "b ~~~~a~~~~"),
        ("\\~~a~~", "~~a~~"),
        ("~~ a ~~", "~~ a ~~"),
        ("~~删除。~~后", "<del>删除。</del>后"),
        ("`~~a~~`", "<code>~~a~~</code>"),
        ("`\\~`", "<code>\\~</code>"),
        ("~~\\~a~~", "<del>~a</del>"),
    ])
    func strikethrough(markdown: String, wanted: String) {
        #expect(html(markdown) == wanted)
    }

    @Test(arguments: [
        ("~~http://a.b~~", "<del><a href=\"http://a.b\">http://a.b</a></del>"),
        ("*www.a.b*", "<em><a href=\"http://www.a.b\">www.a.b</a></em>"),
        ("见https://a.b/c。下", "见<a href=\"https://a.b/c\">https://a.b/c</a>。下"),
        ("见https://a.b了解", "见<a href=\"https://a.b\">https://a.b</a>了解"),
        ("http://localhost:8000/x", "<a href=\"http://localhost:8000/x\">http://localhost:8000/x</a>"),
        ("[http://a.b](/c)", "<a href=\"/c\">http://a.b</a>"),
        ("`http://a.b`", "<code>http://a.b</code>"),
        ("http\\://a.b", "http://a.b"),
        ("www. a", "www. a"),
        ("http://a_b.c", "http://a_b.c"),
        ("xhttp://a.b", "xhttp://a.b"),
        ("a\\@b.c", "a@b.c"),
        ("swift@6.3.1", "swift@6.3.1"),
        ("<http://a.b>", "<a href=\"http://a.b\">http://a.b</a>"),
        ("http://a.b/\"x\"", "<a href=\"http://a.b/%22x\">http://a.b/&quot;x</a>&quot;"),
    ])
    func bareLinks(markdown: String, wanted: String) {
        #expect(html(markdown) == wanted)
    }

    @Test func ourMarksAreNeverShownNorTaken() {
        #expect(html("a\u{1f}b\u{1d}c \u{1039f}") == "abc \u{1039f}")
        #expect(html("`\u{1039f}\\[`") == "<code>\u{1039f}\\[</code>")
        #expect(html("&#31;&#x001D;&#66463;") == "&amp;#31;&amp;#x001D;&amp;#66463;")
        #expect(html("`&#31;`") == "<code>&amp;#31;</code>")
        #expect(html("[a](/b\\~)") == "<a href=\"/b~\">a</a>")
    }
}
