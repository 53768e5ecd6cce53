import Foundation
import Testing

@testable import Web

/// Forms with files in them, however they are cut and whatever they are.
@Suite struct MultipartTests {
    private typealias Event = MultipartParser.Event

    private static let body = """
        preamble\r\n--b\r\nContent-Disposition: form-data; name="csrf"\r\n\r\nproof\r\n\
        --b  \r\nContent-Disposition: form-data; name="file"; filename="a \\"b\\".txt"\r\nContent-Type: text/html\r\n\r\n\
        one\r\n--other\r\n-\r\n--\r\ntwo\r\n--b\r\ncontent-disposition: FORM-DATA; name=file; filename*=UTF-8''%E5%B9%B4.pdf\r\n\r\n\r\n--b--\r\nend
        """

    private static func events(_ body: [UInt8], cut: Int, boundary: String = "b") throws -> [Event] {
        var parser = try MultipartParser(contentType: "multipart/form-data; boundary=\(boundary)")
        var events: [Event] = []
        for start in stride(from: 0, to: body.count, by: cut) {
            for event in try parser.feed(body[start..<min(start + cut, body.count)]) {
                // Bytes come in any pieces.
                if case .bytes(let more) = event, case .bytes(let bytes) = events.last {
                    events[events.count - 1] = .bytes(bytes + more)
                } else {
                    events.append(event)
                }
            }
        }
        return parser.isComplete ? events : events + [.bytes(Array("cut".utf8))]
    }

    @Test(arguments: [1, 2, 3, 7, 64, 10_000])
    func piecesMakeNoDifference(cut: Int) throws {
        #expect(
            try Self.events(Array(Self.body.utf8), cut: cut) == [
                .part(name: "csrf", fileName: nil), .bytes(Array("proof".utf8)), .end,
                .part(name: "file", fileName: "a \"b\".txt"), .bytes(Array("one\r\n--other\r\n-\r\n--\r\ntwo".utf8)),
                .end,
                .part(name: "file", fileName: "年.pdf"), .end,
            ]
        )
    }

    @Test(arguments: [
        "--b\r\nX: y\r\n\r\n", "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--",
        "--b" + String(repeating: "x", count: 300),
        "--b\r\n" + String(repeating: "a", count: 9000), "--b\r\n\r\nx\r\n--b--",
    ])
    func nonsenseIsRefused(body: String) {
        #expect(throws: MultipartParser.Malformed.self) { try Self.events(Array(body.utf8), cut: 50) }
    }

    @Test(arguments: ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"a b\""])
    func withoutABoundaryThereIsNothingToRead(type: String) {
        #expect(throws: MultipartParser.Malformed.self) { try MultipartParser(contentType: type) }
    }

    @Test func manyPartsAreTooMany() {
        let part = "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n"
        let body = Array(String(repeating: part, count: 501).utf8)
        #expect(throws: MultipartParser.Malformed.self) { try Self.events(body, cut: 4096) }
    }

    /// Bodies out of the pieces that matter, in any order and cut anywhere: nothing crashes, nothing grows, and what comes
    /// out does not depend on the cuts.
    @Test func anyBodyIsReadTheSameHoweverItIsCut() {
        var random = SeededGenerator(seed: 7)
        let pieces = [
            "--b", "--b--", "\r\n", "\n", "\r", "-", "Content-Disposition: form-data; name=a", "; filename=\"", "\"",
            "\\",
            "%22", "x", "\u{0}", "é", ";;=", "\r\n\r\n",
            "--b\r\nContent-Disposition: form-data; name=\"a\"; filename=\"f\"\r\n\r\n",
        ]
        for _ in 0..<2000 {
            let body = (0..<Int.random(in: 0...24, using: &random)).flatMap { _ in
                Array((pieces.randomElement(using: &random) ?? "").utf8)
            }
            let whole = Result { try Self.events(body, cut: max(1, body.count)) }
            for cut in [1, 3, 8] {
                let other = Result { try Self.events(body, cut: cut) }
                switch (whole, other) {
                case (.success(let one), .success(let two)): #expect(one == two)
                case (.failure, .failure): break
                default: Issue.record("\(body) is read in one way and not in another")
                }
            }
        }
    }
}

/// The same numbers each time.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}
