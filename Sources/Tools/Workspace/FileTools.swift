package import Engine
import Foundation
import Sandbox

/// The tools that look into the conversation's workspace and write there.
package enum FileTools {
    static let agents = ["coding", "file"]

    package static func all(
        _ door: WorkspaceDoor,
        reader: DocumentReader,
        scribe: RecordingScribe? = nil
    ) -> [any Tool] {
        [
            ListFilesTool(door: door), ReadFileTool(door: door), WriteFileTool(door: door), EditFileTool(door: door),
            SearchFilesTool(door: door), ReadDocumentTool(door: door, reader: reader, scribe: scribe),
            PatchFileTool(door: door), MoveFileTool(door: door), DeleteFileTool(door: door),
            ArchiveTool(door: door, reader: reader), ConvertFileTool(door: door, reader: reader),
            CreateProjectTool(door: door),
        ]
    }

    /// A path in a schema.
    static let path = """
        {"type":"string","minLength":1,"maxLength":1000,"description":"within the workspace, such as src/main.py"}
        """

    /// A path as the model gave it, from the workspace's root.
    static func path(_ input: JSONValue, _ name: String = "path") -> String {
        let path = input[name]?.string ?? ""
        let inner = path.hasPrefix("/workspace/") ? String(path.dropFirst(11)) : path == "/workspace" ? "" : path
        return inner.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }
}

/// A tool whose work may wait for the disk.
protocol WorkspaceTool: Tool {
    var door: WorkspaceDoor { get }

    /// The files that a call changes, which come with the run's answer.
    func changed(_ input: JSONValue) -> [String]

    /// Throws `ToolFailure` or `SandboxError`.
    func perform(_ input: JSONValue, in workspace: Workspace) throws -> String
}

extension WorkspaceTool {
    package func perform(_ input: JSONValue, in context: ToolContext) async throws -> String {
        do {
            let workspace = try await door.open(for: context)
            let result = try await workspace.aside { Result { try perform(input, in: workspace) } }.get()
            let made = try await MadeFiles(changed(input), in: workspace, through: door, context)
            return ([result] + made.lines).joined(separator: "\n")
        } catch let error as SandboxError {
            throw ToolFailure(error.message)
        }
    }

    func changed(_ input: JSONValue) -> [String] { [] }

    func path(_ input: JSONValue) -> String { FileTools.path(input) }
}

extension Workspace {
    /// Of files that tools take as text, in bytes.
    static let largestText = 4 << 20

    /// A whole file as text, its line ends as they are. Throws when it is too large or no text.
    func text(of path: String) throws -> String {
        let (bytes, size) = try read(path, limit: Self.largestText)
        guard size <= Self.largestText else { throw ToolFailure("\(path) has \(size) bytes; use a program for it.") }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw ToolFailure("\(path) is no text.") }
        return text
    }
}

extension Workspace.Entry {
    /// In one line, whatever a program has called its file.
    fileprivate var shownPath: String {
        String(CodeOutput.readable(Array(path.utf8)[...]).map { $0.isNewline || $0 == "\t" ? "\u{FFFD}" : $0 })
    }
}

package struct ListFilesTool: WorkspaceTool {
    private static let most = 500

    package let specification = ToolSpecification(
        name: "list_files",
        description: "Lists the files of this conversation's workspace, with their sizes in bytes.",
        schema: """
            {"type":"object","additionalProperties":false,"properties":{"path":{"type":"string","maxLength":1000,
            "description":"a folder; the whole workspace when left out"}}}
            """,
        level: .readOnly,
        effect: .idempotent,
        agents: FileTools.agents
    )

    let door: WorkspaceDoor

    func perform(_ input: JSONValue, in workspace: Workspace) throws -> String {
        let listing = try workspace.list(path(input), limit: Self.most)
        guard !listing.entries.isEmpty else { return "There are no files." }
        let lines = listing.entries.map { entry in
            switch entry.kind {
            case .file: return "\(entry.shownPath)  \(entry.size)"
            case .folder: return "\(entry.shownPath)/"
            case .link: return "\(entry.shownPath)  (a link, which is not followed)"
            case .other: return "\(entry.shownPath)  (no regular file)"
            }
        }
        return (lines + (listing.isComplete ? [] : ["… and more; name a folder."])).joined(separator: "\n")
    }
}

package struct ReadFileTool: WorkspaceTool {
    private static let usualLines = 500

    package let specification = ToolSpecification(
        name: "read_file",
        description: """
            Reads a text file of this conversation's workspace, \(usualLines) lines at a time. Each line comes with its number.
            """,
        schema: """
            {"type":"object","required":["path"],"additionalProperties":false,"properties":{"path":\(FileTools.path),
            "first_line":{"type":"integer","minimum":1,"maximum":100000000},
            "lines":{"type":"integer","minimum":1,"maximum":2000}}}
            """,
        level: .readOnly,
        effect: .idempotent,
        agents: FileTools.agents
    )

    let door: WorkspaceDoor

    func perform(_ input: JSONValue, in workspace: Workspace) throws -> String {
        let lines = try workspace.text(of: path(input)).editorLines
        let first = input["first_line"]?.int ?? 1
        let shown = lines.dropFirst(first - 1).prefix(input["lines"]?.int ?? Self.usualLines)
        guard !shown.isEmpty else { throw ToolFailure("The file has \(lines.count) lines.") }
        let numbered = zip(first..., shown).map { "\($0)\t\(CodeOutput.readable(Array($1.utf8)[...]))" }
        let left = lines.count - (first - 1) - shown.count
        return numbered.joined(separator: "\n") + (left > 0 ? "\n… \(left) more lines" : "")
    }
}

