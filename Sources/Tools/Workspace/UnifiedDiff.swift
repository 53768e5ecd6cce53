import Engine

/// A unified diff of one file, applied as a whole or not at all. Line numbers are hints: what counts is that the lines
/// around a change are there, once near the place.
struct UnifiedDiff: Sendable {
    private struct Hunk {
        /// From 1.
        var start: Int
        var old: [Substring] = []
        var new: [Substring] = []
    }

    private var hunks: [Hunk] = []

    /// Throws `ToolFailure` for what is no diff.
    init(_ text: String) throws {
        for line in text.withShortLineEnds.split(separator: "\n", omittingEmptySubsequences: false) {
            if let start = Self.start(of: line) {
                hunks.append(Hunk(start: start))
            } else if !hunks.isEmpty {
                try add(line)
            }
        }
        // The end of the text is no empty line of the last hunk.
        if text.hasSuffix("\n"), let last = hunks.indices.last, hunks[last].old.last?.isEmpty == true {
            hunks[last].old.removeLast()
            hunks[last].new.removeLast()
        }
        guard !hunks.isEmpty else {
            throw ToolFailure("This is no unified diff: its changes begin with lines such as @@ -1,3 +1,4 @@.")
        }
    }

    /// Throws `ToolFailure` that names the change which does not fit.
    func applied(to text: String) throws -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        var shift = 0
        for (number, hunk) in zip(1..., hunks) {
            guard let place = Self.place(of: hunk.old, in: lines, near: max(0, hunk.start - 1 + shift)) else {
                let first = hunk.old.first { !$0.allSatisfy(\.isWhitespace) } ?? ""
                throw ToolFailure(
                    "Change \(number) does not fit: its lines, beginning with “\(first)”, are not in the file as they stand there. Read the file again."
                )
            }
            lines.replaceSubrange(place..<place + hunk.old.count, with: hunk.new)
            shift += hunk.new.count - hunk.old.count + place - (hunk.start - 1 + shift)
        }
        return lines.joined(separator: "\n")
    }

    private mutating func add(_ line: Substring) throws {
        let last = hunks.count - 1
        let rest = line.dropFirst()
        switch line.first {
        case " ", nil:
            hunks[last].old.append(rest)
            hunks[last].new.append(rest)
        case "-": if !line.hasPrefix("--- ") || hunks[last].old.isEmpty { hunks[last].old.append(rest) }
        case "+": if !line.hasPrefix("+++ ") { hunks[last].new.append(rest) }
        case "\\": break
        default: throw ToolFailure("A line of the diff begins neither with a blank nor with + or -: \(line.prefix(80))")
        }
    }

    /// `@@ -12,3 +12,4 @@`
    private static func start(of line: Substring) -> Int? {
        guard line.hasPrefix("@@ -") else { return nil }
        return Int(line.dropFirst(4).prefix { $0.isNumber })
    }

    /// The nearest place where all of them stand.
    private static func place(of wanted: [Substring], in lines: [Substring], near start: Int) -> Int? {
        let last = lines.count - wanted.count
        guard last >= 0 else { return nil }
        if wanted.isEmpty { return min(start, lines.count) }
        let places = (0...last).filter { lines[$0..<$0 + wanted.count].elementsEqual(wanted) }
        return places.min { abs($0 - start) < abs($1 - start) }
    }
}
