/// A parsed document: its elements and texts in their order, each knowing where it stands. Node 0 is the document itself.
struct PageTree: Sendable {
    enum Content: Sendable {
        /// In small letters, without a namespace.
        case element(String)
        case text(String)
    }

    struct Node: Sendable {
        var content: Content
        var attributes: [String: String]
        var parent: Int
        var children: [Int] = []
    }

    /// The most nodes that are looked at; what comes after them is left out.
    static let limit = 300_000

    /// A parent always stands before its children.
    private(set) var nodes: [Node] = [Node(content: .element(""), attributes: [:], parent: 0)]

    /// Returns the new node's index, or nil when there are too many.
    mutating func append(_ content: Content, _ attributes: [String: String], to parent: Int) -> Int? {
        guard nodes.count < Self.limit else { return nil }
        nodes.append(Node(content: content, attributes: attributes, parent: parent))
        nodes[parent].children.append(nodes.count - 1)
        return nodes.count - 1
    }
}

extension PageTree {
    /// The element's name; empty for a text and for the document.
    func name(_ node: Int) -> String {
        if case .element(let name) = nodes[node].content { name } else { "" }
    }

    /// An attribute that is there and not blank.
    func attribute(_ name: String, of node: Int) -> String? {
        guard let value = nodes[node].attributes[name]?.trimmed, !value.isEmpty else { return nil }
        return value
    }

    func children(_ node: Int) -> [Int] { nodes[node].children }

    /// All elements that bear one of these names, in the order of the document.
    func elements(_ names: Set<String>) -> [Int] {
        nodes.indices.filter { if case .element(let name) = nodes[$0].content { names.contains(name) } else { false } }
    }

    /// The first child element that bears one of these names.
    func child(_ names: String..., of node: Int) -> Int? {
        for name in names {
            if let found = children(node).first(where: { self.name($0) == name }) { return found }
        }
        return nil
    }

    /// A node and all that is below it, in the order of the document.
    func below(_ node: Int) -> [Int] {
        var found: [Int] = []
        var waiting = [node]
        while let next = waiting.popLast() {
            found.append(next)
            waiting += nodes[next].children.reversed()
        }
        return found
    }

    /// The texts below a node as they stand there: all of them, or about as many bytes from as many nodes.
    func text(_ node: Int, upTo most: Int = .max) -> String {
        var text = ""
        var (waiting, seen) = ([node], 0)
        while seen < most, text.utf8.count < most, let next = waiting.popLast() {
            seen += 1
            if case .text(let words) = nodes[next].content {
                text += words.utf8.count <= most ? words : String(decoding: words.utf8.prefix(most), as: UTF8.self)
            }
            if name(next) == "br" { text += "\n" }
            waiting += nodes[next].children.prefix(most).reversed()
        }
        return text
    }

    /// The texts below a node in one line; nil when there are none.
    func line(_ node: Int) -> String? { line(node, upTo: .max) }

    /// The same, of a text that may be cut off: elements within each other must not cost their text once for each of them.
    func line(_ node: Int, upTo most: Int) -> String? {
        let line = text(node, upTo: most).inOneLine
        return line.isEmpty ? nil : line
    }

    /// From the parent up to the document.
    func ancestors(_ node: Int) -> some Sequence<Int> {
        sequence(first: node) { [nodes] in $0 == 0 ? nil : nodes[$0].parent }.dropFirst()
    }
}

extension String {
    var trimmed: String { String(Substring(self).trimmed) }

    /// Every run of blanks and line ends as one blank.
    var inOneLine: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}

extension Substring {
    var trimmed: Substring {
        let start = drop(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return start[...last]
    }
}
