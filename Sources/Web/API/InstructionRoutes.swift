import Engine
import Hummingbird
import Storage

/// `/v1/instructions`: what all agents are told, by the administrators and by the organisation.
struct InstructionRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .get,
            "/v1/instructions",
            .settings,
            "Shows what all agents are told",
            replies: [.object(.instructions)],
            use: show
        )
        Endpoint(
            .put,
            "/v1/instructions",
            .settings,
            "Says what all agents are told",
            about:
                "What is left out stays. The instance's is the administrators' to say, the organisation's its leaders'.",
            body: .json(InstructionChange.self),
            replies: [.object(.instructions)],
            errors: [.forbidden],
            use: set
        )
    }

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let instructions = try await services.store.instructions(by: identity.principal)
        let representation = JSONObject {
            $0.set("instance", instructions.instance)
            $0.set("organization", instructions.organisation)
        }
        return Envelope.success(representation, context: context)
    }

    struct InstructionChange: Decodable, Sendable {
        var instance: String?
        var organization: String?
    }

    /// `{"instance": …, "organization": …}`; what is left out stays. The instance's is the administrators' to say.
    func set(_ input: InstructionChange, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        try await services.setInstructions(
            instance: input.instance,
            organisation: input.organization,
            by: identity.principal,
            address: context.remoteAddress
        )
        return try await show(request, context: context)
    }
}

extension Schema {
    fileprivate static let instructions = object("Instructions", [.text("instance"), .text("organization")])
}
