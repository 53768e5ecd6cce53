import Engine

/// Makes scripts that say their input again; no sandbox is needed.
struct ScriptedScripts: ToolMaker {
    let type = "script"

    func tool(_ kept: KeptTool) throws -> any Tool {
        guard kept.definition["code"]?.string != "refuse" else { throw ToolFailure("It cannot be made.") }
        return Echo(specification: kept.specification)
    }

    private struct Echo: Tool {
        let specification: ToolSpecification

        func perform(_ input: JSONValue, in context: ToolContext) async throws -> String { input.text }
    }
}
