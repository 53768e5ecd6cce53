/// Where a link leads, and whether a page may offer it.
struct LinkTarget {
    let address: [UInt8]
    private let scheme: String?

    init(_ address: UnsafeBufferPointer<UInt8>) {
        self.address = Self.withoutMarks(address)
        let end = self.address.firstIndex { !Self.isSchemeByte($0) }
        if let end, end > 0, self.address[end] == UInt8(ascii: ":"), self.address[0].isLetter {
            scheme = String(decoding: self.address[..<end], as: UTF8.self).lowercased()
        } else {
            scheme = nil
        }
    }

    /// The specification's form empties what the parser's safe mode does; a page offers only what it knows.
    func isSafe(_ style: HTMLStyle) -> Bool {
        guard let scheme else { return true }
        switch style {
        case .page: return ["http", "https", "ftp", "mailto", "tel"].contains(scheme)
        case .plain: return !["javascript", "vbscript", "file", "data"].contains(scheme) || isImageData
        }
    }

    /// Whether it leads away from this site.
    var isElsewhere: Bool {
        address.starts(with: "//".utf8) || (scheme.map { ["http", "https", "ftp"].contains($0) } ?? false)
    }

    private var isImageData: Bool {
        let start = address.prefix(16).map(\.lowercased)
        return ["png", "gif", "jpeg", "webp"].contains { start.starts(with: "data:image/\($0)".utf8) }
    }

    private static func isSchemeByte(_ byte: UInt8) -> Bool {
        byte.isAlphanumeric || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }

    /// The marks go before the scheme is looked at, so that none can hide one.
    private static func withoutMarks(_ address: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        guard address.contains(where: { $0 == Mark.cell || $0 == Mark.still || $0 == 0xF0 }) else {
            return Array(address)
        }
        var result: [UInt8] = []
        var index = 0
        while index < address.count {
            if Mark.isEscape(address, at: index) {
                let isReal = index + 4 < address.count && address[index + 4] == Mark.still
                if isReal { result += Mark.escape }
                index += 4
            } else {
                if address[index] != Mark.cell && address[index] != Mark.still { result.append(address[index]) }
                index += 1
            }
        }
        return result
    }
}
