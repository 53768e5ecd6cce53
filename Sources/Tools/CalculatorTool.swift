package import Engine

/// Arithmetic that is right: models are not.
package struct CalculatorTool: Tool {
    package let specification = ToolSpecification(
        name: "calculator",
        description: """
            Computes an arithmetic expression exactly, in decimals of up to 38 digits. Knows + - * / % ^ and parentheses, \
            abs(x), round(x, places), floor(x), ceil(x), sqrt(x), min(…), max(…) and sum(…). Use it for every \
            calculation instead of computing yourself. A result that had to be rounded begins with "≈".
            """,
        schema: """
            {"type":"object","properties":{"expression":{"type":"string","minLength":1,"maxLength":2000,\
            "description":"For example: (19.99 * 3 - 5) / 7"}},"required":["expression"],"additionalProperties":false}
            """,
        level: .readOnly,
        effect: .pure
    )

    package init() {}

    package func perform(_ input: JSONValue, in context: ToolContext) async throws -> String {
        do {
            return try Calculation.result(of: input["expression"]?.string ?? "")
        } catch let error as CalculationError {
            throw ToolFailure("The expression cannot be computed: \(error.description).")
        }
    }
}
