import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Storage

/// What every call passes on its way to its handler and back: whether the one who asks may, how often they have, whether it was
/// asked before, whether what they know is still so.
struct EndpointDoor: Sendable {
    let endpoint: Endpoint
    let services: WebServices
    /// How the thing that is changed is read, if it is: what a change must match.
    let reading: Endpoint.Handler?

    func answer(_ request: Request, context: WebContext) async throws -> Response {
        var context = context
        context.queryNames = Set(endpoint.query.map(\.name))
        try admit(context)
        let key = endpoint.takesKey ? try request.idempotencyKey() : nil
        // Read before an answer that was given already is looked for: what is no list of tags gets none.
        let known = endpoint.mayDepend ? try request.tags(.ifMatch) : nil
        guard endpoint.isRepeatable, let key else { return try await checked(request, known, context) }
        let repetition = Repetition(endpoint, key: key, services: services)
        return try await repetition.answer(request, context: context) { try await checked($0, known, $1) }
    }

    private func admit(_ context: WebContext) throws(WebError) {
        if endpoint.access == .anyone, endpoint.method == .post {
            // Whoever guesses passwords or tokens does it here.
            try services.limiter.signIn(from: context.remoteAddress)
        }
        guard endpoint.access != .anyone else { return }
        let identity = try context.signedIn()
        if let key = identity.key, !endpoint.uses.contains(where: key.opens) {
            throw WebError(.forbidden, "This key was not made for this.")
        }
        switch endpoint.access {
        case .anyone, .signedIn: break
        case .inPerson: _ = try context.inPerson()
        case .superuser: _ = try context.superuser()
        case .permitted(let permission): _ = try context.permitted(permission)
        }
    }

    /// `known`: the tags that a change must match.
    private func checked(_ request: Request, _ known: String?, _ context: WebContext) async throws -> Response {
        if let known {
            guard let reading else { throw Self.unread }
            guard known != "*", let subject = try endpoint.conditional(context) else {
                try await match(known, reading, request, context)
                return try await endpoint.handler(request, context)
            }
            // First how it stands, then what its caller makes of it: what comes between is a change.
            let condition = try await services.store.condition(of: subject)
            try await match(known, reading, request, context)
            return try await Condition.$current.withValue(condition) {
                try await endpoint.handler(request, context)
            }
        }
        guard endpoint.method == .get else { return try await endpoint.handler(request, context) }
        let known = try request.tags(.ifNoneMatch)
        var response = try await tagged(endpoint.handler, request, context)
        guard let tag = response.headers[.eTag], response.status == .ok else { return response }
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "private, no-cache" }
        guard let known, EntityTag.matches(tag, in: known) else { return response }
        response.headers[.contentType] = nil
        return Response(status: .notModified, headers: response.headers)
    }

    /// Throws unless the thing is as its caller last saw it.
    private func match(
        _ known: String,
        _ reading: Endpoint.Handler,
        _ request: Request,
        _ context: WebContext
    ) async throws {
        let now = try await tagged(reading, request, context).headers[.eTag]
        guard let now, EntityTag.matchesUnchanged(now, in: known) else {
            throw Self.changed
        }
    }

    private static let unread = WebError(
        .badRequest,
        "Nothing is read at this address that a change could depend on. Send it without If-Match."
    )
    private static let changed = WebError(.preconditionFailed, "It has changed since you read it. Read it again.")

    private func tagged(
        _ handler: Endpoint.Handler,
        _ request: Request,
        _ context: WebContext
    ) async throws -> Response {
        var context = context
        context.isTagged = true
        return try await handler(request, context)
    }
}

extension Request {
    /// The entity tags in a header; nil without it.
    fileprivate func tags(_ name: HTTPField.Name) throws(WebError) -> String? {
        guard let list = headers[name] else { return nil }
        guard (1...1000).contains(list.utf8.count) else {
            throw WebError(.badRequest, "\(name.rawName) has 1 to 1000 characters.")
        }
        return list
    }
}

extension Endpoint {
    /// Whether an `Idempotency-Key` is the door's business: of what begins a run the key stands with the run.
    var isRepeatable: Bool { takesKey && key == .door }

    /// Whether it is done once for an `Idempotency-Key`, by whoever sees to it.
    var takesKey: Bool { method == .post && key != .nobody }

    /// Any of these lets a key in.
    fileprivate var uses: [APIKey.Use] {
        if access.isAdministrative { return [.administer] }
        if isForOpenAI { return [.call] }
        if isForMCP { return [.mcp] }
        let own: APIKey.Use = method == .get ? .look : .change
        switch tag.chat {
        case .all: return [own, .chat]
        case .reading: return method == .get ? [own, .chat] : [own]
        case .none: return [own]
        }
    }
}

extension EndpointTag {
    /// What a key for chatting opens.
    enum Chat { case all, reading, none }

    var chat: Chat {
        switch self {
        case .conversations, .messages, .runs, .approvals, .files: .all
        case .agents, .models: .reading
        default: .none
        }
    }
}