package struct WriteFileTool: WorkspaceTool {
    package let specification = ToolSpecification(
        name: "write_file",
        description: """
            Writes a text file into this conversation's workspace, with the folders on its way; what the file held before is \
            replaced. To change a part of a file use edit_file.
            """,
        schema: """
            {"type":"object","required":["path","content"],"additionalProperties":false,"properties":{
            "path":\(FileTools.path),"content":{"type":"string","maxLength":1000000}}}
            """,
        level: .safeExecute,
        effect: .idempotent,
        agents: FileTools.agents
    )

    let door: WorkspaceDoor

    func changed(_ input: JSONValue) -> [String] { [path(input)] }

    func perform(_ input: JSONValue, in workspace: Workspace) throws -> String {
        let bytes = Array((input["content"]?.string ?? "").utf8)
        try workspace.write(path(input), bytes)
        return "\(bytes.count) bytes are in \(path(input))."
    }
}

package struct EditFileTool: WorkspaceTool {
    package let specification = ToolSpecification(
        name: "edit_file",
        description: """
            Replaces a piece of a text file in this conversation's workspace. old_text must be there exactly, spaces and line \
            ends included, and only once unless replace_all is set: take enough of its surroundings.
            """,
        schema: """
            {"type":"object","required":["path","old_text","new_text"],"additionalProperties":false,"properties":{
            "path":\(FileTools.path),"old_text":{"type":"string","minLength":1,"maxLength":200000},
            "new_text":{"type":"string","maxLength":200000},"replace_all":{"type":"boolean"}}}
            """,
        level: .safeExecute,
        effect: .effectful,
        agents: FileTools.agents
    )

    let door: WorkspaceDoor

    func changed(_ input: JSONValue) -> [String] { [path(input)] }

    func perform(_ input: JSONValue, in workspace: Workspace) throws -> String {
        let (path, old) = (path(input), input["old_text"]?.string ?? "")
        let replacement = TextReplacement(
            of: old,
            with: input["new_text"]?.string ?? "",
            in: try workspace.text(of: path)
        )
        let places = replacement.places
        guard places > 0 else { throw ToolFailure("old_text is not in \(path). Read the file and copy it exactly.") }
        guard places == 1 || input["replace_all"]?.bool == true else {
            throw ToolFailure(
                "old_text is in \(path) \(places) times. Take more of its surroundings, or set replace_all."
            )
        }
        try workspace.write(path, Array(replacement.changed.utf8))
        return places == 1 ? "\(path) is changed." : "\(path) is changed in \(places) places."
    }
}

package struct SearchFilesTool: WorkspaceTool {
    private static let mostMatches = 100
    private static let mostFiles = 5000
    /// Bytes that are looked through.
    private static let mostBytes: Int64 = 64 << 20

    package let specification = ToolSpecification(
        name: "search_files",
        description: """
            Finds the lines that contain a text, in the files of this conversation's workspace: path, line number and line.
            """,
        schema: """
            {"type":"object","required":["text"],"additionalProperties":false,"properties":{
            "text":{"type":"string","minLength":1,"maxLength":500},
            "path":{"type":"string","maxLength":1000,"description":"a folder; the whole workspace when left out"},
            "ignores_case":{"type":"boolean"}}}
            """,
        level: .readOnly,
        effect: .idempotent,
        agents: FileTools.agents
    )

    let door: WorkspaceDoor

    func perform(_ input: JSONValue, in workspace: Workspace) throws -> String {
        let wanted = input["text"]?.string ?? ""
        let options: String.CompareOptions =
            input["ignores_case"]?.bool == true ? [.literal, .caseInsensitive] : .literal
        let listing = try workspace.list(path(input), limit: Self.mostFiles)
        var found: [String] = []
        var (left, isComplete) = (Self.mostBytes, listing.isComplete)
        for entry in listing.entries where entry.kind == .file && entry.size <= Workspace.largestText {
            left -= entry.size
            guard left > 0, found.count < Self.mostMatches else {
                isComplete = false
                break
            }
            guard let text = try? workspace.text(of: entry.path) else { continue }
            for (number, line) in zip(1..., text.editorLines) where line.range(of: wanted, options: options) != nil {
                found.append("\(entry.shownPath):\(number): \(CodeOutput.readable(Array(line.prefix(300).utf8)[...]))")
                if found.count > Self.mostMatches { break }
            }
        }
        guard !found.isEmpty else {
            return isComplete ? "Nothing was found." : "Nothing was found in what was looked through."
        }
        let isCut = !isComplete || found.count > Self.mostMatches
        return (found.prefix(Self.mostMatches) + (isCut ? ["… and perhaps more"] : [])).joined(separator: "\n")
    }
}
