import Engine
import Foundation
import Hummingbird
import Storage

/// `/v1/agents/{id}/versions`: what an agent was, and the way back to it.
struct AgentVersionRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .get,
            "/v1/agents/{id}/versions",
            .agents,
            "Lists the versions of an agent",
            about: "For its maker, the newest first; the newest two hundred are kept.",
            query: QueryField.page,
            replies: [.page(.agentVersion)],
            use: list
        )
        Endpoint(
            .get,
            "/v1/agents/{id}/versions/{version}",
            .agents,
            "Shows a version of an agent",
            about: "With all that defined it, and the fields in which it differs from what the agent is now.",
            parameters: ["version": .integer(1...1_000_000)],
            replies: [.object(.wholeAgentVersion)],
            use: show
        )
        Endpoint(
            .post,
            "/v1/agents/{id}/versions/{version}/restoration",
            .agents,
            "Goes back to a version of an agent",
            about:
                "As a new version; nothing is overwritten. What it names and is not there any more is listed under 422. `If-Match` takes the `ETag` of the agent.",
            changing: "/v1/agents/{id}",
            parameters: ["version": .integer(1...1_000_000)],
            query: [AgentMissing.field.field],
            replies: [.object(.agent)],
            errors: [.conflict, .validation],
            use: restore
        )
    }

    func list(_ request: Request, context: WebContext) async throws -> Response {
        let (principal, id) = (try context.signedIn().principal, try context.identifier("id"))
        let page = try context.page(of: request)
        guard try await services.store.agentDraft(id, by: principal) != nil else { throw WebError.notFound }
        let versions = try await services.store.agentVersions(of: id, page: page, by: principal)
        return Envelope.page(versions.items.map(\.representation), page, total: versions.total, context: context)
    }

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let (principal, id, version) = try await known(context)
        guard let present = try await services.store.agentDefinition(id, by: principal) else {
            throw WebError.notFound
        }
        let definition = version.draft.kept
        let now = present.kept
        let answer = version.described {
            $0.raw("definition", JSONValue.object(definition).text)
            $0.set("differs_in", definition.keys.sorted().filter { definition[$0] != now[$0] })
        }
        return Envelope.success(answer, context: context)
    }

    func restore(_ request: Request, context: WebContext) async throws -> Response {
        let missing = try context.query(AgentMissing.field, of: request)
        let (principal, id, version) = try await known(context)
        let arrival = try await services.store.arrival(of: version.draft, by: principal)
        try arrival.check(missing)
        let restored = try await services.store.updateAgent(
            id,
            arrival.draft,
            restoring: version.version,
            by: principal
        )
        guard let restored else { throw WebError.notFound }
        return Envelope.success(restored.representation, context: context)
    }

    private func known(_ context: WebContext) async throws -> (Principal, UUID, KeptVersion<AgentDefinition>) {
        let (principal, id) = (try context.signedIn().principal, try context.identifier("id"))
        guard let version = try await services.store.agentVersion(context.version(), of: id, by: principal) else {
            throw WebError.notFound
        }
        return (principal, id, version)
    }
}

/// What becomes of what a definition names and nobody here has.
enum AgentMissing: String, CaseIterable, Sendable {
    case refuse, skip

    static let field = QueryParameter<AgentMissing>.choice(
        "missing",
        "Whether to go on without what it names and is not here; without this it is refused, and said."
    )
}

extension AgentArrival {
    func check(_ choice: AgentMissing?) throws(WebError) {
        guard choice != .skip, !missing.isEmpty else { return }
        throw WebError(.validation, "Not everything that it names is here.", details: missing.map(\.detail))
    }
}

extension AgentDefinition {
    /// As a file has it, with what means something here alone.
    fileprivate var kept: [String: JSONValue] {
        var fields = file["agent"]?.object ?? [:]
        fields["is_shared"] = .bool(isShared)
        fields["status"] = .string(isActive ? "active" : "disabled")
        return fields
    }
}

extension KeptVersion<AgentChanges> {
    fileprivate var representation: JSONObject {
        described {
            $0.set("changes", draft.fields)
            $0.set("restored_version", draft.restored)
        }
    }
}

extension Schema {
    fileprivate static let agentVersion = version(
        "AgentVersion",
        [
            .list("changes").about("The fields that it changed; none of the first."),
            .integer("restored_version", "The earlier version that was given again.").orNull,
        ]
    )
    fileprivate static let wholeAgentVersion = version(
        "WholeAgentVersion",
        [
            .field(
                "definition",
                agentDefinition.adding(nil, [.flag("is_shared"), .choice("status", "active", "disabled")])
            ),
            .list("differs_in"),
        ]
    )

    /// What defines an agent, with what belongs to others by name.
    static let agentDefinition = object(
        "AgentDefinition",
        [
            .text("name"), .text("display_name"), .text("description").orNull, .text("instruction"),
            .field("model", .object(nil, [.text("name"), .text("provider").orNull]).orNull),
            .field("parameters", .map), .list("capabilities"), .list("team"),
            .list("tools", of: .object(nil, [.text("name"), .field("configuration", .map)])), .list("skills"),
        ]
    )
}
