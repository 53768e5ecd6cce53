package import Engine
import Sandbox

/// Changes a file by a diff.
struct PatchFileTool: WorkspaceTool {
    let specification = ToolSpecification(
        name: "patch_file",
        description: """
            Changes a text file of this conversation's workspace by a unified diff of that file: several changes at once, with \
            the lines around each. All of it is done, or nothing.
            """,
        schema: """
            {"type":"object","required":["path","diff"],"additionalProperties":false,"properties":{"path":\(FileTools.path),
            "diff":{"type":"string","minLength":1,"maxLength":400000,
            "description":"@@ -1,2 +1,2 @@ and so on; lines for the names of files may be left out"}}}
            """,
        level: .safeExecute,
        effect: .effectful,
        agents: FileTools.agents
    )

    let door: WorkspaceDoor

    func changed(_ input: JSONValue) -> [String] { [path(input)] }

    func perform(_ input: JSONValue, in workspace: Workspace) throws -> String {
        let diff = try UnifiedDiff(input["diff"]?.string ?? "")
        let text = try workspace.text(of: path(input))
        let changed =
            try text.hasLongLineEnds
            ? diff.applied(to: text.withShortLineEnds).withLongLineEnds : diff.applied(to: text)
        try workspace.write(path(input), Array(changed.utf8))
        return "\(path(input)) is changed."
    }
}

/// Gives a file or a folder another name or place.
struct MoveFileTool: WorkspaceTool {
    let specification = ToolSpecification(
        name: "move_file",
        description:
            "Moves or renames a file or a folder of this conversation's workspace; folders on the way are made.",
        schema: """
            {"type":"object","required":["path","to"],"additionalProperties":false,
            "properties":{"path":\(FileTools.path),"to":\(FileTools.path)}}
            """,
        level: .safeExecute,
        effect: .effectful,
        agents: FileTools.agents
    )

    let door: WorkspaceDoor

    func perform(_ input: JSONValue, in workspace: Workspace) throws -> String {
        try workspace.move(path(input), to: FileTools.path(input, "to"))
        return "\(path(input)) is now \(FileTools.path(input, "to"))."
    }
}

/// Deletes a file or a folder with everything in it.
struct DeleteFileTool: WorkspaceTool {
    let specification = ToolSpecification(
        name: "delete_file",
        description: """
            Deletes a file of this conversation's workspace, or a folder with everything in it. What the person attached comes \
            back to uploads/ all the same.
            """,
        schema: """
            {"type":"object","required":["path"],"additionalProperties":false,"properties":{"path":\(FileTools.path)}}
            """,
        level: .safeExecute,
        effect: .idempotent,
        agents: FileTools.agents
    )

    let door: WorkspaceDoor

    func perform(_ input: JSONValue, in workspace: Workspace) throws -> String {
        try workspace.remove(path(input))
        return "\(path(input)) is deleted."
    }
}
