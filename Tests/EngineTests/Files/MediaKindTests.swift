import Engine
import Foundation
import Testing

/// What a file is, is decided by what is in it.
@Suite struct MediaKindTests {
    private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13]

    @Test(
        arguments: [
            (Self.png, "a.html", "image/png"), ([0xFF, 0xD8, 0xFF, 0xE0], "a.exe", "image/jpeg"),
            (Array("%PDF-1.7".utf8), "a.txt", "application/pdf"), (Array("junk %PDF-1.4".utf8), "a", "application/pdf"),
            (Array("RIFF0000WEBPVP8 ".utf8), "a", "image/webp"), (Array("RIFF0000WAVEfmt ".utf8), "a", "audio/wav"),
            (Array("GIF89a".utf8), "a.png", "image/gif"), ([0, 0, 0, 24] + Array("ftypisom".utf8), "a", "video/mp4"),
            ([0xFF, 0xFB, 0x90, 0x64] + Array(repeating: 1, count: 20), "a", "audio/mpeg"),
            ([0xFF, 0xFE, 0x61, 0, 0x62, 0] + Array(repeating: 0, count: 10), "a.txt", "text/plain"),
            (Array("<!DOCTYPE html><p>".utf8), "picture.png", "text/html"),
            (Array("  <html>".utf8), "a.md", "text/html"),
            (Array("<svg onload=alert(1)>".utf8), "a.png", "image/svg+xml"),
            (Array("# Title".utf8), "a.md", "text/markdown"),
            (Array("a,b\n1,2".utf8), "a.csv", "text/csv"), (Array("a,b".utf8), "a.png", "text/plain"),
            (Array(#"{"a":1}"#.utf8), "a.json", "application/json"), (Array("你好".utf8), "a", "text/plain"),
            ([], "a", "text/plain"), ([0, 1, 2, 3], "a.txt", "application/octet-stream"),
            (Array("PK\u{3}\u{4}................mimetypeapplication/epub+zip".utf8), "a.zip", "application/epub+zip"),
        ] as [([UInt8], String, String)]
    )
    func contentDecides(bytes: [UInt8], name: String, type: String) {
        #expect(MediaKind.mediaType(head: bytes, name: name) == type)
    }

    @Test func officeDocumentsAreKnownByTheirTableOfContents() {
        let head = Array("PK\u{3}\u{4}[Content_Types].xml".utf8)
        let type = MediaKind.mediaType(head: head, tail: Array("..xl/workbook.xml..".utf8), name: "a")
        #expect(type.hasSuffix("spreadsheetml.sheet"))
        #expect(MediaKind.mediaType(head: head, name: "a.docx") == "application/zip")
    }

    @Test func onlyPicturesOfPointsAreShown() {
        #expect(MediaKind.isPicture("image/png"))
        #expect(!MediaKind.isPicture("image/svg+xml"))
        #expect(!MediaKind.isPicture("text/html"))
    }

    @Test(arguments: [
        ("report.pdf", "report.pdf"), ("../../etc/passwd", "passwd"), ("C:\\x\\a.txt", "a.txt"), ("", "file"),
        ("..", "file"), (".bashrc", "bashrc"), ("a\u{202E}fdp.exe", "afdp.exe"), ("a\0b\n.txt", "ab.txt"),
        ("-rf", "rf"), ("年报.pdf", "年报.pdf"), ("a\"b|c.txt", "abc.txt"),
    ])
    func namesAreMadeHarmless(name: String, cleaned: String) { #expect(FileName.cleaned(name) == cleaned) }

    @Test func longNamesKeepTheirEnding() {
        let name = FileName.cleaned(String(repeating: "好", count: 300) + ".pdf")
        #expect(name.utf8.count <= 120 && name.hasSuffix("好.pdf"))
        #expect(FileName.numbered("a.tar", 3) == "a-3.tar")
    }

    @Test func whatIsAttachedIsTold() {
        let file = AttachedFile(
            fileID: .v7(),
            name: "a.pdf",
            mediaType: "application/pdf",
            size: 122_900,
            path: "uploads/a.pdf"
        )
        #expect([file].told(with: "Look") == "Look\n\n[Attached: a.pdf (application/pdf, 120 KB) at uploads/a.pdf]")
        #expect([AttachedFile]().told(with: "Look") == "Look")
    }
}
