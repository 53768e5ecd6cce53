import Foundation
import Testing

@testable import App

/// Lines come one by one, and the waiting for them ends when it is told to.
@Suite struct TerminalLinesTests {
    private static func pipe() -> (reading: Int32, writing: FileHandle) {
        var ends: [Int32] = [0, 0]
        _ = Foundation.pipe(&ends)
        return (ends[0], FileHandle(fileDescriptor: ends[1], closeOnDealloc: true))
    }

    @Test func linesAndTheEnd() async throws {
        let (reading, writing) = Self.pipe()
        let lines = TerminalLines(reading)
        try writing.write(contentsOf: Data("one\n数据\n\nrest".utf8))
        try writing.close()
        var seen: [TerminalLines.Line] = []
        for _ in 0..<5 { seen.append(await lines.next()) }
        #expect(seen == [.text("one"), .text("数据"), .text(""), .text("rest"), .end])
        close(reading)
    }

    @Test func aWaitIsBrokenOffAndNothingIsLost() async throws {
        let (reading, writing) = Self.pipe()
        let lines = TerminalLines(reading)
        async let waiting = lines.next()
        lines.interrupt()
        #expect(await waiting == .interrupted)
        let task = Task { await lines.next() }
        task.cancel()
        #expect(await task.value == .interrupted)
        try writing.write(contentsOf: Data("later\n".utf8))
        #expect(await lines.next() == .text("later"))
        close(reading)
    }

    @Test func whatWasTypedAheadCanBeForgotten() async throws {
        let (reading, writing) = Self.pipe()
        let lines = TerminalLines(reading)
        try writing.write(contentsOf: Data("first\ny\n".utf8))
        #expect(await lines.next() == .text("first"))
        lines.setAside()
        try writing.write(contentsOf: Data("n\n".utf8))
        #expect(await lines.next() == .text("n"))
        lines.forgetAside()
        #expect(lines.typedAhead() == nil)
        close(reading)
    }

    @Test func whatWasTypedAheadIsKeptForWhomItWasMeant() async throws {
        let (reading, writing) = Self.pipe()
        let lines = TerminalLines(reading)
        try writing.write(contentsOf: Data("one\ntwo\nhalf".utf8))
        lines.interrupt()
        lines.setAside()
        try writing.write(contentsOf: Data("answer\nthree\n".utf8))
        #expect(await lines.next() == .text("answer"))
        lines.setAside()
        #expect([lines.typedAhead(), lines.typedAhead(), lines.typedAhead()] == ["one", "two", "three"])
        #expect(lines.typedAhead() == nil)
        try writing.write(contentsOf: Data("four\nfi".utf8))
        #expect(lines.typedAhead() == "four" && lines.typedAhead() == nil)
        try writing.write(contentsOf: Data("ve\n".utf8))
        #expect(await lines.next() == .text("five"))
        try writing.close()
        #expect(lines.typedAhead() == nil)
        #expect(await lines.next() == .end)
        close(reading)
    }
}
