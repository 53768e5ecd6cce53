package import Engine

/// Keeps something with the conversation, for later steps, turns and colleagues.
package struct SetVariableTool: Tool {
    package let specification = ToolSpecification(
        name: "set_variable",
        description: """
            Keeps a value with this conversation under a name, so that later turns and colleagues know it: a decision, a \
            preference, a number that is needed again. A value that was there is replaced; null takes it away. Not for \
            long texts.
            """,
        schema: """
            {"type":"object","properties":{"name":{"type":"string","pattern":"^[A-Za-z0-9_.-]+$","maxLength":100},\
            "value":{"description":"Any JSON value"}},"required":["name","value"],"additionalProperties":false}
            """,
        level: .safeExecute,
        effect: .idempotent
    )

    private let variables: any ConversationVariables

    package init(variables: any ConversationVariables) { self.variables = variables }

    package func perform(_ input: JSONValue, in context: ToolContext) async throws -> String {
        let name = input["name"]?.string ?? ""
        let value = input["value"] ?? .null
        let conversation = context.run.conversationID
        do {
            if value == .null {
                _ = try await variables.removeVariable(name, in: conversation, by: context.principal)
                return "\(name) is not kept any more."
            }
            guard try await variables.setVariable(name, to: value, in: conversation, by: context.principal) else {
                throw ToolFailure("The conversation is gone.")
            }
            return "\(name) is kept."
        } catch let limit as VariableLimit {
            throw ToolFailure(limit.message)
        }
    }
}

/// Reads what is kept with the conversation.
package struct GetVariablesTool: Tool {
    package let specification = ToolSpecification(
        name: "get_variables",
        description: """
            Reads the values that are kept with this conversation, as a JSON object by name. They stand in the notes at the \
            beginning, too, but long ones only in part there, and without what changed during this answer.
            """,
        schema: #"{"type":"object","properties":{},"additionalProperties":false}"#,
        level: .readOnly,
        effect: .idempotent
    )

    private let variables: any ConversationVariables

    package init(variables: any ConversationVariables) { self.variables = variables }

    package func perform(_ input: JSONValue, in context: ToolContext) async throws -> String {
        let found = try await variables.variables(in: context.run.conversationID, by: context.principal) ?? []
        let members = try found.map { ($0.name, try JSONValue(parsing: $0.value)) }
        return JSONValue.object(Dictionary(members) { _, last in last }).text
    }
}
