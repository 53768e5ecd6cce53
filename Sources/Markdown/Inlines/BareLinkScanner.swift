/// Finds GFM's extended autolinks in a text, going over each letter a bounded number of times.
///
/// Beyond GFM an address also ends before Chinese punctuation, and its host before Chinese letters that follow
/// Latin ones, since there is no blank between an address and the sentence it stands in.
struct BareLinkScanner {
    private let text: UnsafeBufferPointer<UInt8>
    /// What stands before the text.
    private let before: UInt8
    /// The end of the last link found: nothing before it is looked at again.
    private var settled = 0
    /// A host that was no host, so that those which begin inside it and share its fault are not read again.
    private var refused = 0..<0

    init(_ text: UnsafeBufferPointer<UInt8>, before: UInt8) {
        self.text = text
        self.before = before
    }

    /// The link whose first telling character (`w`, `:` or `@`) stands here. A mark may begin earlier.
    mutating func link(at index: Int) -> InlineMark? {
        let link: InlineMark? =
            switch text[index] {
            case UInt8(ascii: "w"): web(at: index)
            case UInt8(ascii: "h"), UInt8(ascii: "H"), UInt8(ascii: "f"), UInt8(ascii: "F"): address(at: index)
            case UInt8(ascii: "@"): mail(at: index)
            default: nil
            }
        if let link { settled = link.end }
        return link
    }

    private mutating func web(at index: Int) -> InlineMark? {
        guard matches("www.", at: index), mayPrecedeWeb(byte(before: index)), beginsHost(at: index + 4),
            let host = hostEnd(from: index)
        else { return nil }
        return InlineMark(start: index, end: trimmedEnd(index..<addressEnd(from: host)), kind: .link(.web))
    }

    private mutating func address(at index: Int) -> InlineMark? {
        guard !byte(before: index).isAlphanumeric,
            let scheme = ["http://", "https://", "ftp://"].first(where: { matches($0, at: index) }),
            beginsHost(at: index + scheme.utf8.count), let host = hostEnd(from: index + scheme.utf8.count)
        else { return nil }
        return InlineMark(start: index, end: trimmedEnd(index..<addressEnd(from: host)), kind: .link(.address))
    }

    private func mail(at index: Int) -> InlineMark? {
        var start = index
        while start > settled, Self.isMailByte(text[start - 1]) { start -= 1 }
        var end = index + 1
        while end < text.count, text[end] != UInt8(ascii: "+"), Self.isMailByte(text[end]) { end += 1 }
        while end > index + 1, text[end - 1] == UInt8(ascii: ".") { end -= 1 }
        let labels = text[index + 1..<end].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard start < index, labels.count > 1, !labels.contains(where: \.isEmpty),
            labels[labels.count - 1].allSatisfy(\.isLetter)
        else { return nil }
        return InlineMark(start: start, end: end, kind: .link(.mail))
    }

    private static func isMailByte(_ byte: UInt8) -> Bool {
        byte.isAlphanumeric || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "+")
    }

    private func byte(before index: Int) -> UInt8 { index > 0 ? text[index - 1] : before }

    private func matches(_ prefix: String, at index: Int) -> Bool {
        guard index + prefix.utf8.count <= text.count else { return false }
        return zip(prefix.utf8, text[index...]).allSatisfy { $0 == $1.lowercased }
    }

    private func mayPrecedeWeb(_ byte: UInt8) -> Bool {
        byte.isSpace || byte >= 0x80 || "*_~(".utf8.contains(byte)
    }

    private func beginsHost(at index: Int) -> Bool {
        guard index < text.count else { return false }
        return text[index].isAlphanumeric || text[index] >= 0x80 && !AddressLetter(text, at: index).endsAddress
    }

    /// The end of a host; nil if one of its last two labels has an underscore.
    private mutating func hostEnd(from start: Int) -> Int? {
        guard !refused.contains(start) else { return nil }
        var index = start
        var underscores: (last: Int?, previous: Int?)
        while index < text.count {
            let byte = text[index]
            if byte >= 0x80 {
                let letter = AddressLetter(text, at: index)
                let followsLatin = index > start && text[index - 1].isAlphanumeric
                if letter.endsAddress || letter.isEastAsian && followsLatin { break }
                index += letter.length
                continue
            }
            if byte == UInt8(ascii: ".") {
                underscores = (nil, underscores.last)
            } else if byte == UInt8(ascii: "_") {
                underscores.last = index
            } else if !byte.isAlphanumeric && byte != UInt8(ascii: "-") {
                break
            }
            index += 1
        }
        guard let fault = underscores.last ?? underscores.previous else { return index }
        refused = start..<fault + 1
        return nil
    }

    private func addressEnd(from host: Int) -> Int {
        guard host < text.count, text[host] < 0x80 else { return host }
        var index = host
        while index < text.count, !text[index].isSpace, text[index] != UInt8(ascii: "<"), text[index] != Mark.still {
            guard text[index] >= 0x80 else {
                index += 1
                continue
            }
            let letter = AddressLetter(text, at: index)
            if letter.endsAddress { break }
            index += letter.length
        }
        return index
    }

    /// Leaves out what belongs to the sentence: punctuation, a bracket never opened, an entity.
    private func trimmedEnd(_ range: Range<Int>) -> Int {
        var end = range.upperBound
        var surplus: (round: Int, square: Int)?
        while end > range.lowerBound {
            switch text[end - 1] {
            case UInt8(ascii: "?"), UInt8(ascii: "!"), UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: ":"),
                UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "'"), UInt8(ascii: "\""):
                end -= 1
            case UInt8(ascii: ";"):
                end = entityStart(range.lowerBound..<end) ?? end - 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"):
                var left = surplus ?? bracketSurplus(range.lowerBound..<end)
                let isRound = text[end - 1] == UInt8(ascii: ")")
                guard (isRound ? left.round : left.square) > 0 else { return end }
                if isRound { left.round -= 1 } else { left.square -= 1 }
                surplus = left
                end -= 1
            default:
                return end
            }
        }
        return end
    }

    private func entityStart(_ range: Range<Int>) -> Int? {
        var index = range.upperBound - 1
        while index > range.lowerBound, text[index - 1].isAlphanumeric { index -= 1 }
        guard index < range.upperBound - 1, index > range.lowerBound else { return nil }
        return text[index - 1] == UInt8(ascii: "&") ? index - 1 : nil
    }

    /// How many more brackets close than open.
    private func bracketSurplus(_ range: Range<Int>) -> (round: Int, square: Int) {
        var surplus = (round: 0, square: 0)
        for byte in text[range] {
            switch byte {
            case UInt8(ascii: "("): surplus.round -= 1
            case UInt8(ascii: ")"): surplus.round += 1
            case UInt8(ascii: "["): surplus.square -= 1
            case UInt8(ascii: "]"): surplus.square += 1
            default: break
            }
        }
        return surplus
    }
}
