import Foundation

/// The words of one language, by key, with `{placeholders}` and plural forms.
struct Words: Sendable {
    let language: Language
    /// For sentences that come from below in English.
    let refusals: Refusals
    private let entries: [String: Entry]

    /// Reads `en.json` or `zh-CN.json` in `folder`.
    init(language: Language, folder: String) throws {
        let file = URL(fileURLWithPath: folder).appending(path: "\(language.rawValue).json")
        self.language = language
        refusals = language == .english ? Refusals() : try Refusals(language: language, folder: folder)
        entries = try JSONDecoder().decode([String: Entry].self, from: Data(contentsOf: file))
    }

    var keys: Set<String> { Set(entries.keys) }

    func has(_ key: String) -> Bool { entries[key] != nil }

    /// The words behind `key`; the key itself where there are none, which the tests rule out.
    subscript(_ key: String) -> String {
        switch entries[key] {
        case .text(let text): text
        case .forms(let forms): forms["other"] ?? key
        case nil: key
        }
    }

    /// The words behind `key` with each `{name}` replaced.
    func callAsFunction(_ key: String, _ values: [String: String]) -> String {
        filled(self[key], values)
    }

    /// The form for `number`, in which `{n}` is the number.
    func count(_ key: String, _ number: Int, _ values: [String: String] = [:]) -> String {
        var text = self[key]
        if case .forms(let forms) = entries[key], number == 1, let one = forms["one"] { text = one }
        return filled(text, values.merging(["n": number.grouped]) { given, _ in given })
    }

    /// One pass, so that a value with braces in it stays what it is.
    private func filled(_ text: String, _ values: [String: String]) -> String {
        var result = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            result += rest[..<open]
            guard let close = rest[open...].firstIndex(of: "}") else { break }
            let name = String(rest[rest.index(after: open)..<close])
            result += values[name] ?? String(rest[open...close])
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }

    private enum Entry: Sendable, Decodable {
        case text(String)
        case forms([String: String])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self = .text(text)
            } else {
                self = .forms(try container.decode([String: String].self))
            }
        }
    }
}

extension Int {
    /// With a comma between thousands, as both our languages write it.
    var grouped: String {
        let digits = String(magnitude)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return self < 0 ? "-" + text : text
    }
}
