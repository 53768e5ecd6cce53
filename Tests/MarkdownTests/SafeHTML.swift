import Testing

/// Reads HTML of the page style and says what is wrong with it.
struct SafeHTML {
    private static let attributes: [String: Set<String>] = [
        "p": [], "em": [], "strong": [], "del": [], "blockquote": [], "ul": [], "ol": ["start"], "li": ["class"],
        "h1": [], "h2": [], "h3": [], "h4": [], "h5": [], "h6": [], "hr": [], "br": [], "code": ["class"],
        "pre": ["tabindex"], "div": ["class", "role", "aria-labelledby", "tabindex"], "header": [], "span": [],
        "a": ["href", "title", "rel", "target"], "input": ["class", "checked", "disabled", "type"],
        "table": [], "thead": [], "tbody": [], "tr": [], "th": ["align"], "td": ["align"],
    ]
    private static let void: Set<String> = ["hr", "br", "input"]

    /// Nil if every tag is allowed and closed in order, and no address is one a browser would run.
    static func fault(in html: String) -> String? {
        var open: [Substring] = []
        var rest = html[...]
        while let start = rest.firstIndex(where: { $0 == "<" || $0 == ">" }) {
            rest = rest[start...]
            if rest.hasPrefix("<!-- raw HTML omitted -->") {
                rest = rest.dropFirst(25)
                continue
            }
            guard let tag = rest.wholeTag else { return "stray bracket at \(rest.prefix(40))" }
            rest = rest.dropFirst(tag.count)
            let name = tag.drop { $0 == "<" || $0 == "/" }.prefix { $0.isLetter || $0.isNumber }
            guard let allowed = attributes[String(name)] else { return "tag \(tag)" }
            if tag.hasPrefix("</") {
                guard open.popLast() == name else { return "unbalanced \(tag)" }
            } else {
                if let fault = attributeFault(tag.dropFirst(1 + name.count), allowed) { return fault }
                if !void.contains(String(name)) { open.append(name) }
                if name == "a", open.dropLast().contains("a") { return "link in link" }
            }
        }
        return open.isEmpty ? nil : "left open: \(open)"
    }

    /// How deep tags are nested at most.
    static func depth(of html: String) -> Int {
        var depth = 0
        var deepest = 0
        for tag in html.matches(of: /<(\/?)([a-z]+[0-9]?)/) where !void.contains(String(tag.2)) {
            depth += tag.1.isEmpty ? 1 : -1
            deepest = max(deepest, depth)
        }
        return deepest
    }

    private static func attributeFault(_ text: Substring, _ allowed: Set<String>) -> String? {
        var rest = text
        while let match = rest.prefixMatch(of: /\ ([a-z-]+)="([^"<>]*)"/) {
            guard allowed.contains(String(match.1)) else { return "attribute \(match.0)" }
            if match.1 == "href", !isSafe(match.2) { return "address \(match.2)" }
            rest = rest[match.range.upperBound...]
        }
        return rest == ">" || rest == " />" ? nil : "attributes \(text)"
    }

    private static func isSafe(_ address: Substring) -> Bool {
        guard let scheme = address.prefixMatch(of: /[A-Za-z][A-Za-z0-9+.\-]*:/) else { return true }
        return ["http:", "https:", "ftp:", "mailto:", "tel:"].contains(scheme.0.lowercased())
    }
}

extension Substring {
    fileprivate var wholeTag: Substring? {
        guard hasPrefix("<"), let end = firstIndex(of: ">") else { return nil }
        return self[...end]
    }
}
