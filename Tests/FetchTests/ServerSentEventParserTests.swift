import Fetch
import Testing

/// The parser gives the same events however the stream is cut.
struct ServerSentEventParserTests {
    private func events(_ chunks: [[UInt8]], limit: Int = 1000) throws -> [ServerSentEvent] {
        var parser = ServerSentEventParser(limit: limit)
        var events: [ServerSentEvent] = []
        for chunk in chunks { try parser.feed(chunk) { events.append($0) } }
        return events
    }

    private func event(_ data: String, name: String = "") -> ServerSentEvent {
        ServerSentEvent(name: name, data: Array(data.utf8))
    }

    private static let stream =
        "\u{FEFF}data: first\n\n: comment\r\nevent: delta\r\ndata: 你好\r\ndata:second 😀\r\n\r\nid: 7\rretry: 5\r"
        + "data\r\revent: lost\n\ndata:  two blanks\nevent\n\n\n\ndatax: no\ndata: [DONE]\n\ndata: cut"
    private var expected: [ServerSentEvent] {
        [
            event("first"), event("你好\nsecond 😀", name: "delta"), event(""), event(" two blanks"), event("[DONE]"),
        ]
    }

    @Test func followsTheStandard() throws {
        #expect(try events([Array(Self.stream.utf8)]) == expected)
    }

    @Test func splitAtEveryByte() throws {
        let bytes = Array(Self.stream.utf8)
        for position in 0...bytes.count {
            #expect(try events([Array(bytes[..<position]), Array(bytes[position...])]) == expected)
        }
        #expect(try events(bytes.map { [$0] }) == expected)
    }

    @Test func splitAtRandom() throws {
        let bytes = Array(Self.stream.utf8)
        for _ in 0..<500 {
            var chunks: [[UInt8]] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let length = Int.random(in: 0...9)
                chunks.append(Array(rest.prefix(length)))
                rest = rest.dropFirst(length)
            }
            #expect(try events(chunks) == expected)
        }
    }

    @Test func aLongLineEndsInAnError() throws {
        let long = Array("data: \(String(repeating: "x", count: 2000))".utf8)
        let error = #expect(throws: FetchError.self) { try events([long]) }
        #expect(error?.code == .tooLarge)
        #expect(throws: FetchError.self) { try events(long.map { [$0] }) }
        #expect(throws: FetchError.self) { try events([long + Array("\n\n".utf8)]) }
    }

    @Test func manyLinesOfOneEventEndInAnError() throws {
        let line = Array("data: \(String(repeating: "x", count: 100))\n".utf8)
        #expect(throws: FetchError.self) { try events(Array(repeating: line, count: 20)) }
    }

    @Test func badUTF8PassesAsItIs() throws {
        #expect(try events([[0x64, 0x61, 0x74, 0x61, 0x3A, 0xFF, 0xC0, 0x0A, 0x0A]]).first?.data == [0xFF, 0xC0])
    }
}
