import Testing

@testable import Fetch

/// The head of a response, line by line.
struct HeadReaderTests {
    private func read(_ lines: [String]) -> HeadReader.Outcome {
        var reader = HeadReader()
        for line in lines {
            let outcome = Array(line.utf8).withUnsafeBytes { reader.line($0) }
            if outcome != .more { return outcome }
        }
        return .more
    }

    @Test func skipsInformationalHeads() {
        let outcome = read(["HTTP/1.1 103 Early\r\n", "Link: x\r\n", "\r\n", "HTTP/1.1 404 No\r\n", "A:b\r\n", "\r\n"])
        guard case .head(let head) = outcome else { return #expect(Bool(false)) }
        #expect(head.status == 404)
        #expect(head.headers["a"] == "b")
        #expect(head.headers["link"] == nil)
    }

    @Test func anUnreadableStatusIsNone() {
        #expect(read(["HTTP/1.1\r\n", "\r\n"]) == .head(ResponseHead(status: 0)))
    }

    @Test func hasALimit() {
        #expect(
            read(["HTTP/1.1 200 OK\r\n"] + Array(repeating: "X: \(String(repeating: "y", count: 999))", count: 70))
                == .tooLarge
        )
    }
}
