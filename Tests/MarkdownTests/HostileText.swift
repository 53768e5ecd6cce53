import Testing

/// Texts made of what Markdown is made of, in no order anyone would write.
enum HostileText {
    private static let common = [
        "a", "b ", " ", "  ", "    ", "\n", "\n", "\n\n", "\t", "\r\n", "\r", "*", "**", "_", "`", "```", "``` x\n",
        "[", "]", "(", ")", "![", "](", "](/u)", "[a]", "[a]: /u", "]:", "<", ">", "> ", "- ", "* ", "+ ", "1. ",
        "2. ", "7) ", "# ", "## ", "#", "---", "===", "-", "&", "&amp;", "&#42;", "\\", "\\*", "\"", "'", "<b>", "</b>",
        "<div>", "<!--", "-->", "<a href=\"javascript:x\">", "](javascript:alert(1))", "[x](JaVaScRiPt:y)",
        "<javascript:z>", "](data:text/html,x)", "![i](/p.png \"t\")", "中", "。", "é", "😀", "\u{0}", "\u{a0}", "!", "=",
    ]
    private static let extended =
        common + [
            "|", "|", "| a | b |\n", "|--|:-:|\n", "| 1 |\n", "-|-\n", ":-", "\\|", "~~", "~", "~~~\n", "[ ] ", "[x] ",
            "- [ ] ", "www.", "www.a.b", "http://", "https://a.b/c_d", "ftp://", "a@b.c", "@", ".", ":", "://", "\\~",
            "\\:", "\\[", "javascript:", "onclick=", "<br>", "\u{1d}", "\u{1f}", "\u{1039f}", "\u{feff}", "&#31;",
            "&#x1d;",
        ]

    static func random(
        using random: inout SeededGenerator,
        withExtensions: Bool = true,
        pieces count: ClosedRange<Int> = 1...40
    ) -> String {
        let pieces = withExtensions ? extended : common
        let count = Int.random(in: count, using: &random)
        return (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
    }

    /// What an honest text looks like, with some of everything.
    static let answer = """
        # 为什么重试会一起到达

        Retries come **together**, since every client waits the *same* time; see https://example.com/retries_(2)。

        1. First, let the delay grow.

           ```python
           delay = min(CEILING, BASE * 2 ** attempt)
           ```
        2. Then choose it at random ~~always~~.

        - [x] measured
        - [ ] rolled out

        | Attempt | Delay | Note |
        |--------:|:-----:|------|
        | 1 | 0.25 s | `a \\| b` |
        | 2 | 0.5 s |

        > A quote with `code`, [a link](/docs) and [another][one].
        > And a lazy
        line.

        ```swift
        let delays: [Int: Double] = [1: 0.25]
        print("<b>&</b>")
        ```

        Setext
        ------

        ![A picture](https://example.com/a.png) and user@example.com.

        [one]: https://example.com/one "One"

        """

    /// Texts made by repeating something the parser or we could stumble over, of about the given length.
    static let growing: [Growing] =
        [
            "[", "]", "*", "_", "|", "~", "~~", "~~a ", "a~~ ", "~~a~~", "`", "<", "<!--", "&", "&amp;", "\\", "![",
            "![[]()",
            "[](", "[a](", "www.", "*www._", "(www.", "_www._", "中www.", "www.a&b;", "http://", "http://a_", "http://_",
            "https://a.b/(", "a@", "a@a.", "a@b.c ", ">", "> ", "- ", "-\t", "> - ", "1. ", "| ", "||", "| a |\n|-|\n",
            "|a|\n|-|\n\n", "a|b\n-|-\n", "|-|\n|-|\n", "- |a|\n  |-|\n", "> |a|\n|-|\n", "|a|\n|-|\n2. b\n", "\\|",
            "- [ ] a\n", "\\~", "\u{1039f}", "[a]: /u\n", "[a]: /u\n\n", "# ", "```\n", "<b>", "<div>\n", "*a ", "a* ",
            "_a_*",
            "<a@b.c>", "[<http://a>](b)",
        ].map { piece in
            Growing(name: piece) { String(repeating: piece, count: $0 / piece.utf8.count) }
        } + [
            Growing(name: "blank lines in deep lists") {
                String(repeating: "- ", count: $0 / 4) + "a" + String(repeating: "\n", count: $0 / 2)
            },
            Growing(name: "missing cells, as many columns as rows") {
                "|" + String(repeating: "a|", count: $0 / 6) + "\n|" + String(repeating: "-|", count: $0 / 6) + "\n"
                    + String(repeating: "a\n", count: $0 / 6)
            },
            Growing(name: "a long address for many references") {
                "[a]: /" + String(repeating: "u", count: $0 / 2) + "\n\n" + String(repeating: "[a] ", count: $0 / 8)
            },
            Growing(name: "brackets after an address") {
                "http://a/" + String(repeating: "(", count: $0 / 2) + String(repeating: ")", count: $0 / 2)
            },
            Growing(name: "deletions in deletions") {
                String(repeating: "~~a ", count: $0 / 8) + String(repeating: " a~~", count: $0 / 8)
            },
            Growing(name: "images in images") {
                String(repeating: "![a", count: $0 / 7) + String(repeating: "](b)", count: $0 / 7)
            },
        ]

    struct Growing: Sendable, CustomTestStringConvertible {
        let name: String
        let text: @Sendable (Int) -> String

        var testDescription: String { name.debugDescription }
    }
}
