/// Puts the head of a response together from the lines that curl hands over, informational answers left out.
struct HeadReader {
    private var head = ResponseHead(status: 0)
    private var size = 0
    private var isDone = false

    /// The most bytes of a head.
    static let limit = 64 * 1024

    enum Outcome: Equatable {
        case more
        case head(ResponseHead)
        case tooLarge
    }

    mutating func line(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        // What comes after the head is a trailer.
        guard !isDone else { return .more }
        size += bytes.count
        guard size <= Self.limit else { return .tooLarge }
        let text = Substring(decoding: bytes, as: UTF8.self).trimmingLineEnd()
        if text.isEmpty { return endOfHead() }
        if text.hasPrefix("HTTP/") {
            head = ResponseHead(status: text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0)
        } else if let colon = text.firstIndex(of: ":") {
            head.headers.append(String(text[..<colon]), text[text.index(after: colon)...].trimmingBlanks())
        }
        return .more
    }

    private mutating func endOfHead() -> Outcome {
        if (100..<200).contains(head.status) { return .more }
        isDone = true
        return .head(head)
    }
}

extension Substring {
    fileprivate func trimmingLineEnd() -> Substring {
        var text = self
        while let last = text.unicodeScalars.last, last == "\r" || last == "\n" { text.unicodeScalars.removeLast() }
        return text
    }

    fileprivate func trimmingBlanks() -> String {
        let isBlank: (Unicode.Scalar) -> Bool = { $0 == " " || $0 == "\t" }
        var scalars = unicodeScalars.drop(while: isBlank)
        while let last = scalars.last, isBlank(last) { scalars.removeLast() }
        return String(scalars)
    }
}
