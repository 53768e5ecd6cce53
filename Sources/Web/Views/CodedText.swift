/// A sentence of ours in which names of programs stand between backticks.
struct CodedText: Sendable {
    let pieces: [Piece]

    struct Piece: Sendable {
        let text: String
        /// nil for words.
        let coded: String?
    }

    init(_ sentence: String) {
        // Every second part stands between two of them; a single one is left as it is.
        let parts = sentence.split(separator: "`", omittingEmptySubsequences: false).map(String.init)
        guard parts.count % 2 == 1 else {
            pieces = [Piece(text: sentence, coded: nil)]
            return
        }
        pieces = parts.enumerated().compactMap { index, part in
            guard !part.isEmpty else { return nil }
            return index % 2 == 0 ? Piece(text: part, coded: nil) : Piece(text: "", coded: part)
        }
    }

    /// Where no markup can stand.
    static func plain(_ sentence: String) -> String { sentence.replacing("`", with: "") }
}
