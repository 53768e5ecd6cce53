package import Engine

/// A question to the person, who may take days to answer: the run rests meanwhile, as for an approval.
package struct AskPersonTool: Tool {
    package let specification = ToolSpecification(
        name: PersonQuestion.toolName,
        description: """
            Asks the person whom you work for, and returns their answer. Use it when you cannot go on without a decision \
            or a fact that only they have, not for what you can find out yourself. Offer choices where there are some.
            """,
        schema: PersonQuestion.schema,
        level: .readOnly,
        effect: .pure,
        asksPerson: true
    )

    package init() {}

    package func perform(_ input: JSONValue, in context: ToolContext) async throws -> String {
        guard let answer = context.answer else { throw ToolFailure("There is nobody to ask here.") }
        return answer
    }
}
