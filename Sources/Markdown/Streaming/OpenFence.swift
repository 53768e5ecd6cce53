/// A fenced code block that is still being written: its lines are escaped once, as they come.
struct OpenFence {
    private let sign: UInt8
    private let length: Int
    private let head: [UInt8]
    private var body = HTMLWriter()
    /// How much of the block's source is in `body`: whole lines.
    private(set) var read: Int
    private(set) var isClosed = false

    private static let tail = Array("</code></pre></div>\n".utf8)

    /// Nil unless the source begins with a fence that is not indented, on a line that is complete.
    init?(_ source: ArraySlice<UInt8>) {
        guard let sign = source.first, sign == UInt8(ascii: "`") || sign == UInt8(ascii: "~") else { return nil }
        let line = SourceLine(source, from: source.startIndex)
        guard line.isComplete else { return nil }
        length = line.text.prefix { $0 == sign }.count
        let isInline = sign == UInt8(ascii: "`") && line.text.dropFirst(length).contains(sign)
        guard length >= 3, !isInline else { return nil }
        self.sign = sign
        let html = Document(line.whole).blocks(.page).first.map { Array($0.html.utf8) } ?? []
        guard html.suffix(Self.tail.count) == Self.tail[...] else { return nil }
        head = html.dropLast(Self.tail.count)
        read = line.whole.count
        extend(source)
    }

    /// The block as it would be if its source ended here.
    func html(_ source: ArraySlice<UInt8>) -> String {
        var last = HTMLWriter()
        let line = SourceLine(source, from: source.startIndex + read)
        if !isClosed, !line.whole.isEmpty, !closes(line.text) { last.source(line: line.text) }
        return String(decoding: head + body.bytes + last.bytes + Self.tail, as: UTF8.self)
    }

    /// Takes in the lines added to the block's source, up to the one that closes it.
    mutating func extend(_ source: ArraySlice<UInt8>) {
        while !isClosed {
            let line = SourceLine(source, from: source.startIndex + read)
            guard line.isComplete else { return }
            read = line.next - source.startIndex
            isClosed = closes(line.text)
            if !isClosed { body.source(line: line.text) }
        }
    }

    private func closes(_ line: ArraySlice<UInt8>) -> Bool {
        let text = line.drop { $0 == UInt8(ascii: " ") }
        guard line.count - text.count < 4 else { return false }
        let signs = text.prefix { $0 == sign }.count
        return signs >= length && text.dropFirst(signs).allSatisfy(\.isSpaceOrTab)
    }
}
