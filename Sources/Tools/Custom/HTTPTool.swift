package import Engine
import Fetch
import Foundation
import Reading

/// Makes tools of HTTP requests that people described.
package struct HTTPToolMaker: ToolMaker {
    package let type = "http"
    private let call: APICall

    package init(web: WebAccess, secrets: any ToolSecretSource) {
        call = APICall(web: web, secrets: secrets)
    }

    package func tool(_ kept: KeptTool) throws -> any Tool {
        let template = try HTTPTemplate(kept.definition)
        let fields = Set(SchemaOutline(kept.specification.schema).fields.map(\.name))
        let parameters = Set((kept.definition["parameters"]?["properties"]?.object ?? [:]).keys)
        for place in template.places {
            let known = place.source == .input ? fields : parameters
            guard known.contains(place.name) else {
                throw ToolFailure("{{\(place.source.rawValue).\(place.name)}} is described nowhere.")
            }
        }
        return HTTPTool(specification: kept.specification, template: template, call: call)
    }
}

/// A request that its maker wrote, with what a call brings put in.
struct HTTPTool: Tool {
    private static let longestError = 4000

    let specification: ToolSpecification
    let template: HTTPTemplate
    let call: APICall

    func perform(_ input: JSONValue, in context: ToolContext) async throws -> String {
        let values = TemplateValues(input: input, parameters: context.parameters)
        let request = try APIRequest(template.request(values))
        let (answer, references) = try await call.send(request, by: context.principal)
        guard (200..<300).contains(answer.status) else {
            let told = try await APIAnswer(answer, references: references).text
            throw ToolFailure(
                String(told.prefix(Self.longestError)),
                isTransient: [408, 429, 502, 503, 504].contains(answer.status)
            )
        }
        guard let path = template.answer else { return try await APIAnswer(answer, references: references).text }
        guard let value = try? JSONValue(parsing: String(decoding: answer.body, as: UTF8.self)) else {
            let told = try await APIAnswer(answer, references: references).text
            throw ToolFailure("The answer is no JSON: \(told.prefix(500))")
        }
        guard let found = path.value(in: value) else {
            throw ToolFailure("The answer has nothing at that place: \(references.redacted(value.text).prefix(500))")
        }
        return references.redacted(found.string ?? found.text)
    }
}

/// Sends a request with the secrets that it names.
struct APICall: Sendable {
    let web: WebAccess
    let secrets: any ToolSecretSource

    /// Throws `ToolFailure`, in which no secret stands.
    func send(
        _ request: APIRequest,
        by principal: Principal
    ) async throws -> (answer: WebAccess.Answer, references: SecretReferences) {
        let known = try await secrets.toolSecrets(by: principal)
        var references = SecretReferences(known: known, address: request.address)
        try await references.open(for: request.texts) { try await secrets.value(of: $0, by: principal) }
        do {
            return (try await web.send(request.filled(by: references)), references)
        } catch let failure as ToolFailure {
            throw ToolFailure(references.redacted(failure.message), isTransient: failure.isTransient)
        }
    }
}
