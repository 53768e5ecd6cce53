/// Beginning and end of a tool's result that is too long to be shown whole, and where the rest is.
package struct ToolExcerpt {
    /// The tool that reads on.
    package static let reader = "read_result"

    let text: String

    /// `reference` is the call's id, which `read_result` takes. A text of at most `bytes` stays as it is.
    init(_ content: String, reference: String, bytes: Int) {
        guard content.utf8.count > bytes else {
            text = content
            return
        }
        let head = content.prefix(bytes: bytes - bytes / 4)
        let tail = content.suffix(bytes: bytes / 4)
        let left = content.utf8.count - head.utf8.count - tail.utf8.count
        text = """
            \(head)
            [\(left) of \(content.utf8.count) bytes are left out here. \(Self.reader) with the reference "\(reference)" \
            and the offset \(head.utf8.count) reads on.]
            \(tail)
            """
    }
}

extension String {
    /// At most so many bytes from the start, whole characters.
    package func prefix(bytes: Int) -> Substring {
        guard utf8.count > bytes else { return self[...] }
        var end = utf8.index(startIndex, offsetBy: max(0, bytes))
        while end > startIndex, end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return self[..<end]
    }

    /// At most so many bytes from the end, whole characters.
    fileprivate func suffix(bytes: Int) -> Substring {
        guard utf8.count > bytes else { return self[...] }
        var start = utf8.index(endIndex, offsetBy: -max(0, bytes))
        while start < endIndex, start.samePosition(in: unicodeScalars) == nil { start = utf8.index(after: start) }
        return self[start...]
    }
}
