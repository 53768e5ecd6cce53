import CCommonMark

extension TreeRenderer {
    mutating func enterBlock(_ node: Node, _ kind: cmark_node_type) -> Step {
        switch kind {
        case CMARK_NODE_BLOCK_QUOTE:
            writer.line()
            writer.markup("<blockquote>\n")
        case CMARK_NODE_LIST:
            openList(node)
        case CMARK_NODE_ITEM:
            writer.line()
            writer.markup(style == .page && TaskBox(item: node) != nil ? "<li class=\"task\">" : "<li>")
        case CMARK_NODE_HEADING:
            if let table = tableNumber(node) { return .done(writeTable(table, from: node)) }
            writer.line()
            writer.markup("<h")
            writer.number(Int(cmark_node_get_heading_level(node.pointer)))
            writer.markup(">")
            beginInlines(of: node)
        case CMARK_NODE_PARAGRAPH:
            openParagraph(node)
        case CMARK_NODE_CODE_BLOCK:
            writeCode(node)
        case CMARK_NODE_HTML_BLOCK:
            writer.line()
            writer.markup("<!-- raw HTML omitted -->\n")
        case CMARK_NODE_THEMATIC_BREAK:
            writer.line()
            writer.markup("<hr />\n")
        default:
            break
        }
        return .children
    }

    mutating func leaveBlock(_ node: Node, _ kind: cmark_node_type) {
        switch kind {
        case CMARK_NODE_BLOCK_QUOTE:
            writer.line()
            writer.markup("</blockquote>\n")
        case CMARK_NODE_LIST:
            writer.markup(isBullet(node) ? "</ul>\n" : "</ol>\n")
        case CMARK_NODE_ITEM:
            writer.markup("</li>\n")
        case CMARK_NODE_HEADING:
            writer.markup("</h")
            writer.number(Int(cmark_node_get_heading_level(node.pointer)))
            writer.markup(">\n")
        case CMARK_NODE_PARAGRAPH where !isTight(node):
            writer.markup("</p>\n")
        default:
            break
        }
    }

    private func isBullet(_ list: Node) -> Bool {
        cmark_node_get_list_type(list.pointer) == CMARK_BULLET_LIST
    }

    private func isTight(_ paragraph: Node) -> Bool {
        guard let list = paragraph.parent?.parent, list.kind == CMARK_NODE_LIST else { return false }
        return cmark_node_get_list_tight(list.pointer) != 0
    }

    private mutating func openList(_ node: Node) {
        writer.line()
        guard !isBullet(node) else { return writer.markup("<ul>\n") }
        let start = Int(cmark_node_get_list_start(node.pointer))
        guard start != 1 else { return writer.markup("<ol>\n") }
        writer.markup("<ol start=\"")
        writer.number(start)
        writer.markup("\">\n")
    }

    private mutating func openParagraph(_ node: Node) {
        if !isTight(node) {
            writer.line()
            writer.markup("<p>")
        }
        if let box = TaskBox(paragraph: node) {
            box.removeMarker()
            writer.markup(style == .page ? "<input class=\"task\"" : "<input")
            writer.markup(box.isChecked ? " checked=\"\" disabled=\"\"" : " disabled=\"\"")
            writer.markup(" type=\"checkbox\">")
        }
        beginInlines(of: node)
    }

    private mutating func beginInlines(of node: Node) {
        marks.removeAll()
        marks.collect(in: node, links: true)
    }

    private mutating func writeCode(_ node: Node) {
        let info = node.fenceInfo
        let language = 0..<(info.firstIndex(where: \.isSpace) ?? info.count)
        writer.line()
        if style == .page {
            writer.markup("<div class=\"code\"><header><span>")
            writer.text(info, language)
            writer.markup("</span></header><pre tabindex=\"0\"><code")
        } else {
            writer.markup("<pre><code")
        }
        if !language.isEmpty {
            writer.markup(" class=\"language-")
            writer.text(info, language)
            writer.markup("\"")
        }
        writer.markup(">")
        writer.text(node.literal)
        writer.markup(style == .page ? "</code></pre></div>\n" : "</code></pre>\n")
    }
}
