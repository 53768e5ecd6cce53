import CCommonMark

/// A node of the parser's tree; valid as long as its `SyntaxTree`.
struct Node: Equatable {
    let pointer: OpaquePointer

    init?(_ pointer: OpaquePointer?) {
        guard let pointer else { return nil }
        self.pointer = pointer
    }

    var kind: cmark_node_type { cmark_node_get_type(pointer) }
    var parent: Node? { Node(cmark_node_parent(pointer)) }
    var next: Node? { Node(cmark_node_next(pointer)) }
    var previous: Node? { Node(cmark_node_previous(pointer)) }
    var firstChild: Node? { Node(cmark_node_first_child(pointer)) }
    var lastChild: Node? { Node(cmark_node_last_child(pointer)) }
    /// Counted from 0.
    var firstLine: Int { Int(cmark_node_get_start_line(pointer)) - 1 }
    /// Counted from 0, the last that belongs to the node.
    var lastLine: Int { Int(cmark_node_get_end_line(pointer)) - 1 }

    /// The node's text; valid until it is changed.
    var literal: UnsafeBufferPointer<UInt8> { Self.bytes(cmark_node_get_literal(pointer)) }
    var address: UnsafeBufferPointer<UInt8> { Self.bytes(cmark_node_get_url(pointer)) }
    var title: UnsafeBufferPointer<UInt8> { Self.bytes(cmark_node_get_title(pointer)) }
    var fenceInfo: UnsafeBufferPointer<UInt8> { Self.bytes(cmark_node_get_fence_info(pointer)) }

    func setLiteral(_ bytes: some Collection<UInt8>) {
        let terminated = bytes.map { CChar(bitPattern: $0) } + [0]
        _ = cmark_node_set_literal(pointer, terminated)
    }

    private static func bytes(_ text: UnsafePointer<CChar>?) -> UnsafeBufferPointer<UInt8> {
        guard let text else { return UnsafeBufferPointer(start: nil, count: 0) }
        let raw = UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self)
        var count = 0
        while raw[count] != 0 { count += 1 }
        return UnsafeBufferPointer(start: raw, count: count)
    }
}
