/// Our shorthand in templates, replaced once at the start: `[[signIn.title]]` is a word, `[[icon:home]]` an icon,
/// `[[glyph]]` and `[[wordmark]]` the sign, `[[asset:alma.css]]` an address. Anything unknown stops the start.
struct TemplateMarkup {
    let words: Words
    let assets: Assets
    let icons: Icons

    struct Unknown: Error, CustomStringConvertible {
        let name: String
        let template: String
        var description: String { "[[\(name)]] in the template \(template) means nothing" }
    }

    func expanded(_ text: String, template: String) throws -> String {
        var result = ""
        var rest = text[...]
        while let open = rest.firstRange(of: "[["), let close = rest[open.upperBound...].firstRange(of: "]]") {
            result += rest[..<open.lowerBound]
            let name = String(rest[open.upperBound..<close.lowerBound])
            guard let value = value(of: name) else { throw Unknown(name: name, template: template) }
            result += value
            rest = rest[close.upperBound...]
        }
        return result + rest
    }

    private func value(of name: String) -> String? {
        let parts = name.split(separator: ":", maxSplits: 1).map(String.init)
        switch (parts[0], parts.count > 1 ? parts[1] : "") {
        case ("icon", let icon): return icons(icon)
        case ("icon-s", let icon): return small(icon)
        case ("glyph", let how): return icons.glyph(busy: how == "busy")
        case ("wordmark", _): return Icons.wordmark
        case ("asset", let file): return assets.address(of: file)
        default: return words.has(name) ? SafeHTML.escaped(words[name]) : nil
        }
    }

    /// `right chevron` is the small icon `right` with the class `chevron`.
    private func small(_ text: String) -> String {
        let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
        return icons(parts[0], (["icon-s"] + parts.dropFirst()).joined(separator: " "))
    }
}
