import CCommonMark

/// The quotes and list items around a paragraph: finds where each of its lines begins inside them.
struct ContainerChain {
    /// Tables nested deeper than this stay paragraphs.
    static let deepest = 24

    private enum Container {
        case quote
        case item(firstLine: Int, width: Int)
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private let lines: Lines
    private var containers: [Container] = []

    init?(of node: Node, bytes: UnsafeBufferPointer<UInt8>, lines: Lines) {
        self.bytes = bytes
        self.lines = lines
        var around: [Node] = []
        var parent = node.parent
        while let container = parent {
            let kind = container.kind
            if kind == CMARK_NODE_ITEM || kind == CMARK_NODE_BLOCK_QUOTE { around.append(container) }
            guard around.count <= Self.deepest else { return nil }
            parent = container.parent
        }
        for container in around.reversed() {
            if container.kind == CMARK_NODE_BLOCK_QUOTE {
                containers.append(.quote)
            } else {
                let first = container.firstLine
                guard first < lines.count, let width = itemWidth(first) else { return nil }
                containers.append(.item(firstLine: first, width: width))
            }
        }
    }

    /// Where a line's text begins inside all containers; `isLazy` when it leaves one out and so only continues the
    /// paragraph.
    func enter(_ line: Int) -> (cursor: LineCursor, isLazy: Bool) {
        var cursor = LineCursor(bytes, line: lines.starts[line]..<lines.ends[line])
        for container in containers {
            switch container {
            case .quote:
                guard enterQuote(&cursor) else { return (cursor, true) }
            case .item(line, let width):
                cursor.skip(columns: cursor.indent)
                guard let marker = marker(cursor) else { return (cursor, true) }
                cursor.skip(characters: marker)
                cursor.skip(columns: width)
            case .item(_, let width):
                guard cursor.indent >= width else { return (cursor, true) }
                cursor.skip(columns: width)
            }
        }
        return (cursor, false)
    }

    private func enterQuote(_ cursor: inout LineCursor) -> Bool {
        let indent = cursor.indent
        guard indent < 4, cursor.textStart < cursor.end, bytes[cursor.textStart] == UInt8(ascii: ">") else {
            return false
        }
        cursor.skip(columns: indent)
        cursor.skip(characters: 1)
        cursor.skip(columns: 1)
        return true
    }

    private func marker(_ cursor: LineCursor) -> Int? {
        cursor.position < cursor.end ? LinePrefix.markerLength(bytes, at: cursor.position) : nil
    }

    /// The columns an item's later lines must be indented by.
    private func itemWidth(_ firstLine: Int) -> Int? {
        var (cursor, isLazy) = enter(firstLine)
        let indent = cursor.indent
        cursor.skip(columns: indent)
        guard !isLazy, let marker = marker(cursor) else { return nil }
        cursor.skip(characters: marker)
        let space = cursor.indent
        let isBlank = cursor.textStart == cursor.end
        return indent + marker + (isBlank || space > 4 ? 1 : space)
    }
}
