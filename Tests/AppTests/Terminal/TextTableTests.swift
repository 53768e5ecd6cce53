import Testing

@testable import App

/// Rows stand under their titles, whatever is in them, in the room that there is.
@Suite struct TextTableTests {
    private static let table = TextTable(
        columns: [.init(title: "NAME", isFlexible: true), .init(title: "N", isNumber: true), .init(title: "END")],
        rows: [["数据分析", "7", "x"], ["é", "1000", "y"]]
    )

    @Test func wideCharactersTakeTwoColumns() {
        #expect(
            Self.table.text() == """
                NAME         N  END
                数据分析     7  x
                é         1000  y
                """
        )
    }

    @Test func whatIsTooLongIsCutUntilItFits() {
        let table = TextTable(
            columns: [
                .init(title: "ID"), .init(title: "TEXT", isFlexible: true), .init(title: "MORE", isFlexible: true),
            ],
            rows: [["12345678", String(repeating: "长", count: 40), "a word or two"]]
        )
        for width in [36, 40, 53] {
            let lines = table.text(width: width).split(separator: "\n")
            #expect(lines.allSatisfy { $0.count <= width && String($0).columns <= width })
            #expect(lines[1].hasPrefix("12345678  长") && lines[1].contains("…"))
        }
        #expect(!table.text(width: 200).contains("…"))
        // Narrower than it can be: each line is cut.
        #expect(table.text(width: 12).split(separator: "\n").allSatisfy { String($0).columns <= 12 })
    }

    @Test func aCellIsOneLineThatNoTerminalObeys() {
        let table = TextTable(columns: [.init(title: "A")], rows: [["one\ntwo\u{1B}[31m"]])
        #expect(table.text() == "A\none two␛[31m")
    }

    @Test func titlesMayBeEmphasised() {
        #expect(Self.table.text(emphasise: { "*\($0)*" }).hasPrefix("*NAME         N  END*\n"))
    }

    @Test(arguments: [
        ("abc", 3), ("数据", 4), ("é", 1), ("e\u{301}", 1), ("👩‍👩‍👧", 2), ("🇨🇳", 2), ("☎️", 2), ("ｆ", 2), ("한글", 4),
        ("\u{200B}", 0),
        ("", 0),
    ]) func columns(text: String, columns: Int) { #expect(text.columns == columns) }

    @Test func fitting() {
        #expect("数据分析".fitted(to: 8) == "数据分析")
        #expect("数据分析".fitted(to: 7) == "数据分…")
        #expect("数据分析".fitted(to: 6) == "数据…")
        #expect("abc".fitted(to: 1) == "…" && "abc".fitted(to: 0).isEmpty)
    }
}
