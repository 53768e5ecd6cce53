import Engine
import Fetch

/// Finds out what the upstream really sends (the first byte says more than its content type) and feeds a decoder.
struct AnswerReader<Decoder: AnswerDecoder> {
    private(set) var decoder: Decoder
    private let contentType: String
    private let documentLimit: Int
    private var parser: ServerSentEventParser
    private var form = Form.unknown
    private var document: [UInt8] = []
    private var hasEvents = false

    private enum Form { case unknown, events, document }

    init(_ decoder: Decoder, contentType: String?, limits: CallLimits) {
        self.decoder = decoder
        self.contentType = contentType ?? ""
        documentLimit = limits.documentBytes
        parser = ServerSentEventParser(limit: limits.eventBytes)
    }

    mutating func takePieces() -> [ModelPiece] { decoder.pieces.takeAll() }

    mutating func feed(_ bytes: [UInt8]) throws {
        if form == .unknown { try recognise(bytes) }
        switch form {
        case .unknown: break
        case .events: try feedEvents(bytes)
        case .document:
            guard document.count + bytes.count <= documentLimit else { throw ModelError.tooLarge }
            document += bytes
        }
    }

    /// The upstream has ended the answer.
    mutating func end() throws {
        if form == .document {
            try decoder.takeWhole(document)
        } else if !hasEvents, !contentType.lowercased().hasPrefix("text/event-stream") {
            throw ModelError.malformed("it answered with \(contentTypeForPeople) instead of an event stream")
        }
        try decoder.end()
    }

    private mutating func recognise(_ bytes: [UInt8]) throws {
        let blank: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF]
        switch bytes.first(where: { !blank.contains($0) }) {
        case nil: break
        case UInt8(ascii: "{"), UInt8(ascii: "["): form = .document
        case UInt8(ascii: "<"): throw ModelError.malformed("it answered with a web page")
        default: form = .events
        }
    }

    private mutating func feedEvents(_ bytes: [UInt8]) throws {
        do {
            try parser.feed(bytes) { event in
                hasEvents = true
                if !decoder.isDone { try decoder.take(event) }
            }
        } catch is FetchError {
            throw ModelError.tooLarge
        }
    }

    private var contentTypeForPeople: String {
        let type = contentType.prefix(40).filter { $0.isASCII && ($0.isLetter || $0.isNumber || "/-+.".contains($0)) }
        return type.isEmpty ? "something unreadable" : String(type)
    }
}
