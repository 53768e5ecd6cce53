import CCommonMark
import Foundation
import Testing

@testable import Markdown

@Suite struct ConformanceTests {
    /// The specification shows these with the extension for bare links switched off, to say that CommonMark has none.
    private static let withoutBareLinks: Set<Int> = [610, 614, 616, 619, 620]

    @Test func examplesOfTheSpecification() throws {
        let examples = try SpecificationExample.all()
        #expect(examples.count == 673)
        var withRawHTML = 0
        for example in examples where !Self.withoutBareLinks.contains(example.example) {
            let html = MarkdownRenderer.html(example.markdown, style: .plain)
            var wanted = example.html
            if html.contains("<!-- raw HTML omitted -->") {
                withRawHTML += 1
                wanted = safeModeHTML(example.markdown)
            }
            #expect(html == wanted, "example \(example.example), \(example.section): \(example.markdown)")
        }
        #expect(withRawHTML <= 71)
    }

    /// On text without our extensions the writer must say what the parser's own writer says.
    @Test func otherTextsAsTheParserWritesThem() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<3000 {
            let text = HostileText.random(using: &random, withExtensions: false)
            #expect(MarkdownRenderer.html(text, style: .plain) == safeModeHTML(text), "\(text.debugDescription)")
        }
    }

    private func safeModeHTML(_ markdown: String) -> String {
        guard let html = cmark_markdown_to_html(markdown, markdown.utf8.count, CMARK_OPT_VALIDATE_UTF8) else {
            return ""
        }
        defer { free(html) }
        return String(cString: html)
    }
}
