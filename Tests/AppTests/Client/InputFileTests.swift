import Foundation
import Testing

@testable import App

/// What commands take from files is bounded, and what is wrong with it is said.
@Suite struct InputFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func aTextIsTakenWithoutTheEndOfItsLastLine() throws {
        #expect(try InputFile(folder.file("a", "one\n\ntwo\n\n")).text() == "one\n\ntwo\n")
        #expect(try InputFile(folder.file("b", "数据")).text() == "数据")
        #expect(try InputFile(folder.file("c.txt", "\n")).bytes() == [10])
        #expect(InputFile("/somewhere/c.txt").fileName == "c.txt" && InputFile.standardInput.fileName == "input.txt")
    }

    @Test func whatIsNoUTF8IsRefusedOrReplaced() throws {
        let path = folder.path + "/latin"
        try Data([0x63, 0x61, 0x66, 0xE9, 0x0A]).write(to: URL(fileURLWithPath: path))
        #expect(throws: CommandFailure(.usage, "The file \(path) is no text in UTF-8.")) { try InputFile(path).text() }
        #expect(try InputFile(path).text(isRepaired: true) == "caf\u{FFFD}")
    }

    @Test(arguments: [
        ("/nowhere/at-all", "cannot be read"), ("/tmp", "cannot be read"), ("/dev/null", "is empty"),
        ("/dev/zero", "is longer than 1 MB"),
    ]) func whatIsWrongIsSaid(path: String, complaint: String) {
        #expect(throws: CommandFailure(.usage, "The file \(path) \(complaint).")) { try InputFile(path).text() }
    }
}
