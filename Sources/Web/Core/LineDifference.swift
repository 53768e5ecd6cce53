/// What two texts have in common, line by line.
enum LineDifference {
    struct Line: Sendable, Equatable {
        var kind: Kind
        var text: String
    }

    enum Kind: String, Sendable { case same, removed, added }

    /// More pairs of lines than this are not compared one by one: what lies between the same beginning and the same end is
    /// then other text altogether.
    private static let mostPairs = 2_000_000

    /// All lines of both, those of `old` before those of `new` where they differ.
    static func lines(_ old: String, _ new: String) -> [Line] {
        let (old, new) = (split(old), split(new))
        let head = zip(old, new).prefix { $0 == $1 }.count
        let tail = zip(old.dropFirst(head).reversed(), new.dropFirst(head).reversed()).prefix { $0 == $1 }.count
        let middle = between(Array(old[head..<(old.count - tail)]), Array(new[head..<(new.count - tail)]))
        return same(old.prefix(head)) + middle + same(old.suffix(tail))
    }

    private static func split(_ text: String) -> [Substring] {
        text.isEmpty ? [] : text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    private static func same(_ lines: some Sequence<Substring>) -> [Line] {
        lines.map { Line(kind: .same, text: String($0)) }
    }

    /// By the longest common subsequence.
    private static func between(_ old: [Substring], _ new: [Substring]) -> [Line] {
        var lines: [Line] = []
        var (i, j) = (0, 0)
        if old.count * new.count <= mostPairs {
            let common = lengths(old, new)
            while i < old.count, j < new.count {
                if old[i] == new[j] {
                    lines.append(Line(kind: .same, text: String(old[i])))
                    (i, j) = (i + 1, j + 1)
                } else if common[i + 1][j] >= common[i][j + 1] {
                    lines.append(Line(kind: .removed, text: String(old[i])))
                    i += 1
                } else {
                    lines.append(Line(kind: .added, text: String(new[j])))
                    j += 1
                }
            }
        }
        lines += old[i...].map { Line(kind: .removed, text: String($0)) }
        return lines + new[j...].map { Line(kind: .added, text: String($0)) }
    }

    /// How many lines the rests of both, from each pair of places on, have in common.
    private static func lengths(_ old: [Substring], _ new: [Substring]) -> [[Int32]] {
        var common = [[Int32]](repeating: [Int32](repeating: 0, count: new.count + 1), count: old.count + 1)
        for i in old.indices.reversed() {
            for j in new.indices.reversed() {
                common[i][j] = old[i] == new[j] ? common[i + 1][j + 1] + 1 : max(common[i + 1][j], common[i][j + 1])
            }
        }
        return common
    }
}
