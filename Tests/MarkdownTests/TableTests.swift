import Testing

@testable import Markdown

@Suite struct TableTests {
    private let head = "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n"

    private func html(_ markdown: String) -> String { MarkdownRenderer.html(markdown, style: .plain) }

    @Test func takesTheLastLineOfAParagraphForItsHead() {
        #expect(html("text\na|b\n-|-\n") == "<p>text</p>\n" + head + "</table>\n")
    }

    @Test func standsInListsAndQuotes() {
        #expect(html("- a|b\n  -|-\n- c\n") == "<ul>\n<li>\n" + head + "</table>\n</li>\n<li>c</li>\n</ul>\n")
        #expect(html("> 1. x\n>    a|b\n>    -|-\n").contains("<li>x\n" + head + "</table>\n</li>"))
        #expect(html("- > - a|b\n  >   -|-\n").contains("<li>\n" + head + "</table>\n</li>"))
        #expect(html("-\ta|b\n\t-|-\n") == "<ul>\n<li>\n" + head + "</table>\n</li>\n</ul>\n")
    }

    @Test func doesNotContinueLazily() {
        #expect(html("> a|b\n-|-\n") == "<blockquote>\n<p>a|b\n-|-</p>\n</blockquote>\n")
        #expect(html("> a|b\n> -|-\nc|d\n") == "<blockquote>\n" + head + "</table>\n</blockquote>\n<p>c|d</p>\n")
    }

    @Test func endsWhereAnotherBlockBegins() {
        #expect(html("a|b\n-|-\n---\n") == head + "</table>\n<hr />\n")
        #expect(html("a|b\n-|-\n2. c\n") == head + "</table>\n<ol start=\"2\">\n<li>c</li>\n</ol>\n")
        #expect(html("a|b\n-|-\n    c\n") == head + "</table>\n<pre><code>c\n</code></pre>\n")
        #expect(html("a|b\n-|-\n<b>\n") == head + "</table>\n<!-- raw HTML omitted -->\n")
        #expect(html("a|b\n-|-\n```\nc\n```\n") == head + "</table>\n<pre><code>c\n</code></pre>\n")
    }

    @Test func isFoundInWhatFollowsATable() {
        let text = "a|b\n-|-\n2. a|b\n   -|-\n"
        #expect(html(text) == head + "</table>\n<ol start=\"2\">\n<li>\n" + head + "</table>\n</li>\n</ol>\n")
    }

    @Test func cellsAreTheParsersInlines() {
        let rows = html("a|b\n-|-\n*x* | `\\|` \n[r] | \\|\\*\n# | #\n\n[r]: /u\n")
        #expect(rows.contains("<td><em>x</em></td>\n<td><code>|</code></td>"))
        #expect(rows.contains("<td><a href=\"/u\">r</a></td>\n<td>|*</td>"))
        #expect(!html("a|b\n-|-\n*x|y*\n").contains("<em>"))
        #expect(html("a|b\n-|-\n| # | c #\n").contains("<td>#</td>\n<td>c #</td>"))
    }

    @Test func fillsMissingCellsUpToABound() {
        #expect(html("a|b\n-|-\nc\n").contains("<td>c</td>\n<td></td>\n"))
        let wide = String(repeating: "a|", count: 500) + "\n" + String(repeating: "-|", count: 500) + "\n"
        let rows = String(repeating: "c\n", count: 500)
        let cells = html(wide + rows).matches(of: /<td>/).count
        #expect(cells < 8000)
        #expect(html(wide + rows).matches(of: /<td>c/).count == 500)
    }

    @Test func scrollsInAPage() {
        let page = MarkdownRenderer.html("a|b\n-|-\n")
        let region = "<div class=\"scroll\" role=\"region\" aria-labelledby=\"table-name\" tabindex=\"0\">"
        #expect(page == region + head + "</table></div>\n")
    }

    @Test func isNotMadeOfCode() {
        #expect(html("```\na|b\n-|-\n```\n") == "<pre><code>a|b\n-|-\n</code></pre>\n")
        #expect(html("a|b\n-\n") == "<h2>a|b</h2>\n")
    }
}
