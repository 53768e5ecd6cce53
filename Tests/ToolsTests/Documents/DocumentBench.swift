import Engine
import Foundation
import Sandbox

@testable import Tools

/// A workspace in which the distribution's programs make documents, and the tools that read them.
struct DocumentBench: Sendable {
    let sandbox: CodeSandbox
    let workspaces: Workspaces
    let door: WorkspaceDoor
    let files = FilesInMemory()
    let context = ToolContext(run: .sample)

    /// Whether the programs that documents are made and read with are there.
    static let canRun = [DocumentProgram.pdftotext, .pandoc, .tesseract, .ffmpeg, .python3].allSatisfy(\.isInstalled)

    static func with(_ body: (DocumentBench) async throws -> Void) async throws {
        let bench = DocumentBench(sandbox: try await Bench.sandbox.value())
        defer {
            bench.workspaces.remove([bench.context.run.conversationID])
            rmdir(bench.workspaces.path)
        }
        try await body(bench)
    }

    private init(sandbox: CodeSandbox) {
        self.sandbox = sandbox
        workspaces = Workspaces(path: "/tmp/alma-documents-\(UUID().uuidString)")
        door = WorkspaceDoor(workspaces: workspaces, files: files)
    }

    /// Runs a shell script in the conversation's workspace.
    func make(_ script: String, program: String = "") async throws {
        var said = ""
        let workspace = try await door.open(for: context)
        var limits = SandboxLimits()
        limits.memory = 1 << 30
        let result = try await sandbox.run(
            SandboxCommand(["/bin/bash", "-c", script], program: program),
            in: workspace,
            limits: limits
        ) { said += String(decoding: $0.bytes, as: UTF8.self) }
        guard result.exitCode == 0 else { throw ToolFailure("The document was not made: \(said)") }
    }

    /// Who writes recordings down.
    var scribe: RecordingScribe?

    var reader: DocumentReader { DocumentReader(sandbox: sandbox, workspaces: workspaces) }

    func read(_ path: String, _ more: String = "") async throws -> String {
        try await call("read_document", #"{"path":"\#(path)"\#(more)}"#)
    }

    func call(_ name: String, _ input: String) async throws -> String {
        guard
            let tool = FileTools.all(door, reader: reader, scribe: scribe).first(where: {
                $0.specification.name == name
            })
        else {
            throw ToolFailure("There is no \(name).")
        }
        return try await tool.perform(try JSONValue(parsing: input), in: context)
    }
}

/// A PDF of plain pages, by a few lines of Python: one page for each argument.
enum PDFMaker {
    static let script = """
        import sys
        pages = sys.argv[2:]
        objects = ['<< /Type /Catalog /Pages 2 0 R >>', None, '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>']
        kids = []
        for words in pages:
            text = 'BT /F1 24 Tf 72 700 Td (%s) Tj ET' % words
            objects.append('<< /Length %d >>\\nstream\\n%s\\nendstream' % (len(text), text))
            objects.append('<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R /Resources << /Font << /F1 3 0 R >> >> >>' % len(objects))
            kids.append('%d 0 R' % len(objects))
        objects[1] = '<< /Type /Pages /Kids [%s] /Count %d >>' % (' '.join(kids), len(kids))
        out = '%PDF-1.4\\n'
        places = []
        for number, body in enumerate(objects, 1):
            places.append(len(out))
            out += '%d 0 obj\\n%s\\nendobj\\n' % (number, body)
        start = len(out)
        out += 'xref\\n0 %d\\n0000000000 65535 f \\n' % (len(objects) + 1)
        out += ''.join('%010d 00000 n \\n' % place for place in places)
        out += 'trailer << /Size %d /Root 1 0 R >>\\nstartxref\\n%d\\n%%%%EOF\\n' % (len(objects) + 1, start)
        open(sys.argv[1], 'w').write(out)
        """
}

/// Workbooks as Excel writes them, by hand.
enum OfficeMaker {
    static let workbook = """
        import zipfile
        main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
        rel = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
        with zipfile.ZipFile('made.xlsx', 'w', zipfile.ZIP_DEFLATED) as book:
            book.writestr('[Content_Types].xml', '<Types/>')
            book.writestr('xl/workbook.xml', f'<workbook xmlns="{main}" xmlns:r="{rel}"><sheets>'
                '<sheet name="Boats" sheetId="1" r:id="rId1"/><sheet name="Nets" sheetId="2" r:id="rId2"/></sheets></workbook>')
            book.writestr('xl/_rels/workbook.xml.rels', '<Relationships>'
                f'<Relationship Id="rId1" Type="{rel}/worksheet" Target="worksheets/sheet1.xml"/>'
                f'<Relationship Id="rId2" Type="{rel}/worksheet" Target="/xl/worksheets/sheet2.xml"/></Relationships>')
            book.writestr('xl/styles.xml', f'<styleSheet xmlns="{main}"><numFmts><numFmt numFmtId="170" formatCode="yyyy\\\\-mm\\\\-dd"/>'
                '</numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs></styleSheet>')
            book.writestr('xl/sharedStrings.xml', f'<sst xmlns="{main}"><si><t>name</t></si><si><r><t>Ada | </t></r><r><t>Co</t></r></si></sst>')
            book.writestr('xl/worksheets/sheet1.xml', f'<worksheet xmlns="{main}"><sheetData>'
                '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>length</t></is></c><c r="C1" t="str"><v>built</v></c></row>'
                '<row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2"><v>12.5</v></c><c r="C2" s="1"><v>45352</v></c></row>'
                '<row r="3"><c r="B3" t="b"><v>1</v></c></row></sheetData></worksheet>')
            book.writestr('xl/worksheets/sheet2.xml', f'<worksheet xmlns="{main}"><sheetData>'
                '<row r="1"><c r="A1" t="inlineStr"><is><t>mesh</t></is></c></row></sheetData></worksheet>')
        """

    static let bomb = """
        import zipfile
        with zipfile.ZipFile('bomb.xlsx', 'w', zipfile.ZIP_DEFLATED) as book:
            book.writestr('[Content_Types].xml', '<Types/>')
            with book.open('xl/workbook.xml', 'w') as part:
                for _ in range(300):
                    part.write(b' ' * (1 << 20))
        """
}
