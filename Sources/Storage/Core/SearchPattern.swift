import Foundation

/// What somebody searches for, as a pattern of `ilike` that takes their words as they are.
enum SearchPattern {
    /// nil for a search for nothing.
    static func containing(_ text: String?) -> String? {
        guard let words = text?.trimmingCharacters(in: .whitespacesAndNewlines).filter({ $0 != "\0" }), !words.isEmpty
        else { return nil }
        return "%"
            + words.prefix(200).reduce(into: "") { pattern, character in
                if ["%", "_", "\\"].contains(character) { pattern.append("\\") }
                pattern.append(character)
            } + "%"
    }
}
