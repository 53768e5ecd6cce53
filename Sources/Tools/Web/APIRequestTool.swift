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

    private let web: WebAccess
    private let secrets: any ToolSecretSource

    package init(web: WebAccess, secrets: any ToolSecretSource) {
        self.web = web
        self.secrets = secrets
    }

    /// What only reads is no more than looking at a page.
    package func specification(for input: JSONValue) -> ToolSpecification {
        guard APIRequest.isReading(input) else { return specification }
        var reading = specification
        (reading.level, reading.effect) = (.readOnly, .idempotent)
        return reading
    }

    package func perform(_ input: JSONValue, in context: ToolContext) async throws -> String {
        let request = try APIRequest(input)
        let known = try await secrets.toolSecrets(by: context.principal)
        var references = SecretReferences(known: known, address: request.address)
        try await references.open(for: request.texts) { secret in
            try await secrets.value(of: secret, by: context.principal)
        }
        do {
            let answer = try await web.send(request.filled(by: references))
            return try await APIAnswer(answer, references: references).text
        } catch let failure as ToolFailure {
            throw ToolFailure(references.redacted(failure.message), isTransient: failure.isTransient)
        }
    }
}
