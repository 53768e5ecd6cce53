package import Engine

/// Reads on in a result that was too long to be shown whole.
package struct ReadResultTool: Tool {
    private static let defaultLimit = 8 * 1024

    package let specification = ToolSpecification(
        name: ToolExcerpt.reader,
        description: """
            Reads a part of a tool's result that was too long to be shown whole. The reference stands in the excerpt. Read \
            only the parts that you need, one after the other.
            """,
        schema: """
            {"type":"object","properties":{"reference":{"type":"string","minLength":1,"maxLength":100},\
            "offset":{"type":"integer","minimum":0,"description":"Bytes to leave out before; 0 when left out"},\
            "limit":{"type":"integer","minimum":1,"maximum":32768,"description":"Bytes to read; 8192 when left out"}},\
            "required":["reference"],"additionalProperties":false}
            """,
        level: .readOnly,
        effect: .idempotent
    )

    private let results: any ToolResults

    package init(results: any ToolResults) { self.results = results }

    package func perform(_ input: JSONValue, in context: ToolContext) async throws -> String {
        let reference = input["reference"]?.string ?? ""
        let found = try await results.toolResult(reference, of: context.run.id, by: context.principal)
        guard let result = found else {
            throw ToolFailure("There is no result \"\(reference)\" here. Use a reference that stands in an excerpt.")
        }
        let offset = input["offset"]?.int ?? 0
        let part = result.bytes(from: offset, limit: input["limit"]?.int ?? Self.defaultLimit)
        let size = result.utf8.count
        guard !part.text.isEmpty else { return "[The result ends at byte \(size).]" }
        return "\(part.text)\n[Bytes \(part.start) to \(part.start + part.text.utf8.count) of \(size).]"
    }
}

extension String {
    /// Whole characters that begin at or before `offset`, so that parts which follow each other leave nothing out.
    fileprivate func bytes(from offset: Int, limit: Int) -> (start: Int, text: Substring) {
        guard offset < utf8.count else { return (utf8.count, "") }
        var start = utf8.index(startIndex, offsetBy: offset)
        while start > startIndex, start.samePosition(in: unicodeScalars) == nil { start = utf8.index(before: start) }
        var end = utf8.index(start, offsetBy: max(4, limit), limitedBy: endIndex) ?? endIndex
        while end > start, end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return (utf8.distance(from: startIndex, to: start), self[start..<end])
    }
}
