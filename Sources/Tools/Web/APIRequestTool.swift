package import Engine
import Fetch
import Foundation
import Reading

/// Calls the interface of another program over HTTP.
package struct APIRequestTool: Tool {
    package let specification = ToolSpecification(
        name: "api_request",
        description: """
            Sends an HTTP request to an API and returns its status, headers and text. GET, HEAD and OPTIONS read; other \
            methods change something and need the person's leave. A key is never written out: where one is needed in a \
            header or the body, write {{secret:NAME}}, and the server puts it in if the person allowed it for that address.
            """,
        schema: """
            {"type":"object","required":["url"],"additionalProperties":false,"properties":{
            "method":{"type":"string","enum":["GET","HEAD","OPTIONS","POST","PUT","PATCH","DELETE"],"description":"GET when left out"},
            "url":{"type":"string","minLength":4,"maxLength":8000},
            "headers":{"type":"object","maxProperties":50,"additionalProperties":{"type":"string","maxLength":8000},
            "description":"for example {\\"Authorization\\": \\"Bearer {{secret:NAME}}\\"}"},
            "body":{"description":"a JSON value, sent as application/json, or a string, sent as it is"}}}
            """,
        level: .privileged,
        effect: .effectful,
        timeLimit: .seconds(60)
    )

    private let call: APICall

    package init(web: WebAccess, secrets: any ToolSecretSource) {
        call = APICall(web: web, secrets: secrets)
    }

    /// What only reads is no more than looking at a page.
    package func specification(for input: JSONValue) -> ToolSpecification {
        guard APIRequest.isReading(input) else { return specification }
        var reading = specification
        (reading.level, reading.effect) = (.readOnly, .idempotent)
        return reading
    }

    package func perform(_ input: JSONValue, in context: ToolContext) async throws -> String {
        let (answer, references) = try await call.send(APIRequest(input), by: context.principal)
        return try await APIAnswer(answer, references: references).text
    }
}
