import Engine
import Foundation
import Hummingbird
import Storage

/// `/v1/tools/{id}/versions`: what a tool that somebody made was, and the way back to it.
struct ToolVersionRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .get,
            "/v1/tools/{id}/versions",
            .tools,
            "Lists the versions of a tool",
            replies: [.list(.toolVersion)],
            use: list
        )
        Endpoint(
            .get,
            "/v1/tools/{id}/versions/{version}",
            .tools,
            "Shows a version of a tool",
            about: "With the fields in which it differs from what the tool is now.",
            parameters: ["version": .integer(1...1_000_000)],
            replies: [.object(.wholeToolVersion)],
            use: show
        )
        Endpoint(
            .post,
            "/v1/tools/{id}/versions/{version}/restoration",
            .tools,
            "Goes back to a version of a tool",
            about: "As a new version; nothing is overwritten. `If-Match` takes the `ETag` of the tool.",
            changing: "/v1/tools/{id}",
            parameters: ["version": .integer(1...1_000_000)],
            replies: [.object(.tool)],
            errors: [.conflict],
            use: restore
        )
    }

    func list(_ request: Request, context: WebContext) async throws -> Response {
        let (principal, tool) = try await known(context)
        let versions = try await services.store.toolVersions(of: tool.id, by: principal)
        return Envelope.list(versions.map { version in version.described(version.draft.describe) }, context: context)
    }

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let (principal, tool) = try await known(context)
        guard let present = tool.draft,
            let version = try await services.store.toolVersion(context.version(), of: tool.id, by: principal)
        else { throw WebError.notFound }
        let answer = version.described {
            version.draft.describe(&$0)
            $0.set("differs_in", version.draft.differs(from: present))
        }
        return Envelope.success(answer, context: context)
    }

    func restore(_ request: Request, context: WebContext) async throws -> Response {
        let (principal, tool) = try await known(context)
        guard try await services.store.mayChange(tool, by: principal) else { throw WebError.notFound }
        let restored = try await services.store.restoreTool(
            tool.id,
            version: context.version(),
            by: principal,
            address: context.remoteAddress
        )
        guard let restored else { throw WebError.notFound }
        return Envelope.success(restored.representation([]), context: context)
    }

    private func known(_ context: WebContext) async throws -> (Principal, ToolRecord) {
        let principal = try context.signedIn().principal
        guard let tool = try await services.store.tool(context.identifier("id"), by: principal) else {
            throw WebError.notFound
        }
        return (principal, tool)
    }
}

extension ToolDraft {
    fileprivate func describe(_ json: inout JSONObject) {
        json.set("name", name)
        json.set("description", description)
        json.raw("schema", schema)
        json.set("security_level", level?.rawValue)
        json.set("effect", effect?.rawValue)
        json.set("time_limit", timeLimit)
        json.raw("definition", definition)
    }
}

extension Schema {
    fileprivate static let toolVersion = version(
        "ToolVersion",
        [
            .text("name"), .text("description"), .field("schema", .map),
            .field("security_level", .choice(ToolLevel.self).orNull),
            .field("effect", .choice(ToolEffect.self).orNull), .integer("time_limit", "Seconds."),
            .field("definition", .map),
        ]
    )
    fileprivate static let wholeToolVersion = toolVersion.adding("WholeToolVersion", [.list("differs_in")])
}
