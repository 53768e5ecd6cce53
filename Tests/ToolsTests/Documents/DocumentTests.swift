import Engine
import Fetch
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
    static let markdown = """
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

    @Test func aScannedPDFIsReadByItsPictures() async throws {
        try await DocumentBench.with { bench in
            try await bench.make(
                """
                python3 -c "\(PDFMaker.script)" made.pdf 'Harbour master'
                pdftoppm -r 100 -x 50 -y 60 -W 500 -H 120 -gray -singlefile made.pdf scan
                python3 /run/program && [ -z "$(pdftotext scan.pdf - | tr -d '[:space:]')" ]
                """,
                program: PDFMaker.scan
            )
            let text = try await bench.read("scan.pdf")
            #expect(text.contains("Scanned: pages 1 to 1 were read by OCR.") && text.contains("Pages: 1"))
            #expect(text.contains("## Page 1\n\nHarbour master"))
        }
    }

    @Test(arguments: ["application/pdf", "application/octet-stream", "text/plain"])
    func aDocumentOfTheWebIsReadAndMayBeLonger(type: String) async throws {
        try await DocumentBench.with { bench in
            try await bench.make(
                "PADDING=6000000 python3 -c \"\(PDFMaker.script)\" made.pdf 'First page about boats' 'Second about nets'"
            )
            let (bytes, size) = try await bench.door.open(for: bench.context).read("made.pdf", limit: 8 << 20)
            #expect(size > WebAccess.longestBody && bytes.count == size)
            let server = try ScriptedServer { peer in
                while peer.request() != nil {
                    peer.answer(200, "Content-Type: \(type)\r\n", String(decoding: bytes, as: UTF8.self))
                }
            }
            let tool = WebFetchTool(web: WebAccess(client: FetchClient(), addresses: .any), reader: bench.reader)
            let input = JSONValue.object(["url": .string(server.url)])
            guard type != "text/plain" else {
                await #expect(throws: ToolFailure("What is at this address is larger than 5 MB.")) {
                    try await tool.perform(input, in: bench.context)
                }
                return
            }
            let text = try await tool.perform(input, in: bench.context)
            #expect(text.hasPrefix("Address: \(server.url)/\n\nPages: 2\n"))
            #expect(text.contains("## Page 1\n") && text.contains("First page about boats"))
            #expect(text.contains("## Page 2\n") && text.contains("Second about nets"))
        }
    }

    @Test(arguments: [
        ("md", "# Boats\n\nquick & slow\n"), ("json", #"{"boats": [1, 2]}"#), ("csv", "name,length\nAda,12\n"),
        ("txt", "plain <b>words</b>\n"),
    ])
    func textsComeBackAsTheyAre(ending: String, text: String) async throws {
        try await DocumentBench.with { bench in
            try await bench.make("cat /run/program > made.\(ending)", program: text)
            let read = try await bench.read("made.\(ending)").trimmingCharacters(in: .newlines)
            #expect(read.hasSuffix(text.trimmingCharacters(in: .newlines)), "\(read)")
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

    @Test func picturesComeBackAsTheirWords() async throws {
        let types = ["png": "image/png", "gif": "image/gif", "bmp": "image/bmp"]
        try await DocumentBench.with { bench in
            try await bench.make(
                """
                python3 -c "\(PDFMaker.script)" made.pdf 'Harbour master'
                pdftoppm -r 100 -x 50 -y 60 -W 500 -H 120 -png -singlefile made.pdf scan
                for ending in jpg gif bmp; do ffmpeg -v error -i scan.png scan.$ending || exit; done
                """
            )
            for (ending, type) in types {
                let text = try await bench.read("scan.\(ending)")
                #expect(text.contains(type) && text.contains("Size: 500x120 pixels"), "\(text)")
                #expect(text.contains("Harbour master"), "\(ending): \(text)")
            }
            // For models that do not see.
            let file = try #require(
                try await bench.door.keep("scan.jpg", in: bench.door.open(for: bench.context), bench.context)
            )
            let picture = ModelPicture(fileID: file.id, name: "scan.jpg", mediaType: file.mediaType)
            let desk = PictureDesk(files: bench.files, reader: bench.reader)
            let words = try #require(await desk.words(in: picture, for: bench.context.run))
            #expect(
                file.mediaType == "image/jpeg" && words.contains("Text in the picture, by OCR:\nHarbour master"),
                "\(words)"
            )
        }
    }

    @Test func recordingsComeBackAsFacts() async throws {
        try await DocumentBench.with { bench in
            try await bench.make(
                """
                ffmpeg -v error -f lavfi -i sine=duration=2 made.wav
                ffmpeg -v error -f lavfi -i testsrc=duration=2:size=320x240:rate=10 made.mp4
                for ending in mp3 flac aac ogg; do ffmpeg -v error -i made.wav made.$ending || exit; done
                for ending in avi mov wmv webm; do ffmpeg -v error -i made.mp4 -s 160x120 made.$ending || exit; done
                """
            )
            #expect(try await bench.read("made.mp4").contains("width=320"))
            for (ending, type) in [
                ("wav", "audio/wav"), ("mp3", "audio/mpeg"), ("flac", "audio/flac"), ("aac", "audio/aac"),
                ("ogg", "audio/ogg"),
            ] {
                let text = try await bench.read("made.\(ending)")
                // Frames of AAC do not say how long they are together.
                let length = ending == "aac" ? "duration=" : "duration=2"
                #expect(text.contains(type) && text.contains(length) && text.contains("codec_type=audio"), "\(text)")
            }
            for (ending, type) in [
                ("avi", "video/x-msvideo"), ("mov", "video/quicktime"), ("wmv", "video/x-ms-asf"),
                ("webm", "video/webm"),
            ] {
                let text = try await bench.read("made.\(ending)")
                #expect(text.contains(type) && text.contains("width=160") && text.contains("duration=2"), "\(text)")
            }
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
