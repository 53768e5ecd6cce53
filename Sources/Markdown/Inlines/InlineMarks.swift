import CCommonMark

/// The bare links and strikethroughs in the text nodes of one paragraph.
///
/// Each node remembers, as its user data, where its own marks begin in one list for all.
struct InlineMarks {
    private var list: [InlineMark] = []

    mutating func removeAll() {
        list.removeAll(keepingCapacity: true)
    }

    /// Looks at the text directly inside a node: a strikethrough begins and ends in the same one.
    mutating func collect(in parent: Node, links: Bool) {
        var pairs = DeletionPairs()
        var next = parent.firstChild
        while let node = next {
            next = node.next
            guard node.kind == CMARK_NODE_TEXT else { continue }
            let text = node.literal
            guard Self.mayHoldMarks(text) else { continue }
            collect(text, of: node, before: Self.edge(before: node), after: Self.edge(after: node), links, &pairs)
        }
    }

    /// The marks of a text node in order.
    func of(_ node: Node) -> ArraySlice<InlineMark> {
        let start = Int(bitPattern: cmark_node_get_user_data(node.pointer)) - 1
        guard start >= 0 else { return [] }
        var end = start
        while end < list.count, !list[end].isEnd { end += 1 }
        return list[start..<end]
    }

    private mutating func collect(
        _ text: UnsafeBufferPointer<UInt8>,
        of node: Node,
        before: UInt8,
        after: UInt8,
        _ links: Bool,
        _ pairs: inout DeletionPairs
    ) {
        let start = list.count
        var scanner = BareLinkScanner(text, before: before)
        var index = 0
        while index < text.count {
            if links, let link = scanner.link(at: index) {
                list.append(link)
                index = link.end
            } else if text[index] == UInt8(ascii: "~") {
                let run = TildeRun(text, at: index, before: before, after: after)
                if run.isDelimiter { pairs.add(run, to: &list) }
                index = run.next
            } else {
                index += 1
            }
        }
        guard list.count > start else { return }
        list.append(InlineMark(start: text.count, end: text.count, kind: .end))
        cmark_node_set_user_data(node.pointer, UnsafeMutableRawPointer(bitPattern: start + 1))
    }

    private static func mayHoldMarks(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        for index in text.indices {
            switch text[index] {
            case UInt8(ascii: "@"), UInt8(ascii: ":"), UInt8(ascii: "~"): return true
            case UInt8(ascii: ".") where index >= 3 && text[index - 1] == UInt8(ascii: "w"): return true
            default: continue
            }
        }
        return false
    }

    /// What stood in the source beside a text node: a blank at a paragraph's edge or a line's, else a delimiter.
    private static func edge(before node: Node) -> UInt8 {
        guard let previous = node.previous else { return edge(of: node.parent) }
        return previous.kind == CMARK_NODE_LINK ? UInt8(ascii: ")") : edge(of: previous)
    }

    private static func edge(after node: Node) -> UInt8 {
        edge(of: node.next ?? node.parent)
    }

    private static func edge(of node: Node?) -> UInt8 {
        switch node?.kind {
        case CMARK_NODE_EMPH?, CMARK_NODE_STRONG?: UInt8(ascii: "*")
        case CMARK_NODE_LINK?, CMARK_NODE_IMAGE?: UInt8(ascii: "[")
        case CMARK_NODE_CODE?: UInt8(ascii: "`")
        case CMARK_NODE_HTML_INLINE?: UInt8(ascii: ">")
        default: UInt8(ascii: " ")
        }
    }
}
