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

/// PDF by a few lines of Python.
enum PDFMaker {
    private static let writing = """
        def write(path, objects):
            out = b'%PDF-1.4\\n'
            places = []
            for number, body in enumerate(objects, 1):
                places.append(len(out))
                out += b'%d 0 obj\\n%s\\nendobj\\n' % (number, body if isinstance(body, bytes) else body.encode())
            start = len(out)
            out += b'xref\\n0 %d\\n0000000000 65535 f \\n' % (len(objects) + 1)
            out += b''.join(b'%010d 00000 n \\n' % place for place in places)
            out += b'trailer << /Size %d /Root 1 0 R >>\\nstartxref\\n%d\\n%%%%EOF\\n' % (len(objects) + 1, start)
            open(path, 'wb').write(out)

        """

    /// Of plain pages: one for each argument after the file's name. With `PADDING` in the environment it holds so many bytes
    /// besides.
    static let script =
        writing + """
            import os, sys
            pages = sys.argv[2:]
            objects = ['<< /Type /Catalog /Pages 2 0 R >>', None, '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>']
            kids = []
            for words in pages:
                text = 'BT /F1 24 Tf 72 700 Td (%s) Tj ET' % words
                objects.append('<< /Length %d >>\\nstream\\n%s\\nendstream' % (len(text), text))
                objects.append('<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R /Resources << /Font << /F1 3 0 R >> >> >>' % len(objects))
                kids.append('%d 0 R' % len(objects))
            objects[1] = '<< /Type /Pages /Kids [%s] /Count %d >>' % (' '.join(kids), len(kids))
            padding = int(os.environ.get('PADDING', 0))
            objects.append('<< /Length %d >>\\nstream\\n%s\\nendstream' % (padding, 'x' * padding))
            write(sys.argv[1], objects)
            """

    /// Of one page, which is the picture `scan.pgm` and nothing else: as scanners write it.
    static let scan =
        writing + """
            import zlib
            _, size, _, pixels = open('scan.pgm', 'rb').read().split(b'\\n', 3)
            width, height = (int(one) for one in size.split())
            pixels = zlib.compress(pixels)
            shown = '%d 0 0 %d 0 0 cm /Scan Do' % (width * 72 // 100, height * 72 // 100)
            picture = '<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8 '
            write('scan.pdf', [
                '<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [5 0 R] /Count 1 >>',
                (picture % (width, height) + '/Filter /FlateDecode /Length %d >>' % len(pixels)).encode()
                + b'\\nstream\\n' + pixels + b'\\nendstream',
                '<< /Length %d >>\\nstream\\n%s\\nendstream' % (len(shown), shown),
                '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R /Resources << /XObject << /Scan 3 0 R >> >> >>'
                % (width * 72 // 100, height * 72 // 100),
            ])
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
