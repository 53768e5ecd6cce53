import Engine
import Hummingbird
import Storage

/// `/v1/instructions`: what all agents are told, by the administrators and by the organisation.
struct InstructionRoutes: Sendable {
    let services: WebServices

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let instructions = try await services.store.instructions(by: identity.principal)
        let representation = JSONObject {
            $0.set("instance", instructions.instance)
            $0.set("organization", instructions.organisation)
        }
        return Envelope.success(representation, context: context)
    }

    /// `{"instance": …, "organization": …}`; what is left out stays. The instance's is the administrators' to say.
    func set(_ request: Request, context: WebContext) async throws -> Response {
        struct Input: Decodable {
            var instance: String?
            var organization: String?
        }
        let identity = try context.signedIn()
        let input = try await request.decodeJSON(Input.self, context: context)
        let isAllowed = try await services.store.setInstructions(
            instance: input.instance,
            organisation: input.organization,
            by: identity.principal
        )
        guard isAllowed else { throw WebError(.forbidden, "This is for those who lead the instance or organisation.") }
        return try await show(request, context: context)
    }
}
