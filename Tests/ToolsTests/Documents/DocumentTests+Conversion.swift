import Engine
import Fetch
import Foundation
import Sandbox
import Synchronization
import Testing

@testable import Tools

/// Archives, and files that become others.
extension DocumentTests {
    @Test func archivesAreLookedInto() async throws {
        try await DocumentBench.with { bench in
            try await bench.make("echo hi > a.txt; python3 -m zipfile -c made.zip a.txt; tar -czf made.tgz a.txt")
            #expect(try await bench.read("made.zip").contains("a.txt  3"))
            #expect(try await bench.read("made.tgz").contains("a.txt  3"))
        }
    }

    @Test func filesAreConverted() async throws {
        try await DocumentBench.with { bench in
            try await bench.make(
                """
                printf '# Boats\\n\\nquick\\n' > a.md
                ffmpeg -v error -f lavfi -i sine=duration=1 b.wav
                ffmpeg -v error -f lavfi -i testsrc=duration=2:size=160x120:rate=5 c.mp4
                python3 /run/program
                """,
                program: OfficeMaker.workbook
            )
            for (path, to) in [("a.md", "docx"), ("a.docx", "html"), ("b.wav", "mp3"), ("made.xlsx", "csv")] {
                #expect(
                    try await bench.call("convert_file", #"{"path":"\#(path)","to":"\#(to)"}"#).contains(" is there.")
                )
            }
            #expect(try await bench.read("a.html").contains("quick"))
            #expect(try await bench.read("made.csv").contains("name,length,built\nAda | Co,12.5,2024-03-01"))
            let frames = try await bench.call("convert_file", #"{"path":"c.mp4","to":"frames","count":2}"#)
            #expect(frames.contains("c-frame-01.jpg (image/jpeg"))
            await #expect(throws: ToolFailure.self) {
                try await bench.call("convert_file", #"{"path":"b.wav","to":"docx"}"#)
            }
        }
    }

    @Test func archivesArePackedAndUnpacked() async throws {
        try await DocumentBench.with { bench in
            try await bench.make("mkdir a; echo one >a/1.txt; echo two >2.txt; ln -s /etc/passwd a/link")
            for name in ["x.zip", "y.tar.gz"] {
                let made = try await bench.call(
                    "archive",
                    #"{"action":"create","path":"\#(name)","files":["a","2.txt"]}"#
                )
                #expect(made.hasPrefix("2 files are in \(name)."))
                let text = try await bench.call(
                    "archive",
                    #"{"action":"extract","path":"\#(name)","into":"out-\#(name)"}"#
                )
                #expect(text.hasPrefix("2 files, 8 bytes"))
                #expect(try await bench.read("out-\(name)/a/1.txt").hasSuffix("one\n"))
            }
            try await bench.make(
                """
                python3 -c "import zipfile; z = zipfile.ZipFile('slip.zip', 'w'); z.writestr('../../slip.txt', 'x')"
                python3 -c "import zipfile; z = zipfile.ZipFile('big.zip', 'w', 8); z.writestr('a', b' ' * (300 << 20))"
                """
            )
            for name in ["slip.zip", "big.zip"] {
                await #expect(throws: ToolFailure.self) {
                    try await bench.call("archive", #"{"action":"extract","path":"\#(name)","into":"o"}"#)
                }
            }
        }
    }

    @Test func aLargePictureIsMadeSmallerForModels() async throws {
        try await DocumentBench.with { bench in
            try await bench.make(
                "ffmpeg -v error -f lavfi -i nullsrc=s=2400x1800,geq=random\\(1\\)*255:128:128 -frames:v 1 big.png"
            )
            let file = try #require(
                try await bench.door.keep("big.png", in: bench.door.open(for: bench.context), bench.context)
            )
            let desk = PictureDesk(files: bench.files, reader: bench.reader)
            let picture = ModelPicture(fileID: file.id, name: "big.png", mediaType: "image/png")
            let sent = try #require(await desk.picture(picture, for: bench.context.run))
            #expect(file.size > 3_500_000 && sent.bytes.count <= 3_500_000 && sent.mediaType == "image/jpeg")
            // Again, it is only looked at whether they may have it.
            let before = bench.files.asked.withLock { $0 }
            let again = try #require(await desk.picture(picture, for: bench.context.run))
            #expect(again.bytes == sent.bytes && again.mediaType == "image/jpeg")
            #expect(bench.files.asked.withLock { $0 } == before + 1)
        }
    }
}
