package import Engine
package import Foundation

/// A tool as its maker describes it.
package struct ToolDraft: Sendable, Equatable {
    /// What the program can make of people's descriptions.
    package static let types = ["script", "http"]

    package var name: String
    /// For models: what it does, when to use it, what it returns.
    package var description: String
    /// `script` or `http`; a tool stays what it is.
    package var type: String
    /// A JSON Schema of an object.
    package var schema: String
    /// nil: the least that its kind asks for.
    package var level: ToolLevel?
    /// nil: what is usual for its kind.
    package var effect: ToolEffect?
    /// Seconds.
    package var timeLimit: Int
    /// A JSON object in the shape of its kind; `parameters` in it is a JSON Schema of what agents' owners set.
    package var definition: String

    package init(
        name: String,
        description: String,
        type: String,
        schema: String,
        level: ToolLevel? = nil,
        effect: ToolEffect? = nil,
        timeLimit: Int = 30,
        definition: String
    ) {
        self.name = name
        self.description = description
        self.type = type
        self.schema = schema
        self.level = level
        self.effect = effect
        self.timeLimit = timeLimit
        self.definition = definition
    }

    /// As a run would have it, with what an agent's owner would have set. Throws `.invalid` with the field that cannot be
    /// kept.
    package func kept(id: UUID = .v7(), settings: ToolSettings = ToolSettings()) throws -> KeptTool {
        let draft = try checked()
        let definition = try JSONValue(parsing: draft.definition)
        return KeptTool(
            id: id,
            type: draft.type,
            specification: ToolSpecification(
                name: draft.name,
                description: draft.description,
                schema: draft.schema,
                level: draft.level ?? .privileged,
                effect: draft.effect ?? .effectful,
                timeLimit: .seconds(draft.timeLimit)
            ),
            definition: definition,
            settings: settings
        )
    }

    /// Without blanks at the ends of its texts, with the level and effect that are meant.
    package func checked() throws -> ToolDraft {
        var draft = self
        guard Self.types.contains(type) else { throw StorageError.invalid("tool_type", "Use script or http.") }
        draft.name = try Checks.text(name, "name", upTo: 64)
        guard draft.name.wholeMatch(of: /[A-Za-z][A-Za-z0-9_-]*/) != nil else {
            throw StorageError.invalid("name", "Use letters, digits, _ and -, a letter first.")
        }
        draft.description = try Checks.text(description, "description", upTo: 4000)
        draft.schema = try Checks.object(schema, "schema")
        guard (1...600).contains(timeLimit) else {
            throw StorageError.invalid("time_limit", "Use 1 to 600 seconds.")
        }
        guard definition.utf8.count <= 400_000, let value = try? JSONValue(parsing: definition), value.object != nil,
            !definition.contains("\\u0000")
        else { throw StorageError.invalid("definition", "This must be a JSON object of at most 400 KB.") }
        guard let floor = ToolFloor(type: type, definition: value) else { return draft }
        draft.level = level ?? floor.level
        draft.effect = effect ?? floor.usualEffect
        return draft
    }
}
