import Engine
import Storage

/// A skill as a folder in a zip archive: `SKILL.md` and its files, at the top or in one folder.
struct SkillArchive {
    /// Bytes of an archive that is sent.
    static let largest = SkillBounds.bytes + (1 << 20)
    private static let head = "SKILL.md"

    var text: SkillText
    /// nil where nothing is said of them.
    var files: [Skill.File]?

    /// What is wrong with an archive, for whoever sent it.
    struct Refusal: Error { var message: String }

    init(unpacking bytes: [UInt8]) throws(Refusal) {
        let all = try Self.read(bytes)
        let heads = all.filter { $0.path.split(separator: "/").count <= 2 && Self.isHead($0.path) }
        guard let head = heads.first, heads.count == 1 else {
            throw Refusal(message: "There is no SKILL.md at the top of the archive, nor in its one folder.")
        }
        guard let words = String(validating: head.content, as: UTF8.self) else {
            throw Refusal(message: "SKILL.md is not UTF-8.")
        }
        do { text = try SkillText(parsing: words) } catch { throw Refusal(message: "SKILL.md: \(error.message)") }
        let folder = String(head.path.dropLast(Self.head.count))
        guard all.allSatisfy({ $0.path.hasPrefix(folder) }) else {
            throw Refusal(message: "Files lie beside the folder of SKILL.md.")
        }
        files = all.filter { $0.path != head.path }.map {
            Skill.File(path: String($0.path.dropFirst(folder.count)), content: $0.content)
        }
    }

    /// But for what the programs of desktops leave beside what was packed.
    private static func read(_ bytes: [UInt8]) throws(Refusal) -> [ZipReader.File] {
        let bounds = ZipReader.Bounds(
            files: SkillBounds.files + 1,
            fileBytes: SkillBounds.fileBytes,
            bytes: SkillBounds.bytes
        )
        do {
            return try ZipReader.read(bytes, within: bounds).filter {
                !$0.path.hasPrefix("__MACOSX/") && !$0.path.hasSuffix(".DS_Store")
            }
        } catch {
            throw Refusal(message: error.message)
        }
    }

    init(text: SkillText, files: [Skill.File]?) { (self.text, self.files) = (text, files) }

    private static func isHead(_ path: String) -> Bool { path == head || path.hasSuffix("/" + head) }

    /// In a folder of the skill's name.
    var zip: [UInt8] {
        let all = [Skill.File(path: Self.head, content: Array(text.markdown.utf8))] + (files ?? [])
        var (writer, bytes) = (ZipWriter(), [UInt8]())
        for file in all { bytes += writer.begin("\(text.name)/\(file.path)") + writer.add(file.content) + writer.end() }
        return bytes + writer.finish()
    }
}
