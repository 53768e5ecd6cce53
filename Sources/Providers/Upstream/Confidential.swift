import Engine

/// What an upstream knows and may not put into an error: the key and the conversation.
struct Confidential {
    let key: Secret?
    let request: ModelRequest?

    /// The most characters of a quotation.
    private static let length = 200
    /// A run of 16 bytes that also stands in the conversation is taken for a quotation of it.
    fileprivate typealias Window = SIMD16<UInt8>

    /// A short, printable piece of an upstream's message; nil when it gives something away.
    func quotable(_ message: String) -> String? {
        let words = message.unicodeScalars
            .split { $0.properties.isWhitespace || $0.properties.generalCategory == .control }
            .map { String(String.UnicodeScalarView($0.filter { $0.properties.generalCategory != .format })) }
            .map { looksLikeKey($0) ? "[…]" : $0 }
        let line = words.joined(separator: " ")
        let piece = line.count > Self.length ? line.prefix(Self.length - 1) + "…" : line[...]
        return piece.isEmpty || givesAway(String(piece)) ? nil : String(piece)
    }

    private func looksLikeKey(_ word: String) -> Bool {
        if let key = key?.reveal(), !key.isEmpty, word.contains(key) { return true }
        let core = word.trimmingPrefix { !$0.isLetter && !$0.isNumber }
        return core.hasPrefix("sk-") || core.contains("****") || (core.count >= 24 && core.contains { $0.isNumber })
    }

    private func givesAway(_ piece: String) -> Bool {
        guard let request else { return false }
        var windows: Set<Window> = []
        _ = piece.holdsWindow { windows.insert($0).inserted && false }
        return request.texts.contains { text in
            if text.utf8.count < MemoryLayout<Window>.size { return text.utf8.count >= 4 && piece.contains(text) }
            return text.holdsWindow { windows.contains($0) }
        }
    }
}

extension ModelRequest {
    /// Everything in it that people or tools wrote.
    fileprivate var texts: [String] {
        [instruction]
            + messages.flatMap { message in
                switch message {
                case .system(let text), .user(let text, _): [text]
                case .assistant(let text, let calls): [text] + calls.map(\.arguments)
                case .toolResult(_, _, let content, _): [content]
                }
            }
    }
}

extension String {
    /// Every run of as many bytes as a window has, until `body` has seen what it looks for.
    fileprivate func holdsWindow(where body: (Confidential.Window) -> Bool) -> Bool {
        Array(utf8).withUnsafeBytes { bytes in
            bytes.indices.dropLast(MemoryLayout<Confidential.Window>.size - 1).contains {
                body(bytes.loadUnaligned(fromByteOffset: $0, as: Confidential.Window.self))
            }
        }
    }
}
