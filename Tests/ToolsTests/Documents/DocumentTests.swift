import Engine
import Foundation
import Sandbox
import Synchronization
import Testing

@testable import Tools

/// Documents of each type, made by the same programs that people use, read back.
@Suite(
    .serialized,
    .wantsNamespaces,
    .enabled(if: DocumentBench.canRun, "scripts/setup documents installs the programs")
) struct DocumentTests {
    private static let markdown = """
        ---
        title: Harbour
        ---

        # Boats

        | name | length |
        | --- | --- |
        | Ada | 12 |

        The **quick** boat & the slow one.
        """

    @Test(arguments: ["docx", "odt", "epub", "rtf", "html"])
    func proseComesBackAsMarkdown(format: String) async throws {
        try await DocumentBench.with { bench in
            try await bench.make(
                "pandoc --standalone -f markdown -t \(format) -o made.\(format) <<'END'\n\(Self.markdown)\nEND"
            )
            let text = try await bench.read("made.\(format)")
            #expect(text.contains("Boats") && text.contains("quick") && text.contains("Ada") && text.contains("12"))
            if format != "rtf" { #expect(text.contains("**quick**")) }
        }
    }

    @Test func aPDFComesBackByPages() async throws {
        try await DocumentBench.with { bench in
            try await bench.make(
                "python3 -c \"\(PDFMaker.script)\" made.pdf 'First page about boats' 'Second page about nets'"
            )
            let text = try await bench.read("made.pdf")
            #expect(text.contains("Pages: 2"))
            #expect(text.contains("## Page 1\n") && text.contains("First page about boats"))
            let second = try await bench.read("made.pdf", #","pages":"2""#)
            #expect(second.contains("## Page 2\n") && second.contains("Second page") && !second.contains("First page"))
        }
    }

    @Test func aWorkbookComesBackAsTables() async throws {
        try await DocumentBench.with { bench in
            try await bench.make("python3 /run/program", program: OfficeMaker.workbook)
            let text = try await bench.read("made.xlsx")
            #expect(text.contains("Sheets: Boats, Nets"))
            #expect(
                text.contains(
                    "## Boats\n\n| name | length | built |\n| --- | --- | --- |\n| Ada \\| Co | 12.5 | 2024-03-01 |"
                )
            )
            #expect(text.contains("| | TRUE |") || text.contains("|  | TRUE |"))
            let nets = try await bench.read("made.xlsx", #","sheet":"Nets""#)
            #expect(nets.contains("mesh") && !nets.contains("Ada"))
            await #expect(throws: ToolFailure.self) { try await bench.read("made.xlsx", #","sheet":"None""#) }
            let few = try await bench.read("made.xlsx", #","sheet":"1","rows":1"#)
            #expect(few.contains("2 more rows are left out"))
        }
    }

    @Test func slidesComeBackWithTheirTitlesAndNotes() async throws {
        try await DocumentBench.with { bench in
            try await bench.make(
                """
                pandoc -f markdown -t pptx -o made.pptx <<'END'
                # Boats

                - quick
                - slow

                ::: notes
                Say hello.
                :::

                # Nets

                Mesh
                END
                """
            )
            let text = try await bench.read("made.pptx")
            #expect(text.contains("Slides: 2"))
            #expect(text.contains("## Slide 1: Boats") && text.contains("- quick") && text.contains("Say hello."))
            let second = try await bench.read("made.pptx", #","pages":"2""#)
            #expect(second.contains("## Slide 2: Nets") && !second.contains("quick"))
        }
    }

    @Test func aPictureComesBackAsItsWords() async throws {
        try await DocumentBench.with { bench in
            try await bench.make(
                "python3 -c \"\(PDFMaker.script)\" made.pdf 'Harbour master' && pdftoppm -r 100 -png -singlefile made.pdf scan"
            )
            let text = try await bench.read("scan.png")
            #expect(text.contains("image/png") && text.contains("pixels"))
            #expect(text.contains("Harbour master"))
        }
    }

    @Test func recordingsComeBackAsFacts() async throws {
        try await DocumentBench.with { bench in
            try await bench.make(
                """
                ffmpeg -v error -f lavfi -i sine=duration=2 made.wav
                ffmpeg -v error -f lavfi -i testsrc=duration=2:size=320x240:rate=10 made.mp4
                """
            )
            #expect(try await bench.read("made.wav").contains("duration=2"))
            #expect(try await bench.read("made.mp4").contains("width=320"))
        }
    }

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

    @Test func whatIsNoDocumentIsRefusedInWords() async throws {
        try await DocumentBench.with { bench in
            try await bench.make("head -c 3000 /dev/zero > zeros; printf '%%PDF-1.4 broken' > broken.pdf")
            for name in ["zeros", "broken.pdf"] {
                await #expect(throws: ToolFailure.self) { try await bench.read(name) }
            }
        }
    }

    /// A few kilobytes that unpack to a gigabyte.
    @Test func aBombMeetsALimit() async throws {
        try await DocumentBench.with { bench in
            try await bench.make("python3 /run/program", program: OfficeMaker.bomb)
            do {
                _ = try await bench.read("bomb.xlsx")
                Issue.record("it was read")
            } catch let failure as ToolFailure {
                #expect(failure.message.contains("200 MB"))
            }
        }
    }

    @Test func aMissingProgramIsNamed() {
        #expect(DocumentProgram.complaint([], for: "x") == nil)
        let words = DocumentProgram.soffice.isInstalled ? nil : DocumentProgram.complaint([.soffice], for: "read doc")
        if let words { #expect(words.contains("apt-get install libreoffice-nogui")) }
    }
}
