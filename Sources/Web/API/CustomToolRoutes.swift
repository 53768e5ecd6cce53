import Engine
import Foundation
import Hummingbird
import NIOCore
import Storage

/// `/v1/tools`: making tools, changing them, trying them out.
struct CustomToolRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .post,
            "/v1/tools",
            .tools,
            "Makes a tool",
            body: .json(Draft.self, Self.hints),
            replies: [.object(.tool, .created)],
            errors: [.forbidden, .conflict],
            use: create
        )
        Endpoint(
            .patch,
            "/v1/tools/{id}",
            .tools,
            "Changes a tool that somebody made",
            about: "What is left out stays. Every change is a version.",
            body: .json(Draft.self, Self.hints),
            replies: [.object(.tool)],
            errors: [.conflict],
            use: update
        )
        Endpoint(.delete, "/v1/tools/{id}", .tools, "Deletes a tool that somebody made", use: delete)
        Endpoint(
            .post,
            "/v1/tools/{id}/test",
            .tools,
            "Tries a tool out",
            about: "Runs it for real, with your power, and keeps nothing.",
            body: .json(Trial.self),
            replies: [.object(.toolTrial)],
            use: test
        )
        Endpoint(
            .get,
            "/v1/settings/tools",
            .settings,
            "Shows who may make tools and skills",
            replies: [.object(.making)],
            use: making
        )
        Endpoint(
            .put,
            "/v1/settings/tools",
            .settings,
            "Says who may make tools and skills",
            about: "For those who lead the organisation.",
            body: .json(Making.self),
            replies: [.object(.making)],
            errors: [.forbidden],
            use: setMaking
        )
    }

    private static let hints: [String: SchemaRecorder.Hint] = [
        "name": .length(1...64), "description": .length(1...4000), "tool_type": .choice("script", "http"),
        "security_level": .schema(.choice(ToolLevel.self)), "effect": .schema(.choice(ToolEffect.self)),
        "time_limit": .about("Seconds."), "schema": .about("A JSON Schema of what it takes."),
        "definition": .about("What it does: `language` and `code`, or `method`, `url`, `headers`, `body`."),
    ]

    struct Draft: Decodable, Sendable {
        var name: String?
        var description: String?
        var toolType: String?
        var securityLevel: String?
        var effect: String?
        var timeLimit: Int?
        var schema: OwnObject?
        var definition: OwnObject?
    }

    /// `{"name", "description", "tool_type": "script" | "http", "schema": {…}, "definition": {…}, "security_level", "effect",
    /// "time_limit"}`.
    func create(_ input: Draft, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        guard try await services.store.makesTools(identity.principal) else {
            throw WebError(.forbidden, "Those who lead the organisation have not let its members make tools.")
        }
        guard let name = input.name else { throw WebError.invalid("name", "This field is needed.") }
        guard let description = input.description else {
            throw WebError.invalid("description", "This field is needed.")
        }
        guard let definition = input.definition?.text else {
            throw WebError.invalid("definition", "This field is needed.")
        }
        let draft = ToolDraft(
            name: name,
            description: description,
            type: input.toolType ?? "script",
            schema: input.schema?.text ?? #"{"type":"object"}"#,
            level: try Self.level(input),
            effect: try Self.effect(input),
            timeLimit: input.timeLimit ?? 30,
            definition: definition
        )
        let tool = try await services.createTool(draft, by: identity.principal, address: context.remoteAddress)
        guard let tool else { throw WebError.notFound }
        return Envelope.success(tool.representation([]), status: .created, context: context)
    }

    /// What is left out stays.
    func update(_ input: Draft, _ request: Request, context: WebContext) async throws -> Response {
        let (identity, tool, earlier) = try await own(context)
        guard input.toolType == nil || input.toolType == earlier.type else {
            throw WebError.invalid("tool_type", "A tool stays what it is.")
        }
        var draft = earlier
        draft.name = input.name ?? draft.name
        draft.description = input.description ?? draft.description
        draft.schema = input.schema?.text ?? draft.schema
        draft.definition = input.definition?.text ?? draft.definition
        draft.level = try Self.level(input) ?? draft.level
        draft.effect = try Self.effect(input) ?? draft.effect
        draft.timeLimit = input.timeLimit ?? draft.timeLimit
        let changed = try await services.updateTool(
            tool,
            draft,
            by: identity.principal,
            address: context.remoteAddress
        )
        guard let changed else { throw WebError.notFound }
        return Envelope.success(changed.representation([]), context: context)
    }

    func delete(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let isDeleted = try await services.store.deleteTool(
            context.identifier("id"),
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isDeleted else { throw WebError.notFound }
        return Envelope.noContent(context: context)
    }

    struct Trial: Decodable, Sendable {
        var input: OwnObject?
        var parameters: OwnObject?
    }

    /// Runs it for real, and keeps nothing.
    func test(_ asked: Trial, _ request: Request, context: WebContext) async throws -> Response {
        let (identity, tool, draft) = try await own(context)
        let trial = try await services.tryTool(
            tool,
            draft,
            input: asked.input?.value ?? .object([:]),
            parameters: asked.parameters?.value ?? .object([:]),
            by: identity.principal,
            address: context.remoteAddress
        )
        let answer = JSONObject {
            $0.set("success", trial.error == nil)
            $0.set("result", trial.result)
            $0.set("error", trial.error)
            $0.set("execution_time", trial.seconds)
        }
        return Envelope.success(answer, context: context)
    }

    /// `{"members_may_make": bool}`.
    func making(_ request: Request, context: WebContext) async throws -> Response {
        try await making(try context.signedIn(), context)
    }

    struct Making: Decodable, Sendable { var membersMayMake: Bool }

    func setMaking(_ input: Making, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        try await services.letMembersMakeTools(
            input.membersMayMake,
            by: identity.principal,
            address: context.remoteAddress
        )
        return try await making(identity, context)
    }

    private func making(_ identity: Identity, _ context: WebContext) async throws -> Response {
        let mayMake = try await services.store.membersMakeTools(by: identity.principal)
        return Envelope.success(JSONObject { $0.set("members_may_make", mayMake) }, context: context)
    }

    private func own(_ context: WebContext) async throws -> (Identity, UUID, ToolDraft) {
        let identity = try context.signedIn()
        guard let tool = try await services.store.tool(context.identifier("id"), by: identity.principal),
            let draft = tool.draft, try await services.store.mayChange(tool, by: identity.principal)
        else { throw WebError.notFound }
        return (identity, tool.id, draft)
    }

    private static func level(_ input: Draft) throws(WebError) -> ToolLevel? {
        guard let text = input.securityLevel else { return nil }
        guard let level = ToolLevel(rawValue: text) else {
            throw .invalid("security_level", "Use read_only, safe_execute or privileged.")
        }
        return level
    }

    private static func effect(_ input: Draft) throws(WebError) -> ToolEffect? {
        guard let text = input.effect else { return nil }
        guard let effect = ToolEffect(rawValue: text) else {
            throw .invalid("effect", "Use pure, idempotent or effectful.")
        }
        return effect
    }
}

extension Schema {
    fileprivate static let making = object("Making", [.flag("members_may_make")])
    fileprivate static let toolTrial = object(
        "ToolTrial",
        [.flag("success"), .text("result").orNull, .text("error").orNull, .number("execution_time", "Seconds.")]
    )
}
