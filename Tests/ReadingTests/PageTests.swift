import Testing

@testable import Reading

/// Pages as they are found, and what a model gets to read of them.
@Suite struct PageTests {
    private func read(_ html: String, type: String? = "text/html; charset=utf-8") throws -> ReadableDocument {
        try ReadableDocument(Array(html.utf8), contentType: type, url: "https://example.org/dir/page.html?a=1")
    }

    private func text(_ body: String) throws -> String { try read("<html><body>\(body)</body></html>").text }

    @Test func anArticleWithoutWhatIsAroundIt() throws {
        let document = try read(
            """
            <!DOCTYPE html><html><head><title>Tides – The Coast</title><meta property="og:title" content="Why tides turn">
            <meta property="og:site_name" content="The Coast"><meta name="author" content="Ann Lee">
            <meta property="article:published_time" content="2026-03-04T05:06:07Z"><style>p { color: red }</style>
            <script>document.write("<p>written by a script, and long enough, really, to be a paragraph</p>")</script></head>
            <body class="has-sidebar"><header><nav><ul><li><a href="/">Home</a><li><a href="/news">News</a></ul></nav></header>
            <div class="cookie-banner"><p>We use cookies, many cookies, and partners, and more partners than you think.</p></div>
            <div id="page"><div class="post-content"><h1>Why tides turn</h1>
            <p>The moon pulls at the sea, the sea follows, and the coast sees it twice a day, more or less.</p>
            <p>The sun pulls too, though less, and when both pull together the water rises further.</p>
            <p>Read <a href="../moon?x=1&amp;y=2">about the moon</a>, or <a href="#top">go to the top</a>.</p></div>
            <div class="related-posts"><p>You may also like, perhaps, some other stories, about boats, fish, and ropes.</p></div></div>
            <div class="advertisement"><p>Buy ropes, buy boats, buy nets, buy all of it, today, now, at once.</p></div>
            <footer><p>Copyright, imprint, privacy, and everything else that stands down here.</p></footer></body></html>
            """
        )
        #expect(document.title == "Why tides turn")
        #expect(document.site == "The Coast")
        #expect(document.author == "Ann Lee")
        #expect(document.published == "2026-03-04T05:06:07Z")
        #expect(
            document.text == """
                # Why tides turn

                The moon pulls at the sea, the sea follows, and the coast sees it twice a day, more or less.

                The sun pulls too, though less, and when both pull together the water rises further.

                Read [about the moon](https://example.org/moon?x=1&y=2), or go to the top.
                """
        )
    }

    @Test func whatAuthorsMarkAsTheMainPartIsBelieved() throws {
        let text = try text(
            """
            <div><p>Before, a long enough paragraph, with commas, that stands outside of the main part.</p></div>
            <main><aside><p>A note, inside.</p></aside><p>First, the long words of the page, as they are, in a row.</p>
            <section><p>Then, deeper, more words, in a section, which belong to it as well.</p></section></main>
            """
        )
        #expect(text.hasPrefix("A note, inside.\n\nFirst, the long words"))
        #expect(text.hasSuffix("which belong to it as well."))
        #expect(!text.contains("Before"))
    }

    @Test func aPageMayLeaveItsBodyOut() throws {
        let document = try read("<!DOCTYPE html><title>T</title><meta charset=utf-8><nav>Home</nav><article><p>Words.")
        #expect(document.title == "T")
        #expect(document.text == "Words.")
    }

    @Test func aListOfLinksIsReadWhole() throws {
        let items = (1...40).map { "<tr><td><a href='/item/\($0)'>A story, number \($0), of today</a></td></tr>" }
        let text = try text("<table>\(items.joined())</table>")
        #expect(text.hasPrefix("[A story, number 1, of today](https://example.org/item/1)"))
        #expect(text.contains("(https://example.org/item/40)"))
    }

    @Test func aShortPageIsReadWhole() throws {
        #expect(try text("<h2>Status</h2><div>All systems work.</div>") == "## Status\n\nAll systems work.")
    }

    @Test func machineReadableDescriptionsCount() throws {
        let document = try read(
            """
            <title>Plain</title><script type="application/ld+json">{"@graph":[{"@type":"WebSite","name":"x"},
            {"@type":"NewsArticle","headline":"h","datePublished":"2026-01-02","dateModified":"2026-01-03",
            "author":[{"name":"Ann"},{"name":"Bo"}],"publisher":{"name":"Paper"}}]}</script><p>Words.</p>
            """
        )
        #expect(document.author == "Ann, Bo")
        #expect(document.published == "2026-01-02")
        #expect(document.modified == "2026-01-03")
        #expect(document.site == "Paper")
    }

    @Test func aPageMadeByScriptsSaysWhatItIsAbout() throws {
        let document = try read(
            "<meta name=description content='An application.'><div id=app></div><script>start()</script>"
        )
        #expect(document.text == "An application.")
    }

    @Test(
        arguments: [
            ("<p>a <b>bold </b>and <i>it</i> <del>no</del></p>", "a **bold** and *it* ~~no~~"),
            ("<p>one<br>two</p>", "one\ntwo"),
            (
                "<p>x = <code>a `b`</code>, 10<sup>6</sup> m<sup><a href='#f'>[1]</a></sup></p>",
                "x = `` a `b` ``, 10^6 m[1]"
            ),
            ("<p># no heading</p>", "\\# no heading"),
            ("<ul><li>a<ul><li>b</ul><li><p>c</p><p>d</p></ul>", "- a\n  - b\n- c\n\n  d"),
            ("<ol start=9><li>a<li>b</ol>", "9. a\n10. b"),
            ("<blockquote><p>a</p><blockquote>b</blockquote></blockquote>", "> a\n>\n> > b"),
            ("<dl><dt>T<dd>D</dl>", "**T**\n\n- D"),
            ("<pre><code class='language-swift'>let a = 1\n  a\n</code></pre>", "```swift\nlet a = 1\n  a\n```"),
            ("<pre>```</pre>", "````\n```\n````"),
            (
                "<table><tr><th>A<th>B|C<tr><td>1<td>2<br>3<tr><td colspan=2>4</table>",
                "| A | B\\|C |\n| --- | --- |\n| 1 | 2 3 |\n| 4 |  |"
            ),
            ("<table><tr><td><p>left</p><table><tr><td>in</table><td>right</table>", "left\n\nin\n\nright"),
            ("<p><img src=/a.png alt='A [b]'></p>", "![A b](https://example.org/a.png)"),
            ("<p><img src=/spacer.gif>x</p>", "x"),
            (
                "<figure><img data-src=a.png><figcaption>F</figcaption></figure>",
                "![](https://example.org/dir/a.png)\n\n*F*"
            ),
            ("<a href=/c><div><h3>T</h3><p>D</p></div></a>", "[T D](https://example.org/c)"),
            ("<p><a href='javascript:alert(1)'>a</a> <a href='data:text/html,x'>b</a></p>", "a b"),
            ("<p><a href='/a b(c)'>x]</a></p>", "[x\\]](https://example.org/a%20b%28c%29)"),
            ("<p hidden>a</p><p style='display: none'>b</p><p aria-hidden=true>c</p><p>d</p>", "d"),
            ("<p>soft&shy;ly&nbsp;there &amp; &lt;b&gt; &#x4e2d;</p>", "softly\u{A0}there & <b> 中"),
            (
                "<p><math><mi>x</mi><annotation encoding='application/x-tex'>x^2</annotation></math></p>", "$x^2$"
            ),
        ]
    )
    func whatElementsBecome(html: String, markdown: String) throws { #expect(try text(html) == markdown) }

    @Test func aPageMayNameItsBase() throws {
        let document = try read("<head><base href='https://cdn.example.net/x/'></head><p><a href=y>z</a></p>")
        #expect(document.text == "[z](https://cdn.example.net/x/y)")
    }
}
