package import Engine
package import Foundation

/// An agent as its maker describes it.
package struct AgentDraft: Sendable, Equatable {
    /// As colleagues and programs call it; unique among its maker's.
    package var name: String
    package var displayName: String
    /// For people, and for colleagues who choose whom to ask.
    package var description: String?
    package var instruction: String
    /// nil: the organisation's default model.
    package var modelID: UUID?
    package var capabilities: [String]
    /// The names of those whom it may ask.
    package var team: [String]
    /// The names of the tools that it may use.
    package var tools: [String]
    /// How it uses them, by tool: objects with timeout, max_retries, custom_params. What is not named stays.
    package var configurations: [String: JSONValue]
    /// The names of the skills that it may open; nil: those that it has.
    package var skills: [String]?
    /// A JSON object: temperature, max_tokens, max_concurrent.
    package var parameters: String
    /// Whether everybody in the organisation may talk to it.
    package var isShared: Bool
    /// Whether it can be talked to.
    package var isActive: Bool

    package init(
        name: String,
        displayName: String,
        description: String? = nil,
        instruction: String,
        modelID: UUID? = nil,
        capabilities: [String] = [],
        team: [String] = [],
        tools: [String] = [],
        configurations: [String: JSONValue] = [:],
        skills: [String]? = nil,
        parameters: String = "{}",
        isShared: Bool = false,
        isActive: Bool = true
    ) {
        self.name = name
        self.displayName = displayName
        self.description = description
        self.instruction = instruction
        self.modelID = modelID
        self.capabilities = capabilities
        self.team = team
        self.tools = tools
        self.configurations = configurations
        self.skills = skills
        self.parameters = parameters
        self.isShared = isShared
        self.isActive = isActive
    }
}

extension AgentDraft {
    /// Without blanks at the ends of its texts. Throws `.invalid` with the field that cannot be kept.
    func checked() throws -> AgentDraft {
        var draft = self
        draft.name = try Checks.text(name, "name", upTo: 100)
        draft.displayName = try Checks.text(displayName, "display_name", upTo: 100)
        draft.description = try description.map { try Checks.text($0, "description", upTo: 500, allowsEmpty: true) }
        if draft.description?.isEmpty == true { draft.description = nil }
        draft.instruction = try Checks.text(instruction, "instruction", upTo: 100_000)
        guard capabilities.count <= 20 else { throw StorageError.invalid("capabilities", "At most 20.") }
        draft.capabilities = try capabilities.map { try Checks.text($0, "capabilities", upTo: 50) }
        guard team.count <= 50 else { throw StorageError.invalid("team", "At most 50 colleagues.") }
        draft.parameters = try Self.parameters(parameters)
        return draft
    }

    private static func parameters(_ json: String) throws -> String {
        let json = try Checks.object(json, "parameters")
        let fields = try? JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        if let value = fields?["temperature"], !(value is NSNull) {
            guard let number = value as? Double, (0...2).contains(number) else {
                throw StorageError.invalid("temperature", "A number from 0 to 2.")
            }
        }
        for field in ["max_tokens", "max_concurrent"] {
            guard let value = fields?[field], !(value is NSNull) else { continue }
            guard let number = value as? Int, (1...100_000_000).contains(number) else {
                throw StorageError.invalid(field, "A whole number above 0.")
            }
        }
        return json
    }
}
