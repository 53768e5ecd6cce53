import Testing

@testable import Markdown

@Suite struct StreamTests {
    @Test func tellsOnlyWhatChanged() {
        var stream = MarkdownStream()
        #expect(stream.append("# a\n\nb") == MarkdownUpdate(firstChanged: 0, blocks: ["<h1>a</h1>\n", "<p>b</p>\n"]))
        #expect(stream.append("c") == MarkdownUpdate(firstChanged: 1, blocks: ["<p>bc</p>\n"]))
        #expect(stream.append("\n\nd") == MarkdownUpdate(firstChanged: 2, blocks: ["<p>d</p>\n"]))
        #expect(stream.append("\n") == MarkdownUpdate(firstChanged: 3, blocks: []))
        #expect(stream.finish() == MarkdownUpdate(firstChanged: 3, blocks: []))
    }

    @Test func aListThatBecomesLooseChangesAsOne() {
        var stream = MarkdownStream()
        _ = stream.append("- a\n- b\n")
        let update = stream.append("\n- c\n")
        #expect(update.firstChanged == 0)
        #expect(update.blocks.first?.contains("<p>a</p>") == true)
    }

    @Test func aDefinitionChangesWhatStandsBeforeIt() {
        var stream = MarkdownStream()
        _ = stream.append("x\n\n[a]\n\n# b\n\n")
        let update = stream.append("[a]: /u\n")
        #expect(update == MarkdownUpdate(firstChanged: 1, blocks: ["<p><a href=\"/u\">a</a></p>\n", "<h1>b</h1>\n"]))
    }

    @Test func aHeadIsAParagraphUntilItsDelimiterRowComes() {
        var stream = MarkdownStream()
        #expect(stream.append("text\na|b\n").blocks == ["<p>text\na|b</p>\n"])
        let update = stream.append("-|-\n")
        #expect(update.firstChanged == 0)
        #expect(update.blocks.count == 2)
        #expect(update.blocks[0] == "<p>text</p>\n")
    }

    @Test func aCodeBlockGrowsAndCloses() {
        var stream = MarkdownStream()
        let head = "<div class=\"code\"><header><span>c</span></header><pre tabindex=\"0\"><code class=\"language-c\">"
        let tail = "</code></pre></div>\n"
        #expect(stream.append("```c\n").blocks == [head + tail])
        #expect(stream.append("a <").blocks == [head + "a &lt;\n" + tail])
        #expect(stream.append("\n``").blocks == [head + "a &lt;\n``\n" + tail])
        #expect(stream.append("`").blocks == [head + "a &lt;\n" + tail])
        #expect(stream.append("\n").blocks.isEmpty)
        #expect(stream.append("b") == MarkdownUpdate(firstChanged: 1, blocks: ["<p>b</p>\n"]))
    }

    @Test func aLongBlockIsRenderedWhenItHasGrownEnough() {
        var stream = MarkdownStream()
        _ = stream.append(String(repeating: "word ", count: 4000))
        #expect(stream.append("x").blocks.isEmpty)
        #expect(stream.finish().blocks.count == 1)
        #expect(!stream.append(String(repeating: "y", count: 200)).blocks.isEmpty)
    }

    @Test func countsImagesAcrossBlocksAsTheWholeDoes() {
        let text = String(repeating: "![a\n", count: 200) + "# h\n" + String(repeating: "![a](/b) ", count: 200)
        var stream = MarkdownStream()
        var blocks: [String] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let update = stream.append(line + "\n")
            blocks.replaceSubrange(update.firstChanged..., with: update.blocks)
        }
        let rest = stream.finish()
        blocks.replaceSubrange(rest.firstChanged..., with: rest.blocks)
        #expect(blocks.joined() == MarkdownRenderer.html(text + "\n"))
        #expect(blocks.joined().contains("!<a"))
    }
}
