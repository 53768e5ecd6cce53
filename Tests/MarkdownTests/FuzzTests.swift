import Testing

@testable import Markdown

@Suite struct FuzzTests {
    @Test(arguments: 0..<4) func anyTextIsSafeAndAnyStreamEndsAsTheWhole(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        for _ in 0..<1000 {
            let text = HostileText.random(using: &random)
            let html = MarkdownRenderer.html(text)
            #expect(SafeHTML.fault(in: html) == nil, "\(text.debugDescription)")
            #expect(streamed(text, using: &random) == html, "\(text.debugDescription)")
        }
    }

    @Test func longTextsToo() {
        var random = SeededGenerator(seed: 12)
        for _ in 0..<30 {
            let text = HostileText.random(using: &random, pieces: 500...2500)
            let html = MarkdownRenderer.html(text)
            #expect(SafeHTML.fault(in: html) == nil)
            #expect(streamed(text, using: &random) == html)
        }
    }

    @Test func anAnswerInAnyParts() {
        var random = SeededGenerator(seed: 99)
        let text = HostileText.answer + HostileText.answer
        let html = MarkdownRenderer.html(text)
        for _ in 0..<20 { #expect(streamed(text, using: &random) == html) }
    }

    /// The blocks a reader holds who applies every update.
    private func streamed(_ text: String, using random: inout SeededGenerator) -> String {
        var stream = MarkdownStream()
        var blocks: [String] = []
        var rest = text.unicodeScalars[...]
        while !rest.isEmpty {
            let length = Int.random(in: 1...9, using: &random)
            apply(stream.append(String(String.UnicodeScalarView(rest.prefix(length)))), to: &blocks)
            rest = rest.dropFirst(length)
        }
        apply(stream.finish(), to: &blocks)
        return blocks.joined()
    }

    private func apply(_ update: MarkdownUpdate, to blocks: inout [String]) {
        blocks.replaceSubrange(update.firstChanged..., with: update.blocks)
    }
}
