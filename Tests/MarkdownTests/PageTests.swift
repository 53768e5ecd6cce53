import Testing

@testable import Markdown

@Suite struct PageTests {
    @Test(arguments: [
        (
            "```swift ui\nlet a = \"<\"\n```\n",
            "<div class=\"code\"><header><span>swift</span></header><pre tabindex=\"0\">"
                + "<code class=\"language-swift\">let a = &quot;&lt;&quot;\n</code></pre></div>\n"
        ),
        (
            "    a\n",
            "<div class=\"code\"><header><span></span></header><pre tabindex=\"0\"><code>a\n</code></pre></div>\n"
        ),
        (
            "[a](https://b.c \"d\")",
            "<p><a href=\"https://b.c\" title=\"d\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">a</a></p>\n"
        ),
        ("[a](//b.c)", "<p><a href=\"//b.c\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">a</a></p>\n"),
        ("[a](/b) [c](#d)", "<p><a href=\"/b\">a</a> <a href=\"#d\">c</a></p>\n"),
        ("a@b.cd", "<p><a href=\"mailto:a@b.cd\">a@b.cd</a></p>\n"),
        ("![a *b*](/c.png \"d\")", "<p><a href=\"/c.png\" title=\"d\">a b</a></p>\n"),
        ("![](/c.png)", "<p><a href=\"/c.png\">/c.png</a></p>\n"),
        ("[![a](/b.png)](/c)", "<p><a href=\"/c\">a</a></p>\n"),
        ("![a](data:image/png;base64,x)", "<p>a</p>\n"),
        (
            "- [x] a\n- b\n",
            "<ul>\n<li class=\"task\"><input class=\"task\" checked=\"\" disabled=\"\" type=\"checkbox\"> a</li>\n"
                + "<li>b</li>\n</ul>\n"
        ),
        ("- \\[x] a\n", "<ul>\n<li>[x] a</li>\n</ul>\n"),
        ("a<br>b<b>c</b>", "<p>a<br />b<!-- raw HTML omitted -->c<!-- raw HTML omitted --></p>\n"),
        ("# a\n", "<h1>a</h1>\n"),
        (
            "|a|\n|-|\n\n###### &#29;0 b",
            "<div class=\"scroll\" role=\"region\" aria-labelledby=\"table-name\" tabindex=\"0\"><table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n"
                + "</thead>\n</table></div>\n<h6>&amp;#29;0 b</h6>\n"
        ),
        ("", ""),
    ])
    func shows(markdown: String, html: String) {
        #expect(MarkdownRenderer.html(markdown) == html)
    }

    @Test(arguments: [
        "[a](javascript:b)", "[a](JAVASCRIPT:b)", "[a](&#106;avascript:b)", "[a](javascript&colon;b)", "<javascript:b>",
        "[a](vbscript:b)", "[a](data:text/html,b)", "[a](file:///b)", "[a](vscode:b)", "[a]\n\n[a]: javascript:b",
        "[a](javascript\\:b)", "|[a](javascript:b)|\n|-|",
    ])
    func emptiesWhatABrowserWouldRun(markdown: String) {
        let html = MarkdownRenderer.html(markdown)
        #expect(html.contains("<a href=\"\">"))
        #expect(SafeHTML.fault(in: html) == nil)
    }
}
