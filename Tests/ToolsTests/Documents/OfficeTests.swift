import Foundation
import Testing

@testable import Tools

/// What only LibreOffice reads and makes.
@Suite(
    .serialized,
    .wantsNamespaces,
    .enabled(
        if: DocumentBench.canRun && DocumentProgram.soffice.isInstalled,
        "LibreOffice is not installed: apt-get install libreoffice-nogui"
    )
) struct OfficeTests {
    /// Makes files as LibreOffice itself writes them.
    private static func made(_ from: String, _ endings: [String]) -> String {
        endings.map { "HOME=/tmp soffice --headless --norestore --convert-to \($0) \(from) >/dev/null 2>&1\n" }.joined()
    }

    @Test func formatsOfOfficesAreRead() async throws {
        try await DocumentBench.with { bench in
            try await bench.make(
                """
                printf '# Boats\\n\\nquick and small\\n' > a.md
                pandoc a.md -o text.docx; pandoc a.md -o slides.pptx
                printf 'name,length\\nAda,12.5\\n' > table.csv
                """ + "\n" + Self.made("text.docx", ["doc"]) + Self.made("slides.pptx", ["ppt", "odp"])
                    + Self.made("table.csv", ["xls", "ods"])
            )
            #expect(try await bench.read("text.doc").contains("quick and small"))
            for name in ["slides.ppt", "slides.odp"] {
                #expect(try await bench.read(name).contains("Boats"), "\(name)")
            }
            for name in ["table.xls", "table.ods"] {
                let text = try await bench.read(name)
                #expect(text.contains("length") && text.contains("12.5"), "\(name): \(text)")
            }
        }
    }

    @Test func whatIsWrittenBecomesAPDF() async throws {
        try await DocumentBench.with { bench in
            try await bench.make(
                """
                printf '# Boats\\n\\nquick and small\\n' > a.md; pandoc a.md -o text.docx
                printf 'name,length\\nAda,12.5\\n' > table.csv
                """ + "\n" + Self.made("table.csv", ["xlsx"])
            )
            for (path, pdf, words) in [
                ("text.docx", "text.pdf", "quick and small"), ("table.xlsx", "table.pdf", "12.5"),
            ] {
                let answer = try await bench.call("convert_file", #"{"path":"\#(path)","to":"pdf"}"#)
                #expect(answer.contains("\(pdf) (application/pdf"), "\(answer)")
                #expect(try await bench.read(pdf).contains(words))
            }
        }
    }
}
