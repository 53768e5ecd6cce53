package import Foundation

/// What is different in a run that goes on from a step of another one; nil leaves it as it was.
package struct RunChanges: Sendable, Equatable {
    /// What the person said.
    package var input: String?
    /// What tools answered, among the steps that are kept.
    package var toolResults: [ToolResult]
    package var modelID: UUID?
    /// Of the agent that goes on.
    package var instruction: String?

    package struct ToolResult: Sendable, Equatable {
        package var callID: String
        package var content: String

        package init(callID: String, content: String) {
            self.callID = callID
            self.content = content
        }
    }

    package init(
        input: String? = nil,
        toolResults: [ToolResult] = [],
        modelID: UUID? = nil,
        instruction: String? = nil
    ) {
        self.input = input
        self.toolResults = toolResults
        self.modelID = modelID
        self.instruction = instruction
    }

    /// A JSON object of what is different alone: `input`, `tool_results` (`call_id`, `content`), `model_id`,
    /// `instruction` with `instruction_of`, the agent whose it is.
    func json(of agent: UUID) -> String {
        var members: [String: JSONValue] = [:]
        members["input"] = input.map(JSONValue.string)
        members["model_id"] = modelID.map { .string($0.text) }
        members["instruction"] = instruction.map(JSONValue.string)
        if instruction != nil { members["instruction_of"] = .string(agent.text) }
        if !toolResults.isEmpty {
            members["tool_results"] = .array(
                toolResults.map { .object(["call_id": .string($0.callID), "content": .string($0.content)]) }
            )
        }
        return JSONValue.object(members).text
    }
}
