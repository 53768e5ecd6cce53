package import Foundation

/// A tool that is kept as a row, made by people or offered by another program, and not part of this one.
package struct KeptTool: Sendable {
    package var id: UUID
    /// What kind it is, which says who makes it work: `tools.tool_type`.
    package var type: String
    package var specification: ToolSpecification
    /// What it does, in the shape of its kind.
    package var definition: JSONValue
    /// What the agent's owner has set for it.
    package var settings: ToolSettings

    package init(
        id: UUID,
        type: String,
        specification: ToolSpecification,
        definition: JSONValue,
        settings: ToolSettings = ToolSettings()
    ) {
        self.id = id
        self.type = type
        self.specification = specification
        self.definition = definition
        self.settings = settings
    }
}

/// Makes the kept tools of one kind work.
package protocol ToolMaker: Sendable {
    /// `tools.tool_type`.
    var type: String { get }

    /// Without any I/O: it is asked at the beginning of each run. Throws `ToolFailure` with what is wrong with the definition.
    func tool(_ kept: KeptTool) throws -> any Tool
}

/// How an agent uses a tool: `agent_tools.configuration`.
package struct ToolSettings: Sendable, Equatable {
    package static let timeouts = 1...600
    package static let retryCounts = 0...5

    /// Seconds that a call may take; nil for the tool's own.
    package var timeout: Int?
    /// How often a call that failed on its way is made again; never when it may have changed something.
    package var retries: Int
    /// Handed to the tool with each call: an object.
    package var parameters: JSONValue

    package init(timeout: Int? = nil, retries: Int = 0, parameters: JSONValue = .object([:])) {
        self.timeout = timeout
        self.retries = retries
        self.parameters = parameters
    }

    /// What is out of bounds is taken as not said.
    package init(_ configuration: JSONValue) {
        self.init(
            timeout: configuration["timeout"]?.int.flatMap { Self.timeouts.contains($0) ? $0 : nil },
            retries: configuration["max_retries"]?.int.map { min(max($0, 0), Self.retryCounts.upperBound) } ?? 0,
            parameters: configuration["custom_params"].flatMap { $0.object == nil ? nil : $0 } ?? .object([:])
        )
    }
}
