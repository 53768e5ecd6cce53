import CCommonMark

/// Walks the parser's tree and writes HTML, without recursion, so that no nesting can exhaust the stack.
struct TreeRenderer {
    let tables: [Table]
    let style: HTMLStyle
    var writer = HTMLWriter()
    var marks = InlineMarks()
    /// How many links are open around this place: one or none.
    var openLinks = 0
    /// How many of emphasis, strong emphasis and links are open.
    var inlineDepth = 0

    init(tables: [Table], style: HTMLStyle) {
        self.tables = tables
        self.style = style
    }

    /// Browsers flatten what is nested deeper than some hundreds; nobody emphasises that often.
    static let deepestInline = 100

    /// What to do after a node was entered.
    enum Step {
        /// Go into its children, then leave it.
        case children
        /// It is written; so are its siblings up to this one.
        case done(Node)
    }

    mutating func takeOutput() -> String { writer.take() }

    /// Writes a node, and what belongs to it among its siblings; returns the last one written.
    @discardableResult
    mutating func render(_ root: Node) -> Node {
        var node = root
        var depth = 0
        while true {
            switch enter(node) {
            case .children:
                if let child = node.firstChild {
                    node = child
                    depth += 1
                    continue
                }
                leave(node)
            case .done(let last):
                node = last
            }
            while depth > 0, node.next == nil, let parent = node.parent {
                node = parent
                depth -= 1
                leave(node)
            }
            guard depth > 0, let next = node.next else { return node }
            node = next
        }
    }

    mutating func renderChildren(of node: Node) {
        var next = node.firstChild
        while let child = next { next = render(child).next }
    }

    private mutating func enter(_ node: Node) -> Step {
        let kind = node.kind
        return kind.rawValue <= CMARK_NODE_LAST_BLOCK.rawValue ? enterBlock(node, kind) : enterInline(node, kind)
    }

    private mutating func leave(_ node: Node) {
        let kind = node.kind
        if kind.rawValue <= CMARK_NODE_LAST_BLOCK.rawValue {
            leaveBlock(node, kind)
        } else {
            leaveInline(node, kind)
        }
    }
}
