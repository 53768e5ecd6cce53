import Engine

/// The caller's own tools, which one of them is called, and what the answer must be.
enum ChatTools {
    private static let most = 128

    static func descriptions(_ input: InputReader) throws(WebError) -> [ToolDescription] {
        guard let tools = input["tools"] else { return [] }
        let items = try tools.array()
        guard items.count <= most else { throw tools.refused("at most \(most) tools") }
        return try items.map(description)
    }

    private static func description(_ tool: InputReader) throws(WebError) -> ToolDescription {
        let type = try tool.object().need("type")
        guard try type.string() == "function" else { throw type.refused("tools are of type 'function'") }
        let function = try tool.need("function").object()
        let name = try function.need("name")
        guard isName(try name.string()) else { throw name.refused("1 to 64 of a-z, A-Z, 0-9, underscores and dashes") }
        return ToolDescription(
            name: try name.string(),
            description: try function["description"]?.string() ?? "",
            schema: try function["parameters"]?.object().node.text ?? #"{"type":"object","properties":{}}"#,
            isStrict: try function["strict"]?.bool()
        )
    }

    static func use(
        _ input: InputReader,
        among tools: [ToolDescription]
    ) throws(WebError) -> ModelOptions.ToolUse? {
        guard let choice = input["tool_choice"] else { return nil }
        let use: ModelOptions.ToolUse
        switch choice.node.string {
        case "auto": use = .automatic
        case "none": use = .none
        case "required": use = .required
        case nil:
            let name = try choice.object().need("function").need("name")
            guard tools.contains(where: { $0.name == name.node.string }) else {
                throw name.refused("there is no such tool in 'tools'")
            }
            use = .tool(try name.string())
        default: throw choice.refused("expected 'none', 'auto', 'required' or a tool")
        }
        guard tools.isEmpty else { return use }
        guard use == .automatic || use == .none else { throw choice.refused("it needs 'tools'") }
        return nil
    }

    static func format(_ format: InputReader) throws(WebError) -> ModelOptions.AnswerFormat? {
        let type = try format.object().need("type")
        switch try type.string() {
        case "text": return nil
        case "json_object": return .object
        case "json_schema":
            let schema = try format.need("json_schema").object()
            let name = try schema.need("name")
            guard isName(try name.string()) else {
                throw name.refused("1 to 64 of a-z, A-Z, 0-9, underscores and dashes")
            }
            return .schema(
                name: try name.string(),
                description: try schema["description"]?.string(),
                schema: try schema.need("schema").object().node.text,
                isStrict: try schema["strict"]?.bool()
            )
        default: throw type.refused("expected 'text', 'json_object' or 'json_schema'")
        }
    }

    static func isName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == 0x5F || byte == 0x2D
            }
    }
}
