import NIOCore
import Testing

@testable import Web

/// The cases of Autobahn's suite, each with its bytes cut at every place where a network might cut them.
@Suite struct SocketReaderTests {
    @Test(arguments: [0, 1, 125, 126, 127, 128, 65_535, 65_536, 70_000])
    func messagesOfEveryLength(_ length: Int) throws {
        let text = String(repeating: "*", count: length)
        for pieces in [1, 997, Int.max] {
            #expect(try read([.text(text)], pieces: pieces) == [.text(text)])
            #expect(try read([.binary(Array(text.utf8))], pieces: pieces) == [.binary(ByteBuffer(string: text))])
        }
    }

    @Test func pingsAreHeardBetweenTheFramesOfAMessage() throws {
        let frames: [ClientFrame] = [
            ClientFrame(0x1, "fragment1", isFinal: false), ClientFrame(0x9, "ping payload"),
            ClientFrame(0x0, "", isFinal: false), ClientFrame(0x0, "fragment2"), ClientFrame(0xA, "unasked"),
        ]
        let said: [SocketInput] = [.ping(ByteBuffer(string: "ping payload")), .text("fragment1fragment2"), .pong]
        for pieces in [1, 2, 3, 7, Int.max] { #expect(try read(frames, pieces: pieces) == said) }
    }

    /// Reserved bits and kinds, control frames that are long or cut up, frames out of order, no mask.
    @Test(arguments: [
        [ClientFrame(0x1, "x", reserved: 0x40)], [ClientFrame(0x1, "x", reserved: 0x20)],
        [ClientFrame(0x9, "x", reserved: 0x10)], [ClientFrame(0x8, "", reserved: 0x70)],
        [ClientFrame(0x3, "x")], [ClientFrame(0x4)], [ClientFrame(0x5)], [ClientFrame(0x6, "x")],
        [ClientFrame(0x7, "x")], [ClientFrame(0xB)], [ClientFrame(0xC, "x")], [ClientFrame(0xD)],
        [ClientFrame(0xE, "x")], [ClientFrame(0xF, "x")],
        [ClientFrame(0x9, String(repeating: "p", count: 126))], [ClientFrame(0x9, "x", isFinal: false)],
        [ClientFrame(0x8, String(repeating: "p", count: 126))], [ClientFrame(0xA, "", isFinal: false)],
        [ClientFrame(0x0, "x")], [ClientFrame(0x0, "x", isFinal: false)],
        [ClientFrame(0x1, "x", isFinal: false), ClientFrame(0x1, "y")],
        [ClientFrame(0x1, "x", isFinal: false), ClientFrame(0x2, "y", isFinal: false)],
        [ClientFrame(0x1, "x"), ClientFrame(0x0, "y")],
        [ClientFrame(0x1, "x", isMasked: false)],
    ])
    func whatBreaksTheRulesIsBroken(_ frames: [ClientFrame]) {
        for pieces in [1, Int.max] { #expect(end(frames, pieces: pieces)?.code == 1002) }
    }

    @Test(arguments: [
        ClientFrame(0x1, "x", reserved: 0x10), ClientFrame(0x5), ClientFrame(0x6, "x"), ClientFrame(0xD),
        ClientFrame(0xE, "x"), ClientFrame(0x0, "x"), ClientFrame(0x0, "x", isFinal: false),
    ])
    func whatCameBeforeAMistakeIsRead(_ mistake: ClientFrame) {
        let before: [ClientFrame] = [.text("before"), ClientFrame(0x9), mistake, ClientFrame(0x9)]
        for pieces in [1, Int.max] {
            let (inputs, end) = self.inputs(before.flatMap(\.bytes), pieces: pieces)
            #expect(inputs == [.text("before"), .ping(ByteBuffer())] && end?.code == 1002)
        }
    }

    /// Also of nothing but empty ones, and with a goodbye in their midst.
    @Test func aMessageIsMadeOfAnyFrames() throws {
        func frames(_ texts: [String], in kind: UInt8 = 0x1) -> [ClientFrame] {
            texts.enumerated().map { index, text in
                ClientFrame(index == 0 ? kind : 0x0, text, isFinal: index == texts.count - 1)
            }
        }
        for pieces in [1, Int.max] {
            #expect(try read(frames(["", "", ""]), pieces: pieces) == [.text("")])
            #expect(try read(frames(["", "middle", ""]), pieces: pieces) == [.text("middle")])
            #expect(try read(frames(["", "", ""], in: 0x2), pieces: pieces) == [.binary(ByteBuffer())])
            let left = [ClientFrame(0x1, "begun", isFinal: false), ClientFrame(0x8, [0x03, 0xE8])]
            #expect(try read(left, pieces: pieces) == [.close(1000)])
        }
    }

    @Test func aLengthIsWrittenAsShortAsItCanBe() {
        for head: [UInt8] in [
            [0x81, 0xFE, 0, 125], [0x81, 0xFF, 0, 0, 0, 0, 0, 0, 255, 255], [0x81, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0],
        ] {
            #expect(end(bytes: head + [1, 2, 3, 4], pieces: 1)?.code == 1002)
        }
    }

    @Test(arguments: [
        "", "Hello-µ@ßöäüàá-UTF-8!!", "κόσμε", "\u{0}", "\u{80}", "\u{800}", "\u{10000}", "\u{7F}", "\u{7FF}",
        "\u{FFFF}", "\u{10FFFF}", "\u{D7FF}", "\u{E000}", "\u{FFFD}", "\u{1FFFE}", "😀🤦🏽‍♂️ 你好，世界",
    ])
    func allOfUnicodeComesThrough(_ text: String) throws {
        for pieces in [1, 2, 3, Int.max] { #expect(try read([.text(text)], pieces: pieces) == [.text(text)]) }
        // Cut between frames, in the middle of characters.
        let bytes = Array(text.utf8)
        let frames = bytes.enumerated().map { index, byte in
            ClientFrame(index == 0 ? 0x1 : 0x0, [byte], isFinal: index == bytes.count - 1)
        }
        if !frames.isEmpty { #expect(try read(frames, pieces: 1) == [.text(text)]) }
    }

    @Test(
        arguments: [
            [0xCE, 0xBA, 0xE1, 0xBD, 0xB9, 0xCF, 0x83, 0xCE, 0xBC, 0xCE, 0xB5, 0xED, 0xA0, 0x80, 0x65],
            [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFC, 0x84, 0x80, 0x80, 0x80, 0x80], [0xF7, 0xBF, 0xBF, 0xBF],
            [0xF4, 0x90, 0x80, 0x80], [0xC0, 0xAF], [0xE0, 0x80, 0xAF], [0xF0, 0x80, 0x80, 0xAF], [0xC1, 0xBF],
            [0xE0, 0x9F, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF], [0xED, 0xAD, 0xBF], [0xED, 0xBF, 0xBF], [0x80], [0xBF],
            [0xFE], [0xFF], [0xC0], [0xCE], [0xCE, 0xBA, 0xE1], [0x20, 0xC0, 0x20], [0xE1, 0x80, 0x20],
            [0x61, 0x61, 0x61, 0x61, 0x61, 0x61, 0x61, 0x61, 0xFF],
        ] as [[UInt8]]
    )
    func whatIsNoUTF8IsRefused(_ bytes: [UInt8]) {
        for pieces in [1, Int.max] {
            #expect(end([ClientFrame(0x1, bytes)], pieces: pieces)?.code == 1007)
            let frames = [ClientFrame(0x1, bytes, isFinal: false), ClientFrame(0x0, "")]
            #expect(end(frames, pieces: pieces)?.code == 1007)
        }
    }

    /// Not when the message, nor when the frame is whole: at the byte.
    @Test func badTextIsRefusedAtOnce() throws {
        var reader = SocketReader(limit: 1 << 20)
        let frame = ClientFrame(0x1, [0xCE, 0xBA, 0xF4, 0x90] + Array(repeating: 0x61, count: 500)).bytes
        var start = ByteBuffer(bytes: frame.prefix(8 + 3))
        reader.feed(&start)
        #expect(try reader.next() == nil)
        var next = ByteBuffer(bytes: frame[11..<12])
        reader.feed(&next)
        #expect(throws: SocketEnd.notUTF8) { try reader.next() }
    }

    /// 1012 to 1014 came to IANA's registry after the standard.
    @Test(
        arguments: [
            nil, 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
        ] as [UInt16?]
    )
    func goodbyes(_ code: UInt16?) throws {
        for reason in ["", "bye", String(repeating: "*", count: 123)] {
            let content = code.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] + Array(reason.utf8) } ?? []
            #expect(try read([ClientFrame(0x8, content)], pieces: 1) == [.close(code)])
        }
    }

    @Test(arguments: [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535] as [UInt16])
    func goodbyesThatNobodyMaySay(_ code: UInt16) {
        #expect(end([ClientFrame(0x8, [UInt8(code >> 8), UInt8(code & 0xFF)])], pieces: 1)?.code == 1002)
    }

    @Test func badGoodbyes() {
        #expect(end([ClientFrame(0x8, [0x03])], pieces: 1)?.code == 1002)
        #expect(end([ClientFrame(0x8, [0x03, 0xE8, 0xCE])], pieces: 1)?.code == 1007)
    }

    /// Refused when the length is known, before anything of it is kept; frames count together.
    @Test func aMessageHasALimit() {
        let whole = ClientFrame(0x1, String(repeating: "x", count: 1001))
        #expect(end(bytes: Array(whole.bytes.prefix(8)), pieces: 1, limit: 1000)?.code == 1009)
        let part = String(repeating: "x", count: 400)
        let frames =
            [ClientFrame(0x2, part, isFinal: false)] + (0..<5).map { _ in ClientFrame(0x0, part, isFinal: false) }
        #expect(end(frames, pieces: Int.max, limit: 1000)?.code == 1009)
        #expect(end(bytes: [0x81, 0xFF, 0x7F, 255, 255, 255, 255, 255, 255, 255, 1, 2, 3, 4], pieces: 1)?.code == 1009)
    }

    /// Large messages cost what their bytes cost, in whatever frames and pieces they come.
    @Test(arguments: [(1 << 24, 1 << 24, 1 << 16), (1 << 22, 64, 1 << 16), (1 << 20, 1 << 20, 64)])
    func largeMessages(_ size: Int, _ frameSize: Int, _ pieces: Int) throws {
        let text = String(repeating: "Hällo wörld! ", count: size / 15)
        let bytes = Array(text.utf8)
        let starts = Array(stride(from: 0, to: bytes.count, by: frameSize))
        let frames = starts.map { start in
            let content = Array(bytes[start..<min(start + frameSize, bytes.count)])
            return ClientFrame(start == 0 ? 0x1 : 0x0, content, isFinal: start == starts.last)
        }
        #expect(try read(frames, pieces: pieces, limit: 1 << 25) == [.text(text)])
    }

    // MARK: -

    private func read(_ frames: [ClientFrame], pieces: Int, limit: Int = 1 << 24) throws -> [SocketInput] {
        try read(bytes: frames.flatMap(\.bytes), pieces: pieces, limit: limit)
    }

    private func read(bytes: [UInt8], pieces: Int, limit: Int = 1 << 24) throws -> [SocketInput] {
        let (inputs, end) = self.inputs(bytes, pieces: pieces, limit: limit)
        if let end { throw end }
        return inputs
    }

    private func end(_ frames: [ClientFrame], pieces: Int, limit: Int = 1 << 24) -> SocketEnd? {
        end(bytes: frames.flatMap(\.bytes), pieces: pieces, limit: limit)
    }

    private func end(bytes: [UInt8], pieces: Int, limit: Int = 1 << 24) -> SocketEnd? {
        inputs(bytes, pieces: pieces, limit: limit).end
    }

    /// Up to the mistake, if there is one.
    private func inputs(
        _ bytes: [UInt8],
        pieces: Int,
        limit: Int = 1 << 24
    ) -> (inputs: [SocketInput], end: SocketEnd?) {
        var reader = SocketReader(limit: limit)
        var inputs: [SocketInput] = []
        do throws(SocketEnd) {
            for start in stride(from: 0, to: bytes.count, by: min(pieces, max(1, bytes.count))) {
                var piece = ByteBuffer(bytes: bytes[start..<min(start + min(pieces, bytes.count), bytes.count)])
                reader.feed(&piece)
                while let input = try reader.next() { inputs.append(input) }
            }
            return (inputs, nil)
        } catch {
            return (inputs, error)
        }
    }
}
