import Foundation

/// What the store and the engine say when they refuse something, in a reader's language. They say it in English; a file beside the
/// words, `refusals.zh-CN.json`, has for each sentence the one of its language, with `{names}` for what varies. What is not in it
/// stays English.
struct Refusals: Sendable {
    private let whole: [String: String]
    private let patterns: [Pattern]

    /// None: sentences stay as they are.
    init() { (whole, patterns) = ([:], []) }

    /// Reads `refusals.<language>.json` in `folder`.
    init(language: Language, folder: String) throws {
        let file = URL(fileURLWithPath: folder).appending(path: "refusals.\(language.rawValue).json")
        let sentences = try JSONDecoder().decode([String: String].self, from: Data(contentsOf: file))
        whole = sentences.filter { !$0.key.contains("{") }
        patterns = sentences.filter { $0.key.contains("{") }.map(Pattern.init)
    }

    subscript(_ sentence: String) -> String {
        if let known = whole[sentence] { return known }
        // The one that says most of it.
        let fitting = patterns.compactMap { pattern in pattern.values(of: sentence).map { (pattern, $0) } }
        guard let (pattern, values) = fitting.max(by: { $0.0.length < $1.0.length }) else { return reason(sentence) }
        return values.reduce(pattern.translation) { $0.replacing("{\($1.0)}", with: $1.1) }
    }

    /// What is wrong with something that is named before it, as in `web_fetch: At most 20.`: the name stays. What a schema
    /// is against may be several things, as in `custom_params: /tone: is not allowed; /times: must be 1`.
    private func reason(_ sentence: String) -> String {
        guard !whole.isEmpty, let colon = sentence.firstRange(of: ": ") else { return sentence }
        let name = String(sentence[..<colon.lowerBound])
        guard whole[name] != nil || name.hasPrefix("/") || !name.contains(" ") else { return sentence }
        let parts = sentence[colon.upperBound...].split(separator: /; (?=\/|the arguments: )/)
        return "\(whole[name] ?? name): " + parts.map { self[String($0)] }.joined(separator: " ")
    }

    /// A sentence with something in it that varies.
    private struct Pattern: Sendable {
        let translation: String
        /// How many characters do not vary.
        let length: Int
        /// What stands before, between and after the names.
        private var parts: [String] = []
        private var names: [String] = []

        init(_ sentence: String, _ translation: String) {
            self.translation = translation
            for (index, piece) in sentence.split(separator: "{", omittingEmptySubsequences: false).enumerated() {
                guard index > 0, let close = piece.firstIndex(of: "}") else {
                    parts.append(String(piece))
                    continue
                }
                names.append(String(piece[..<close]))
                parts.append(String(piece[piece.index(after: close)...]))
            }
            length = parts.reduce(0) { $0 + $1.count }
        }

        /// nil when it is another sentence.
        func values(of sentence: String) -> [(String, String)]? {
            guard let first = parts.first, sentence.hasPrefix(first) else { return nil }
            var rest = sentence.dropFirst(first.count)
            var values: [(String, String)] = []
            for (index, name) in names.enumerated() {
                let next = parts[index + 1]
                let isLast = index == names.count - 1
                guard let range = isLast ? rest.endRange(of: next) : rest.range(of: next), !range.isStart(of: rest)
                else {
                    return nil
                }
                values.append((name, String(rest[..<range.lowerBound])))
                rest = rest[range.upperBound...]
            }
            return values
        }
    }
}

extension Substring {
    /// Where it ends with `text`; nil when it does not.
    fileprivate func endRange(of text: String) -> Range<Index>? {
        hasSuffix(text) ? index(endIndex, offsetBy: -text.count)..<endIndex : nil
    }
}

extension Range<Substring.Index> {
    fileprivate func isStart(of text: Substring) -> Bool { lowerBound == text.startIndex }
}

extension Voice {
    /// Beside a field: that it was not accepted, and why.
    func notAccepted(_ sentence: String, before place: String = "") -> String {
        words("form.notAccepted", ["reason": place + words.refusals[sentence]])
    }
}
