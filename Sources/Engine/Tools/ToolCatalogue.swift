import Foundation

/// The tools of this server by name, their schemas read once.
package struct ToolCatalogue: Sendable {
    struct Entry: Sendable {
        let tool: any Tool
        let schema: JSONSchema
        var settings = ToolSettings()
    }

    private var entries: [String: Entry]
    private let makers: [String: any ToolMaker]

    /// `makers`: for tools that are kept outside the program, one for each kind. Throws when a schema cannot be read, or a name
    /// is there twice: the program cannot start so.
    package init(_ tools: [any Tool], makers: [any ToolMaker] = []) throws {
        var entries: [String: Entry] = [:]
        for tool in tools {
            let specification = tool.specification
            let schema = try JSONSchema(JSONValue(parsing: specification.schema))
            guard entries.updateValue(Entry(tool: tool, schema: schema), forKey: specification.name) == nil else {
                throw ToolFailure("There are two tools called \(specification.name).")
            }
        }
        self.entries = entries
        self.makers = Dictionary(makers.map { ($0.type, $0) }) { _, last in last }
    }

    /// No tools at all.
    package static let empty = ToolCatalogue()
    private init() { (entries, makers) = ([:], [:]) }

    /// What agents with colleagues can do besides, which the engine does itself.
    package static var teamTools: [ToolSpecification] { TeamTool.allCases.map(\.specification) }

    /// What each tool says of itself, by name.
    package var specifications: [ToolSpecification] {
        entries.values.map(\.tool.specification).sorted { $0.name < $1.name }
    }

    /// What is wrong with an input, in one line; nil when it fits, or nobody here knows the tool.
    package func complaint(about input: String, for name: String) -> String? {
        guard let value = try? JSONValue(parsing: input), value.object != nil else {
            return "It must be a JSON object."
        }
        guard let violations = entries[name]?.schema.validate(value), !violations.isEmpty else { return nil }
        return violations.map(\.description).joined(separator: "; ")
    }

    subscript(_ name: String) -> Entry? { entries[name] }

    /// Tells every tool of the program's.
    func runEnded(_ run: UUID) async {
        for entry in entries.values { await entry.tool.runEnded(run) }
    }

    /// As one agent has them: with what is kept for it, and its own settings. The program's own tools keep their names.
    func granted(_ kept: [KeptTool], settings: [String: ToolSettings]) -> ToolCatalogue {
        var catalogue = self
        for (name, settings) in settings { catalogue.entries[name]?.settings = settings }
        for tool in kept where entries[tool.specification.name] == nil {
            catalogue.entries[tool.specification.name] = entry(of: tool)
        }
        return catalogue
    }

    /// One that cannot work says why when it is called, so that nobody looks for it in vain.
    private func entry(of kept: KeptTool) -> Entry {
        do {
            let schema = try JSONSchema(JSONValue(parsing: kept.specification.schema))
            return Entry(tool: try make(kept), schema: schema, settings: kept.settings)
        } catch {
            let reason = (error as? ToolFailure)?.message ?? "\(error)"
            return Entry(tool: BrokenTool(kept.specification, reason: reason), schema: .anything)
        }
    }

    /// Throws `ToolFailure` with what keeps it from working here.
    func make(_ kept: KeptTool) throws -> any Tool {
        guard let maker = makers[kept.type] else {
            throw ToolFailure("This server cannot use tools of the kind \"\(kept.type)\".")
        }
        return try maker.tool(kept)
    }

    /// Those of `names` that are there, as a model is told of them.
    func descriptions(of names: [String]) -> [ToolDescription] {
        names.compactMap { entries[$0]?.tool.specification }.map {
            ToolDescription(name: $0.name, description: $0.description, schema: $0.schema)
        }
    }
}

/// A kept tool that cannot be used here.
private struct BrokenTool: Tool {
    let specification: ToolSpecification
    let reason: String

    /// Nothing happens when it is called: nobody need be asked.
    init(_ specification: ToolSpecification, reason: String) {
        self.specification = ToolSpecification(
            name: specification.name,
            description: specification.description,
            schema: #"{"type":"object"}"#,
            level: .readOnly,
            effect: .pure
        )
        self.reason = reason
    }

    func perform(_ input: JSONValue, in context: ToolContext) async throws -> String {
        throw ToolFailure("The tool \(specification.name) cannot be used: \(reason) Go on without it.")
    }
}
