import Testing

@testable import App

/// What others write can be read on a terminal and does nothing there.
@Suite struct HarmlessTextTests {
    @Test(arguments: [
        ("plain, 数据 and é\n\tstay", "plain, 数据 and é\n\tstay"), ("\u{1B}]0;title\u{07}", "␛]0;title␇"),
        ("\u{9B}31m", "\u{FFFD}31m"), ("over\rwritten\r\n", "overwritten\n"), ("\u{7F}\u{00}", "␡␀"),
    ]) func text(hostile: String, harmless: String) { #expect(hostile.harmless == harmless) }

    @Test func aLineCannotBeBrokenNorReordered() {
        #expect("a\nb\u{2028}c\u{202E}d\u{1B}[2J".harmlessLine == "a b c\u{FFFD}d␛[2J")
    }

    @Test func whatIsDecidedAboutKeepsItsLinesAndItsOrder() {
        for mark in ["\u{202A}", "\u{202E}", "\u{2066}", "\u{2069}"] {
            #expect("a\n\tb\(mark)c\u{1B}[2J\rd".harmlessLines == "a\n\tb\u{FFFD}c␛[2Jd")
        }
        #expect("数据\nשלום".harmlessLines == "数据\nשלום")
    }

    @Test func wordsThatComeInPiecesAreAsHarmless() {
        let pieces = ["\u{1B}", "[31", "mred\r", "\n"]
        #expect(pieces.map(\.harmless).joined() == "␛[31mred\n")
    }

    @Test func json() {
        #expect("{\"a\":\"\u{9B}\u{7F}x\"}".harmlessJSON == #"{"a":"\u009b\u007fx"}"#)
    }
}
