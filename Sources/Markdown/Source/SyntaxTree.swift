import CCommonMark

/// Owns what the parser made of a text.
final class SyntaxTree {
    let root: Node?

    init(_ text: [UInt8]) {
        root = text.withUnsafeBytes { bytes in
            Node(
                cmark_parse_document(
                    bytes.bindMemory(to: CChar.self).baseAddress,
                    bytes.count,
                    CMARK_OPT_DEFAULT | CMARK_OPT_VALIDATE_UTF8
                )
            )
        }
    }

    deinit {
        if let root { cmark_node_free(root.pointer) }
    }
}
