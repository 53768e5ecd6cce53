import Foundation
import Testing

@testable import Markdown

@Suite(.serialized) struct HostileTests {
    /// Four times the text takes about four times as long; were it quadratic, sixteen times.
    @Test(arguments: HostileText.growing) func timeGrowsAsTheText(_ hostile: HostileText.Growing) {
        let small = hostile.text(6000)
        let large = hostile.text(24000)
        var best = (small: Double.infinity, large: Double.infinity)
        for _ in 0..<8 where best.large.isInfinite || best.large > 8 * best.small {
            best = (min(best.small, time(small)), min(best.large, time(large)))
        }
        #expect(best.large < 8 * best.small)
    }

    @Test(arguments: HostileText.growing) func resultIsSafeAndBounded(_ hostile: HostileText.Growing) {
        let text = hostile.text(4000)
        let html = MarkdownRenderer.html(text)
        #expect(SafeHTML.fault(in: html) == nil)
        #expect(html.utf8.count <= 60 * text.utf8.count + 1000)
    }

    /// Work is counted in what is reported, since every block reported was rendered.
    @Test(arguments: [
        "word ", "- item\n", "```\ncode\n```\n\n", "text\n\n", "|a|b|\n|-|-|\n|c|d|\n\n", "[a]: /u\n\n", "> q\n",
    ])
    func aStreamReportsAsMuchAsItGrows(piece: String) {
        let small = reported(String(repeating: piece, count: 5000 / piece.utf8.count))
        let large = reported(String(repeating: piece, count: 20000 / piece.utf8.count))
        #expect(large < 8 * small)
    }

    @Test func aStreamOfOneLongCodeBlockReportsAsMuchAsItGrows() {
        let line = "let delay = min(ceiling, base * 2)\n"
        let small = reported("```swift\n" + String(repeating: line, count: 300))
        let large = reported("```swift\n" + String(repeating: line, count: 1200))
        #expect(large < 8 * small)
    }

    @Test func deepNestingNeitherOverflowsNorIsKept() {
        for piece in ["> ", "- ", "1. ", "*a ", "![a"] {
            let html = MarkdownRenderer.html(String(repeating: piece, count: 50000))
            #expect(SafeHTML.depth(of: html) <= 400)
        }
    }

    private func reported(_ text: String) -> Int {
        var stream = MarkdownStream()
        var bytes = 0
        var rest = text[...]
        while !rest.isEmpty {
            bytes += stream.append(String(rest.prefix(4))).blocks.reduce(0) { $0 + $1.utf8.count }
            rest = rest.dropFirst(4)
        }
        return bytes + stream.finish().blocks.reduce(0) { $0 + $1.utf8.count }
    }

    /// This thread's own time, so that tests beside this one do not count.
    private func time(_ text: String) -> Double {
        let start = threadTime()
        _ = MarkdownRenderer.html(text)
        return threadTime() - start
    }

    private func threadTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }
}
