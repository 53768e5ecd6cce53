extension MarkdownWriter {
    /// Elements that are written around what they hold.
    private static let wrapping: Set<String> = [
        "a", "b", "strong", "i", "em", "cite", "dfn", "var", "del", "s", "strike", "sup", "rt", "q",
    ]

    mutating func inline(_ node: Int, into line: inout InlineText) {
        guard !isLeftOut[node] else { return }
        if case .text(let text) = tree.nodes[node].content { return line.append(words: text) }
        let children = tree.children(node)
        switch tree.name(node) {
        case let name where marks >= Self.deepest && Self.wrapping.contains(name):
            for child in children { inline(child, into: &line) }
        case "br": line.breakLine()
        case "a": link(node, into: &line)
        case "img": image(node, into: &line)
        case "b", "strong": marked("**", children, into: &line)
        case "i", "em", "cite", "dfn", "var": marked("*", children, into: &line)
        case "del", "s", "strike": marked("~~", children, into: &line)
        case "code", "kbd", "samp", "tt": code(node, into: &line)
        case "sup": superscript(children, into: &line)
        case "math": formula(node, into: &line)
        case "rt": between("(", ")", children, into: &line)
        case "q": between("\u{201C}", "\u{201D}", children, into: &line)
        case "rp", "wbr": break
        default:
            // Blocks within a run of words stay apart.
            let isBlock = ElementKinds.blocks.contains(tree.name(node))
            if isBlock { line.append(words: " ") }
            for child in children { inline(child, into: &line) }
            if isBlock { line.append(words: " ") }
        }
    }

    private mutating func link(_ node: Int, into line: inout InlineText) {
        let inside = piece(tree.children(node))
        let text = inside.finished.replacing("\n", with: " ")
        guard let target = target(of: node, "href") else { return line.append(inside) }
        guard !text.isEmpty else { return }
        let isImage = text.hasPrefix("![")
        let label = isImage || text.contains("](") ? text : text.replacing("]", with: "\\]")
        line.append(inside, as: "[\(label)](\(target))")
    }

    private mutating func image(_ node: Int, into line: inout InlineText) {
        let alt = (tree.attribute("alt", of: node) ?? "").inOneLine.filter { $0 != "[" && $0 != "]" }
        // Pictures without words are ornaments, unless the author put them up as figures.
        let isTold = !alt.isEmpty || tree.ancestors(node).prefix(4).contains { tree.name($0) == "figure" }
        guard isTold, let target = target(of: node, "src") ?? target(of: node, "data-src") else {
            return line.append(words: alt)
        }
        line.append(code: "![\(alt)](\(target))")
    }

    /// Where an attribute leads; nil when that is nowhere, or the page has had its share of addresses.
    private mutating func target(of node: Int, _ attribute: String) -> String? {
        guard linkRoom > 0, let address = tree.attribute(attribute, of: node), let target = links.absolute(address)
        else {
            return nil
        }
        linkRoom -= target.utf8.count
        return target
    }

    private mutating func marked(_ mark: String, _ children: [Int], into line: inout InlineText) {
        let inside = piece(children)
        let text = inside.finished
        let isPlain = text.isEmpty || text.contains("\n") || text.hasPrefix("*") || text.hasPrefix("~")
        line.append(inside, as: isPlain ? text : mark + text + mark)
    }

    private func code(_ node: Int, into line: inout InlineText) {
        let text = tree.text(node).inOneLine
        guard !text.isEmpty else { return }
        let longest = text.split { $0 != "`" }.map(\.count).max() ?? 0
        let mark = String(repeating: "`", count: longest + 1)
        line.append(code: longest == 0 ? mark + text + mark : "\(mark) \(text) \(mark)")
    }

    /// 10<sup>6</sup> is not 106; a footnote's mark stays as it is.
    private mutating func superscript(_ children: [Int], into line: inout InlineText) {
        let text = piece(children).finished
        let isPower =
            !text.isEmpty && text.count <= 8 && text.allSatisfy { $0.isLetter || $0.isNumber || "+-−".contains($0) }
        line.append(code: isPower && line.endsInWord ? "^\(text)" : text)
    }

    /// In TeX, where the page has it.
    private func formula(_ node: Int, into line: inout InlineText) {
        let notes = tree.below(node).filter { tree.name($0) == "annotation" }
        let text = (notes.first.map { tree.text($0) } ?? tree.attribute("alttext", of: node) ?? tree.text(node))
            .inOneLine
        if !text.isEmpty { line.append(code: "$\(text)$") }
    }

    private mutating func between(_ open: String, _ close: String, _ children: [Int], into line: inout InlineText) {
        let text = piece(children).finished
        if !text.isEmpty { line.append(code: open + text + close) }
    }

    private mutating func piece(_ children: [Int]) -> InlineText {
        marks += 1
        defer { marks -= 1 }
        var piece = InlineText()
        for child in children { inline(child, into: &piece) }
        return piece
    }
}
