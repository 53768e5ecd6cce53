import Foundation
import Testing

@testable import Web

/// An archive that others can read.
@Suite struct ZipTests {
    @Test func othersReadWhatIsWritten() throws {
        var zip = ZipWriter()
        var bytes: [UInt8] = []
        for (name, content) in [("a/b.txt", "hello"), ("年.txt", ""), ("big", String(repeating: "x", count: 300_000))] {
            bytes += zip.begin(name) + zip.add(Array(content.utf8)) + zip.end()
        }
        bytes += zip.finish()
        let path = "/tmp/alma-zip-\(UUID().uuidString).zip"
        defer { unlink(path) }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let python = Process()
        python.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        python.arguments = [
            "-c",
            "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print([(i.filename, i.file_size) for i in z.infolist()])",
            path,
        ]
        let output = Pipe()
        python.standardOutput = output
        try python.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        python.waitUntilExit()
        #expect(text == "[('a/b.txt', 5), ('年.txt', 0), ('big', 300000)]\n")
    }
}
