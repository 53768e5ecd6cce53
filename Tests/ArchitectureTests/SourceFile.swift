import Foundation

/// A Swift file, as far as the rules look into it.
struct SourceFile {
    let path: String
    let lines: [String]

    init(path: String) throws {
        self.path = path
        lines = try Repository.text(path).components(separatedBy: "\n")
    }

    /// The modules that it imports, whatever stands around the word: an access level, an attribute, a kind.
    var imports: Set<String> {
        let pattern =
            /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:\w+\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)/
        return Set(codeLines.compactMap { $0.firstMatch(of: pattern).map { String($0.1) } })
    }

    /// Without what stands in texts of several lines: they may be programs in other languages.
    private var codeLines: [String] {
        var isText = false
        return lines.filter { line in
            defer { if line.components(separatedBy: "\"\"\"").count.isMultiple(of: 2) { isText.toggle() } }
            return !isText
        }
    }

    /// The numbers of the lines whose code, comments aside, holds `text`.
    func lines(with text: String) -> [Int] {
        lines.indices.filter { code(at: $0).contains(text) }.map { $0 + 1 }
    }

    /// Whether a comment stands on the line or right above it.
    func hasComment(at number: Int) -> Bool {
        lines[max(0, number - 4)..<number].contains { $0.contains("//") }
    }

    private func code(at index: Int) -> String {
        lines[index].components(separatedBy: "//").first ?? ""
    }
}
