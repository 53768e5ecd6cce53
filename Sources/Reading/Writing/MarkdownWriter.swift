import Foundation

/// Writes a part of a page as Markdown.
struct MarkdownWriter {
    let tree: PageTree
    /// By node.
    let isLeftOut: [Bool]
    let links: LinkBase
    /// By node: whether a block stands anywhere below.
    let holdsBlock: [Bool]
    /// Bytes of addresses that may still be written: a page of short links must not become a thousand times as long.
    var linkRoom = 2_000_000
    /// Lists and quotations within each other.
    var depth = 0
    /// Marks within each other: each is written with all that it holds, so that many would cost a text once for each.
    var marks = 0
    static let deepest = 12

    init(tree: PageTree, isLeftOut: [Bool], links: LinkBase) {
        self.tree = tree
        self.isLeftOut = isLeftOut
        self.links = links
        var holdsBlock = [Bool](repeating: false, count: tree.nodes.count)
        for node in tree.nodes.indices.reversed() where node != 0 && !isLeftOut[node] {
            let parent = tree.nodes[node].parent
            if holdsBlock[node] || ElementKinds.blocks.contains(tree.name(node)) { holdsBlock[parent] = true }
        }
        self.holdsBlock = holdsBlock
    }

    mutating func markdown(of roots: [Int]) -> String {
        // A root may itself be a heading or a list.
        blocks(roots).joined(separator: "\n\n")
    }

    /// The blocks that these nodes make, words between blocks as paragraphs.
    mutating func blocks(_ nodes: [Int]) -> [String] {
        var blocks: [String] = []
        var line = InlineText()
        func endLine() {
            let text = line.finished
            if !text.isEmpty { blocks.append(text.escapedAtLineStarts) }
            line = InlineText()
        }
        for node in nodes where !isLeftOut[node] {
            if isBlock(node) {
                endLine()
                blocks += block(node)
            } else {
                inline(node, into: &line)
            }
        }
        endLine()
        return blocks
    }

    func isBlock(_ node: Int) -> Bool {
        ElementKinds.blocks.contains(tree.name(node)) || (holdsBlock[node] && tree.name(node) != "a")
    }

    private mutating func block(_ node: Int) -> [String] {
        let children = tree.children(node)
        switch tree.name(node) {
        case "h1", "h2", "h3", "h4", "h5", "h6":
            let text = words(of: children).replacing("\n", with: " ")
            let level = Int(tree.name(node).suffix(1)) ?? 1
            return text.isEmpty ? [] : ["\(String(repeating: "#", count: level)) \(text)"]
        case "hr": return ["---"]
        case "pre", "listing", "xmp": return code(node)
        case "blockquote": return quotation(children)
        case "ul", "ol", "menu": return list(node)
        case "dl": return definitions(node)
        case "table": return table(node)
        case "figcaption", "caption":
            let text = words(of: children)
            return text.isEmpty ? [] : ["*\(text)*"]
        case "summary":
            let text = words(of: children)
            return text.isEmpty ? [] : ["**\(text)**"]
        default: return blocks(children)
        }
    }

    /// Some nodes as one run of words.
    mutating func words(of nodes: [Int]) -> String {
        var line = InlineText()
        for node in nodes where !isLeftOut[node] { inline(node, into: &line) }
        return line.finished
    }

    private mutating func code(_ node: Int) -> [String] {
        let text = tree.text(node).replacing("\r\n", with: "\n")
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).drop { $0.trimmed.isEmpty }
        let code = lines.reversed().drop { $0.trimmed.isEmpty }.reversed().joined(separator: "\n")
        guard !code.isEmpty else { return [] }
        let longest = code.split { $0 != "`" }.map(\.count).max() ?? 0
        let fence = String(repeating: "`", count: max(3, longest + 1))
        return ["\(fence)\(language(of: node))\n\(code)\n\(fence)"]
    }

    /// `class="language-swift"` of the block, its code or what is around it.
    private func language(of node: Int) -> String {
        let places = [node, tree.child("code", of: node), tree.nodes[node].parent].compactMap { $0 }
        for name in places.lazy.compactMap({ tree.attribute("class", of: $0) }) {
            for word in name.split(separator: " ") {
                for prefix in ["language-", "lang-", "highlight-source-"] where word.hasPrefix(prefix) {
                    return String(word.dropFirst(prefix.count).prefix(30).filter { $0 != "`" })
                }
            }
        }
        return ""
    }

    /// Blocks one level down; deeper than anybody reads they are mere words.
    mutating func nested(_ nodes: [Int]) -> [String] {
        guard depth < Self.deepest else {
            let text = words(of: nodes)
            return text.isEmpty ? [] : [text]
        }
        depth += 1
        defer { depth -= 1 }
        return blocks(nodes)
    }

    private mutating func quotation(_ nodes: [Int]) -> [String] {
        let blocks = nested(nodes)
        guard !blocks.isEmpty else { return [] }
        let lines = blocks.joined(separator: "\n\n").split(separator: "\n", omittingEmptySubsequences: false)
        return [lines.map { $0.isEmpty ? ">" : "> \($0)" }.joined(separator: "\n")]
    }
}

extension String {
    /// A paragraph whose line happens to begin like a heading, a list or a quotation stays one.
    fileprivate var escapedAtLineStarts: String {
        split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let mark = line.prefix { "#+->".contains($0) }
            guard !mark.isEmpty, mark.count <= 6, line.dropFirst(mark.count).first == " " else { return String(line) }
            return "\\" + line
        }.joined(separator: "\n")
    }
}
