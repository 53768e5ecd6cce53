import Testing

@testable import Reading

/// Character sets, media types and feeds.
@Suite struct DocumentTests {
    private func read(_ bytes: [UInt8], _ type: String?) throws -> ReadableDocument {
        try ReadableDocument(bytes, contentType: type, url: "https://example.org/feed")
    }

    @Test(
        arguments: [
            ([0xD6, 0xD0, 0xCE, 0xC4], "text/plain; charset=gb2312", "中文"),
            ([0x93, 0xFA, 0x96, 0x7B], "text/plain; charset=\"Shift_JIS\"", "日本"),
            ([0xA4, 0xA4, 0xA4, 0xE5], "text/plain; charset=Big5", "中文"),
            ([0xC7, 0xD1], "text/plain;charset=euc-kr", "한"),
            ([0xCF, 0xF0], "text/plain; charset=windows-1251", "Пр"),
            ([0x93, 0xE9, 0x94], "text/plain; charset=iso-8859-1", "“é”"),
            ([0x93, 0xE9, 0x94], "text/plain", "“é”"),
            ([0xC3, 0xA9], "text/plain", "é"),
            ([0xC3, 0xA9], "text/plain; charset=nonsense", "é"),
            ([0xEF, 0xBB, 0xBF, 0xC3, 0xA9], "text/plain; charset=latin1", "é"),
            ([0xFF, 0xFE, 0x2D, 0x4E], "text/plain", "中"),
            ([0xD6, 0xD0, 0xFF, 0xCE, 0xC4, 0xD6], "text/plain; charset=gbk", "中\u{FFFD}文\u{FFFD}"),
        ] as [([UInt8], String, String)]
    )
    func charsets(bytes: [UInt8], type: String, text: String) throws { #expect(try read(bytes, type).text == text) }

    @Test func aPageMayNameItsCharset() throws {
        let page = Array("<html><head><meta http-equiv=Content-Type content='text/html; charset=gbk'></head><p>".utf8)
        #expect(try read(page + [0xD6, 0xD0], "text/html").text == "中")
        let document = Array("<?xml version='1.0' encoding='GBK'?><a>".utf8) + [0xD6, 0xD0] + Array("</a>".utf8)
        #expect(try read(document, "text/xml").text.contains("中"))
    }

    @Test(arguments: ["application/json", "application/ld+json; charset=utf-8", "text/markdown", "text/csv", nil])
    func textsStayAsTheyAre(type: String?) throws {
        #expect(try read(Array("{\"a\": [1,\n 2]}".utf8), type).text == "{\"a\": [1,\n 2]}")
    }

    @Test(
        arguments: [
            ("application/pdf", "x", "application/pdf"), ("image/png", "x", "image/png"),
            ("image/svg+xml", "<svg/>", "image/svg+xml"), ("video/mp4", "x", "video/mp4"),
            (nil, "%PDF-1.7", "application/pdf"), ("application/octet-stream", "PK\u{3}\u{4}", "application/zip"),
            ("application/octet-stream", "\u{1}\u{2}", "application/octet-stream"),
        ] as [(String?, String, String)]
    )
    func othersAreRefusedByName(type: String?, body: String, name: String) {
        #expect(throws: ReadableDocument.Unreadable(mediaType: name)) { try read(Array(body.utf8), type) }
    }

    @Test func aPageThatDoesNotSaySo() throws {
        #expect(try read(Array("  <!DOCTYPE HTML><p>a <b>b</b>".utf8), nil).text == "a **b**")
    }

    @Test func rss() throws {
        let document = try read(
            Array(
                """
                <?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
                xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>News &nbsp;&amp; more</title>
                <description>What happened</description>
                <item><title>One</title><link>https://example.org/1</link><pubDate>Mon, 02 Mar 2026 08:00:00 GMT</pubDate>
                <dc:creator>Ann</dc:creator><description>&lt;p&gt;Short &amp;amp; good&lt;/p&gt;</description></item>
                <item><title><![CDATA[Two <b>x</b>]]></title><content:encoded><![CDATA[<p>Long &eacute;</p>]]></content:encoded>
                <description>ignored</description></item></channel></rss>
                """.utf8
            ),
            "application/rss+xml"
        )
        #expect(document.title == "News & more")
        #expect(
            document.text == """
                What happened

                ## 1. [One](https://example.org/1)

                Mon, 02 Mar 2026 08:00:00 GMT, Ann

                Short & good

                ## 2. Two x

                Long é
                """
        )
    }

    @Test func atom() throws {
        let document = try read(
            Array(
                """
                <feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><entry><title>E</title>
                <link rel="edit" href="/edit"/><link rel="alternate" href="/e"/><updated>2026-01-02T03:04:05Z</updated>
                <author><name>Bo</name></author><summary>S</summary></entry></feed>
                """.utf8
            ),
            "text/xml"
        )
        #expect(document.text == "## 1. [E](https://example.org/e)\n\n2026-01-02T03:04:05Z, Bo\n\nS")
    }
}
