import Testing

@testable import Web

/// Names are people's words, and spreadsheets carry formulas out.
@Suite struct CSVCellTests {
    @Test(arguments: [
        ("Ada Lovelace", "Ada Lovelace"), ("42", "42"), ("", ""), ("王芳", "王芳"),
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
        ("-4.5", #""-4.5""#), (#"say "hi", twice"#, #""say ""hi"", twice""#), ("=1+1", #""'=1+1""#),
        ("@SUM(1)", #""'@SUM(1)""#),
        ("＝1", #""'＝1""#), ("-x", #""'-x""#), ("a;=1", #""a;=1""#),
    ])
    func cells(text: String, cell: String) { #expect(text.csvCell == cell) }

    /// A mark on top of a sign makes another character of it, which spreadsheets do not know.
    @Test func marksHideNothing() {
        let cell = "x\"\u{FE0F},=cmd|'/C calc'!A0".csvCell
        let quotes = cell.utf8.count { $0 == UInt8(ascii: "\"") }
        #expect(quotes == 4)
        let formula = Array("=\u{FE0F}1".csvCell.utf8.prefix(3))
        #expect(formula == Array("\"'=".utf8))
    }
}
