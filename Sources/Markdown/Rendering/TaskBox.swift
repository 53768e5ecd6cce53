import CCommonMark

/// The `[ ]` or `[x]` with which a list item begins.
struct TaskBox {
    let isChecked: Bool
    private let text: Node

    init?(item: Node) {
        guard let paragraph = item.firstChild, paragraph.kind == CMARK_NODE_PARAGRAPH else { return nil }
        self.init(paragraph: paragraph)
    }

    init?(paragraph: Node) {
        guard paragraph.previous == nil, paragraph.parent?.kind == CMARK_NODE_ITEM,
            let text = paragraph.firstChild, text.kind == CMARK_NODE_TEXT
        else { return nil }
        let start = text.literal.prefix(4)
        guard start.count == 4, start[0] == UInt8(ascii: "["), start[2] == UInt8(ascii: "]"), start[3].isSpaceOrTab
        else { return nil }
        switch start[1] {
        case UInt8(ascii: " "): isChecked = false
        case UInt8(ascii: "x"), UInt8(ascii: "X"): isChecked = true
        default: return nil
        }
        self.text = text
    }

    func removeMarker() {
        text.setLiteral(text.literal.dropFirst(3))
    }
}
