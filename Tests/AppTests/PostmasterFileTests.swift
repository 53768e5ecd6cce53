import Testing

@testable import App

/// What PostgreSQL writes into `postmaster.pid`.
@Suite struct PostmasterFileTests {
    @Test func whole() {
        let text = "4711\n/data/postgres\n1763700000\n5432\n/data/run\n\n  123456   7\nready   \n"
        let file = PostmasterFile(text: text)
        #expect(file?.process == 4711)
        #expect(file?.socketFolder == "/data/run")
        #expect(file?.status == .ready)
    }

    @Test func halfWritten() {
        let file = PostmasterFile(text: "4711\n/data/postgres\n")
        #expect(file?.process == 4711)
        #expect(file?.status == nil)
    }

    @Test(arguments: ["", "\n", "abc", "-5\n", "0\n", "1\n"])
    func nobody(text: String) { #expect(PostmasterFile(text: text) == nil) }
}
