import Engine
import Foundation
import Hummingbird
import Storage

/// `/v1/agents/{id}/export` and `/v1/agents/import`: agents as files.
struct AgentFileRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .get,
            "/v1/agents/{id}/export",
            .agents,
            "Saves an agent as a file",
            about: "Model, tools, skills and team are in it by name; secrets are not.",
            replies: [.bare(.agentFile).with(.disposition)],
            use: export
        )
        Endpoint(
            .post,
            "/v1/agents/import",
            .agents,
            "Makes an agent of a file",
            about:
                "The body is the file. What it names and is not here is listed under 422. The agent is its importer’s own, shared with nobody.",
            query: [AgentMissing.field.field, Self.name.field],
            body: EndpointBody<OwnObject>(
                content: EndpointContent(mediaType: "application/json") { .agentFile },
                read: { request, context in try await request.decodeJSON(OwnObject.self, context: context) }
            ),
            replies: [.object(.agent, .created)],
            errors: [.conflict],
            use: open
        )
    }

    private static let name = QueryParameter<String>.text(
        "name",
        "Its name here, in the place of the file’s.",
        .text(1...100)
    )

    func export(_ request: Request, context: WebContext) async throws -> Response {
        try await services.file(ofAgent: context.identifier("id"), context: context)
    }

    func open(_ file: OwnObject, _ request: Request, context: WebContext) async throws -> Response {
        let principal = try context.signedIn().principal
        var arrival = try await services.store.arrival(of: AgentDefinition(file: file.value), by: principal)
        try arrival.check(context.query(AgentMissing.field, of: request))
        if let name = try context.query(Self.name, of: request) { arrival.draft.name = name }
        let agent = try await services.store.createAgent(arrival.draft, by: principal)
        return Envelope.success(agent.representation, status: .created, context: context)
    }
}

extension Schema {
    fileprivate static let agentFile = object(
        "AgentFile",
        [
            .choice("format", AgentDefinition.fileFormat),
            .field("version", .integer(AgentDefinition.fileVersion...AgentDefinition.fileVersion)),
            .field("agent", agentDefinition),
        ]
    )
}
