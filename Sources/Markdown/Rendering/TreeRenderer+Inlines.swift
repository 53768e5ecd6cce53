import CCommonMark

extension TreeRenderer {
    mutating func enterInline(_ node: Node, _ kind: cmark_node_type) -> Step {
        switch kind {
        case CMARK_NODE_TEXT:
            writeText(node)
        case CMARK_NODE_SOFTBREAK:
            writer.markup("\n")
        case CMARK_NODE_LINEBREAK:
            writer.markup("<br />\n")
        case CMARK_NODE_CODE:
            writer.markup("<code>")
            writer.text(node.literal)
            writer.markup("</code>")
        case CMARK_NODE_HTML_INLINE:
            writeTag(node.literal)
        case CMARK_NODE_EMPH, CMARK_NODE_STRONG:
            inlineDepth += 1
            if inlineDepth <= Self.deepestInline {
                writer.markup(kind == CMARK_NODE_EMPH ? "<em>" : "<strong>")
            }
            marks.collect(in: node, links: openLinks == 0)
        case CMARK_NODE_LINK:
            openLinks += 1
            if isLinkWritten { openLink(LinkTarget(node.address), title: node.title) }
            marks.collect(in: node, links: false)
        case CMARK_NODE_IMAGE:
            writeImage(node)
            return .done(node)
        default:
            break
        }
        return .children
    }

    mutating func leaveInline(_ node: Node, _ kind: cmark_node_type) {
        switch kind {
        case CMARK_NODE_EMPH, CMARK_NODE_STRONG:
            if inlineDepth <= Self.deepestInline {
                writer.markup(kind == CMARK_NODE_EMPH ? "</em>" : "</strong>")
            }
            inlineDepth -= 1
        case CMARK_NODE_LINK:
            if isLinkWritten { writer.markup("</a>") }
            openLinks -= 1
        default:
            break
        }
    }

    /// The parser lets `<address>` stand in a link's text; a page has no link in a link.
    private var isLinkWritten: Bool { style == .plain || openLinks == 1 }

    private mutating func writeText(_ node: Node) {
        let text = node.literal
        var written = 0
        for mark in marks.of(node) {
            writer.text(text, written..<mark.start)
            written = mark.end
            switch mark.kind {
            case .opensDeletion: writer.markup("<del>")
            case .closesDeletion: writer.markup("</del>")
            case .link(let kind): writeBareLink(text, mark.start..<mark.end, kind)
            case .nothing, .end: written = mark.start
            }
        }
        writer.text(text, written..<text.count)
    }

    private mutating func writeBareLink(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ kind: BareLinkKind) {
        let address = Array(kind.prefix.utf8) + text[range]
        address.withUnsafeBufferPointer { openLink(LinkTarget($0), title: nil) }
        writer.text(text, range)
        writer.markup("</a>")
    }

    private mutating func openLink(_ target: LinkTarget, title: UnsafeBufferPointer<UInt8>?) {
        let isSafe = target.isSafe(style)
        writer.markup("<a href=\"")
        if isSafe { writer.address(target.address) }
        if let title, !title.isEmpty {
            writer.markup("\" title=\"")
            writer.text(title)
        }
        let leaves = style == .page && isSafe && target.isElsewhere
        writer.markup(leaves ? "\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">" : "\">")
    }

    /// The parser's safe mode leaves all tags out; a page keeps the line break models write in table cells.
    private mutating func writeTag(_ tag: UnsafeBufferPointer<UInt8>) {
        let name = tag.filter { !$0.isSpace && $0 != UInt8(ascii: "/") }.map(\.lowercased)
        let isBreak = tag.count <= 6 && name == Array("<br>".utf8)
        writer.markup(style == .page && isBreak ? "<br />" : "<!-- raw HTML omitted -->")
    }

    private mutating func writeImage(_ node: Node) {
        let target = LinkTarget(node.address)
        if style == .plain {
            writer.markup("<img src=\"")
            if target.isSafe(style) { writer.address(target.address) }
            writer.markup("\" alt=\"")
            writeWords(of: node)
            if !node.title.isEmpty {
                writer.markup("\" title=\"")
                writer.text(node.title)
            }
            writer.markup("\" />")
        } else if openLinks > 0 || !target.isSafe(style) || target.address.isEmpty {
            writeWords(of: node)
        } else {
            openLink(target, title: node.title)
            let start = writer.bytes.count
            writeWords(of: node)
            if writer.bytes.count == start { target.address.withUnsafeBufferPointer { writer.text($0) } }
            writer.markup("</a>")
        }
    }

    /// A node's text without its markup.
    mutating func writeWords(of root: Node) {
        var next = root.firstChild
        while var node = next {
            switch node.kind {
            case CMARK_NODE_TEXT, CMARK_NODE_CODE, CMARK_NODE_HTML_INLINE: writer.text(node.literal)
            case CMARK_NODE_SOFTBREAK, CMARK_NODE_LINEBREAK: writer.markup(" ")
            default: break
            }
            next = node.firstChild
            while next == nil, node != root {
                next = node.next
                guard next == nil, let parent = node.parent else { break }
                node = parent
            }
        }
    }
}
