import Testing

@testable import Web

@Suite struct LineDifferenceTests {
    private func signs(_ old: String, _ new: String) -> [String] {
        let signs: [LineDifference.Kind: String] = [.same: "=", .removed: "-", .added: "+"]
        return LineDifference.lines(old, new).map { (signs[$0.kind] ?? "?") + $0.text }
    }

    @Test func whatIsCommonIsToldOnce() {
        #expect(signs("a\nb\nc", "a\nb\nc") == ["=a", "=b", "=c"])
        #expect(signs("a\nb\nc", "a\nx\nc") == ["=a", "-b", "+x", "=c"])
        #expect(signs("a\nb\nc\nd", "b\nd\ne") == ["-a", "=b", "-c", "=d", "+e"])
        #expect(signs("", "a") == ["+a"] && signs("a", "") == ["-a"] && signs("", "") == [])
        #expect(signs("a\na", "a\na\na") == ["=a", "=a", "+a"])
    }

    /// Whatever is compared, both texts can be read out of what comes of it.
    @Test func nothingIsLostHoweverMuchThereIs() {
        let old = (0..<3000).map { "old \($0 % 7)" }
        let new = (0..<3000).map { "new \($0 % 5)" }
        let lines = LineDifference.lines(old.joined(separator: "\n"), new.joined(separator: "\n"))
        #expect(lines.filter { $0.kind != .added }.map(\.text) == old)
        #expect(lines.filter { $0.kind != .removed }.map(\.text) == new)
    }
}
