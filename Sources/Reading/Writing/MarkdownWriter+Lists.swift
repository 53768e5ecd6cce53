extension MarkdownWriter {
    mutating func list(_ node: Int) -> [String] {
        let isOrdered = tree.name(node) == "ol"
        var number = isOrdered ? Int(tree.attribute("start", of: node) ?? "") ?? 1 : 0
        var items: [String] = []
        for child in tree.children(node) where !isLeftOut[child] && tree.isElement(child) {
            let blocks = nested(tree.name(child) == "li" ? tree.children(child) : [child])
            guard !blocks.isEmpty else { continue }
            items.append(item(blocks, marker: isOrdered ? "\(number). " : "- "))
            number &+= 1
        }
        return items.isEmpty ? [] : [items.joined(separator: "\n")]
    }

    private func item(_ blocks: [String], marker: String) -> String {
        let indent = String(repeating: " ", count: marker.count)
        var text = ""
        for block in blocks {
            // A list below its item needs no empty line between.
            if !text.isEmpty { text += block.hasPrefix("- ") || block.hasPrefix("1. ") ? "\n" : "\n\n" }
            text += block
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return marker + lines.joined(separator: "\n", indent: indent)
    }

    mutating func definitions(_ node: Int) -> [String] {
        var blocks: [String] = []
        // A `div` may hold a term and its definitions.
        let parts = tree.children(node).flatMap { tree.name($0) == "div" ? tree.children($0) : [$0] }
        for part in parts where !isLeftOut[part] && tree.isElement(part) {
            if tree.name(part) == "dt" {
                let term = words(of: tree.children(part))
                if !term.isEmpty { blocks.append("**\(term)**") }
            } else {
                let definition = nested(tree.children(part))
                if !definition.isEmpty { blocks.append(item(definition, marker: "- ")) }
            }
        }
        return blocks
    }
}

extension PageTree {
    func isElement(_ node: Int) -> Bool { if case .element = nodes[node].content { true } else { false } }
}

extension [Substring] {
    /// All but the first line and empty ones indented.
    fileprivate func joined(separator: String, indent: String) -> String {
        enumerated().map { $0.offset == 0 || $0.element.isEmpty ? String($0.element) : indent + $0.element }
            .joined(separator: separator)
    }
}
