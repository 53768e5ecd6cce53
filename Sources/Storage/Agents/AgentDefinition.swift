package import Engine
import Foundation

/// All that defines an agent, with what belongs to others by name: as its versions are kept and as files carry it.
package struct AgentDefinition: Sendable, Equatable {
    package var name: String
    package var displayName: String
    package var description: String?
    package var instruction: String
    /// nil: the organisation's default model.
    package var model: ModelName?
    /// temperature, max_tokens, max_concurrent.
    package var parameters: JSONValue
    package var capabilities: [String]
    package var team: [String]
    package var tools: [ToolUse]
    package var skills: [String]
    package var isShared: Bool
    package var isActive: Bool

    /// A model as people and other servers know it.
    package struct ModelName: Sendable, Equatable {
        /// Here; nil of one from elsewhere.
        package var id: String?
        package var name: String
        package var provider: String?

        package init(id: String? = nil, name: String, provider: String? = nil) {
            (self.id, self.name, self.provider) = (id, name, provider)
        }
    }

    /// A tool, and how it is used: an object with timeout, max_retries, custom_params.
    package struct ToolUse: Sendable, Equatable {
        package var name: String
        package var configuration: JSONValue

        package init(name: String, configuration: JSONValue) {
            (self.name, self.configuration) = (name, configuration)
        }
    }
}

extension AgentDefinition {
    /// How a definition from elsewhere is told from any other file.
    package static let fileFormat = "alma.agent"
    package static let fileVersion = 1
    /// Bytes of the largest file that is read.
    package static let largestFile = 512 * 1024

    /// As a file has it: nothing that means something here alone, and no secrets, which a definition never holds.
    package var file: JSONValue {
        let agent: [String: JSONValue] = [
            "name": .string(name), "display_name": .string(displayName),
            "description": description.map(JSONValue.string) ?? .null, "instruction": .string(instruction),
            "model": model.map { model in
                .object([
                    "name": .string(model.name), "provider": model.provider.map(JSONValue.string) ?? .null,
                ])
            } ?? .null,
            "parameters": parameters, "capabilities": .array(capabilities.map(JSONValue.string)),
            "team": .array(team.map(JSONValue.string)),
            "tools": .array(
                tools.map { .object(["name": .string($0.name), "configuration": $0.configuration]) }
            ),
            "skills": .array(skills.map(JSONValue.string)),
        ]
        return .object([
            "format": .string(Self.fileFormat), "version": .number(.init(Self.fileVersion)), "agent": .object(agent),
        ])
    }

    /// Reads what `file` wrote, here or elsewhere. Throws `.invalid` with the field that is not as it should be.
    package init(file: JSONValue) throws {
        guard let fields = file.object else { throw StorageError.invalid("file", "This is not an agent's file.") }
        var reader = FieldReader(fields, "")
        guard try reader.text("format") == Self.fileFormat else {
            throw StorageError.invalid("format", "This is not an agent's file: its format is not \(Self.fileFormat).")
        }
        guard reader.take("version")?.int == Self.fileVersion else {
            throw StorageError.invalid("version", "This server reads version \(Self.fileVersion) of the format.")
        }
        guard let agent = reader.take("agent") else { throw StorageError.invalid("agent", "This field is needed.") }
        try reader.finish()
        try self.init(agent, isFromElsewhere: true)
    }

    /// Reads what the database keeps.
    init(kept: JSONValue) throws { try self.init(kept, isFromElsewhere: false) }

    private init(_ value: JSONValue, isFromElsewhere: Bool) throws {
        guard let fields = value.object else { throw StorageError.invalid("agent", "This must be an object.") }
        var reader = FieldReader(fields, "")
        name = try reader.text("name")
        displayName = try reader.optionalText("display_name") ?? name
        description = try reader.optionalText("description")
        instruction = try reader.text("instruction")
        model = try reader.object("model").map { fields in
            var reader = FieldReader(fields, "model.")
            let id = isFromElsewhere ? nil : try reader.optionalText("id")
            let model = ModelName(
                id: id,
                name: try reader.text("name"),
                provider: try reader.optionalText("provider")
            )
            try reader.finish()
            return model
        }
        parameters = .object(try reader.object("parameters") ?? [:])
        capabilities = try reader.texts("capabilities")
        team = try reader.texts("team")
        tools = try reader.objects("tools").map { fields in
            var reader = FieldReader(fields, "tools.")
            let use = ToolUse(
                name: try reader.text("name"),
                configuration: .object(try reader.object("configuration") ?? [:])
            )
            try reader.finish()
            return use
        }
        skills = try reader.texts("skills")
        isShared = isFromElsewhere ? false : reader.take("is_shared")?.bool ?? false
        isActive = isFromElsewhere ? true : reader.take("status")?.string == "active"
        try reader.finish()
    }
}

/// Takes an object apart: what is there must be of the expected type, and nothing else may be there.
private struct FieldReader {
    private static let mostItems = 200
    private var fields: [String: JSONValue]
    private let place: String

    /// `place` stands before the names of fields in errors: `model.`
    init(_ fields: [String: JSONValue], _ place: String) {
        (self.fields, self.place) = (fields, place)
    }

    mutating func take(_ name: String) -> JSONValue? {
        let value = fields.removeValue(forKey: name)
        return value == .null ? nil : value
    }

    mutating func text(_ name: String) throws -> String {
        guard let text = try optionalText(name) else { throw wrong(name, "This field is needed.") }
        return text
    }

    mutating func optionalText(_ name: String) throws -> String? {
        guard let value = take(name) else { return nil }
        guard let text = value.string else { throw wrong(name, "This field must be of type string.") }
        return text
    }

    mutating func texts(_ name: String) throws -> [String] {
        try items(name).map { item in
            guard let text = item.string else { throw wrong(name, "This field must be a list of strings.") }
            return text
        }
    }

    mutating func object(_ name: String) throws -> [String: JSONValue]? {
        guard let value = take(name) else { return nil }
        guard let object = value.object else { throw wrong(name, "This field must be of type object.") }
        return object
    }

    mutating func objects(_ name: String) throws -> [[String: JSONValue]] {
        try items(name).map { item in
            guard let object = item.object else { throw wrong(name, "This field must be a list of objects.") }
            return object
        }
    }

    func finish() throws {
        guard let name = fields.keys.sorted().first else { return }
        throw wrong(String(name.prefix(50)), "There is no such field in an agent’s file.")
    }

    private mutating func items(_ name: String) throws -> [JSONValue] {
        guard let value = take(name) else { return [] }
        guard let items = value.array else { throw wrong(name, "This field must be of type array.") }
        guard items.count <= Self.mostItems else { throw wrong(name, "At most \(Self.mostItems).") }
        return items
    }

    private func wrong(_ name: String, _ message: String) -> StorageError { .invalid(place + name, message) }
}
