package import Engine
import Foundation
package import Sandbox

/// Packs files of the workspace into an archive, and unpacks one: by Python's standard library, in the sandbox.
package struct ArchiveTool: Tool {
    package let specification = ToolSpecification(
        name: "archive",
        description: """
            Packs files of this conversation's workspace into a zip or tar.gz archive, or unpacks one of those (or .tar, .tar.xz, \
            .tar.bz2, .gz) into a folder. Links in archives are left out; what would lead elsewhere is refused.
            """,
        schema: """
            {"type":"object","required":["action","path"],"additionalProperties":false,"properties":{
            "action":{"type":"string","enum":["create","extract"]},
            "path":{"type":"string","minLength":1,"maxLength":1000,"description":"the archive; of a new one .zip or .tar.gz"},
            "files":{"type":"array","minItems":1,"maxItems":200,"items":{"type":"string","minLength":1,"maxLength":1000},
            "description":"what to pack, files and folders"},
            "into":{"type":"string","minLength":1,"maxLength":1000,"description":"the folder to unpack into"}}}
            """,
        level: .safeExecute,
        effect: .idempotent,
        timeLimit: .seconds(200),
        agents: FileTools.agents
    )

    private let door: WorkspaceDoor
    private let reader: DocumentReader

    package init(door: WorkspaceDoor, reader: DocumentReader) {
        self.door = door
        self.reader = reader
    }

    package func perform(_ input: JSONValue, in context: ToolContext) async throws -> String {
        let isNew = input["action"]?.string == "create"
        let path = FileTools.path(input)
        let others: [String]
        if isNew {
            others = (input["files"]?.array ?? []).compactMap(\.string).map {
                FileTools.path(.object(["path": .string($0)]))
            }
            guard !others.isEmpty else { throw ToolFailure("files names what to pack.") }
            guard path.hasSuffix(".zip") || path.hasSuffix(".tar.gz") || path.hasSuffix(".tgz") else {
                throw ToolFailure("A new archive ends with .zip or .tar.gz.")
            }
        } else {
            others = [FileTools.path(input, "into")]
            guard others != [""] else { throw ToolFailure("into names the folder to unpack into.") }
        }
        do {
            let workspace = try await door.open(for: context)
            let arguments = [isNew ? "create" : "extract", path] + others
            let text = try await reader.desk(in: workspace).run(DocumentScripts.python(Self.script, arguments))
            let made = try await MadeFiles(isNew ? [path] : [], in: workspace, through: door, context)
            return ([text.withoutBlankEnds] + made.lines).joined(separator: "\n")
        } catch let error as SandboxError {
            throw ToolFailure(error.message)
        }
    }

    /// The sizes that an archive names are not believed: what comes out is counted.
    private static let script = """
        import gzip, os, shutil, sys, tarfile, zipfile

        MOST, LARGEST = 5000, 256 << 20

        def fail(words):
            print(words, file=sys.stderr)
            sys.exit(3)

        def inside(path):
            whole = os.path.realpath(path)
            if whole != "/workspace" and not whole.startswith("/workspace/"):
                fail(f"{path} leads out of the workspace.")
            return whole

        def files(paths):
            for path in paths:
                inside(path)
                if not os.path.lexists(path):
                    fail(f"There is no {path} in the workspace.")
                if os.path.isdir(path) and not os.path.islink(path):
                    for folder, _, names in os.walk(path):
                        for name in sorted(names):
                            yield os.path.join(folder, name)
                else:
                    yield path

        def create(archive, paths):
            inside(archive)
            if os.path.dirname(archive):
                os.makedirs(os.path.dirname(archive), exist_ok=True)
            count = 0
            temporary = archive + ".part"
            out = zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) if archive.endswith(".zip") else tarfile.open(temporary, "w:gz")
            with out:
                for path in files(paths):
                    if os.path.islink(path) or not os.path.isfile(path) or os.path.basename(path) == os.path.basename(temporary):
                        continue
                    count += 1
                    if count > MOST:
                        fail(f"These are more than {MOST} files.")
                    out.write(path) if archive.endswith(".zip") else out.add(path, recursive=False)
            os.replace(temporary, archive)
            print(f"{count} files are in {archive}.")

        class Room:
            def __init__(self):
                self.count = self.bytes = 0

            def copy(self, source, target):
                self.count += 1
                if self.count > MOST:
                    fail(f"There are more than {MOST} files in it.")
                os.makedirs(os.path.dirname(target), exist_ok=True)
                with open(target, "wb") as out:
                    while piece := source.read(1 << 16):
                        self.bytes += len(piece)
                        if self.bytes > LARGEST:
                            fail("What is in it has more than 256 MB.")
                        out.write(piece)

        def target(folder, name):
            path = os.path.join(folder, name.replace("\\\\", "/"))
            whole = os.path.realpath(path)
            if name.startswith("/") or not whole.startswith(folder + "/"):
                fail(f"An entry would lead out of the folder: {name[:200]!r}")
            return whole

        def extract(archive, into):
            inside(archive)
            folder, room, left = inside(into), Room(), 0
            os.makedirs(folder, exist_ok=True)
            if zipfile.is_zipfile(archive):
                with zipfile.ZipFile(archive) as source:
                    for item in source.infolist():
                        if item.is_dir():
                            continue
                        if (item.external_attr >> 16) & 0o170000 == 0o120000:
                            left += 1
                            continue
                        with source.open(item) as one:
                            room.copy(one, target(folder, item.filename))
            elif tarfile.is_tarfile(archive):
                with tarfile.open(archive) as source:
                    for item in source:
                        if item.isfile():
                            room.copy(source.extractfile(item), target(folder, item.name))
                        elif not item.isdir():
                            left += 1
            else:
                name = os.path.basename(archive)
                with gzip.open(archive) as source:
                    room.copy(source, target(folder, name[:-3] if name.endswith(".gz") else name + ".out"))
            print(f"{room.count} files, {room.bytes} bytes, are in {into}." + (f" {left} links and the like are left out." if left else ""))

        if sys.argv[1] == "create":
            create(sys.argv[2], sys.argv[3:])
        else:
            extract(sys.argv[2], sys.argv[3])
        """
}
