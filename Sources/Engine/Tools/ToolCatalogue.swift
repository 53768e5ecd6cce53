/// The tools of this server by name, their schemas read once.
package struct ToolCatalogue: Sendable {
    struct Entry: Sendable {
        let tool: any Tool
        let schema: JSONSchema
    }

    private let entries: [String: Entry]

    /// Throws when a schema cannot be read, or a name is there twice: the program cannot start so.
    package init(_ tools: [any Tool]) throws {
        var entries: [String: Entry] = [:]
        for tool in tools {
            let specification = tool.specification
            let schema = try JSONSchema(JSONValue(parsing: specification.schema))
            guard entries.updateValue(Entry(tool: tool, schema: schema), forKey: specification.name) == nil else {
                throw ToolFailure("There are two tools called \(specification.name).")
            }
        }
        self.entries = entries
    }

    /// No tools at all.
    package static let empty = ToolCatalogue()
    private init() { entries = [:] }

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

    /// Those of `names` that are there, as a model is told of them.
    func descriptions(of names: [String]) -> [ToolDescription] {
        names.compactMap { entries[$0]?.tool.specification }.map {
            ToolDescription(name: $0.name, description: $0.description, schema: $0.schema)
        }
    }
}
