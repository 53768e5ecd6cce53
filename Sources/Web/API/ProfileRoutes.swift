import Engine
import Foundation
import Hummingbird
import Storage

/// Oneself, as one is shown and what one likes.
struct ProfileRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(.get, "/v1/users/me", .account, "Shows oneself", replies: [.object(.me)], use: me)
        Endpoint(
            .put,
            "/v1/users/me",
            .account,
            "Changes one's profile",
            about: "What is left out stays; preferences are merged.",
            body: .json(
                ProfileChange.self,
                [
                    "nickname": .length(1...50),
                    "timezone": .about("A name such as `Europe/Berlin`, or an offset such as `UTC+8:00`."),
                    "language": .about("`en` or `zh-CN`; what begins like one of them is taken as it."),
                ]
            ),
            replies: [.object(.user)],
            use: updateMe
        )
        Endpoint(
            .get,
            "/v1/users/me/preferences",
            .account,
            "Shows one's preferences",
            replies: [.object(.map)],
            use: preferences
        )
        Endpoint(
            .patch,
            "/v1/users/me/preferences",
            .account,
            "Merges into one's preferences",
            body: .json(OwnObject.self),
            replies: [.object(.map)],
            use: updatePreferences
        )
    }

    func me(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let user = try await user(identity)
        var me = user.representation
        me.set("permissions", Permission.allCases.filter(identity.principal.may).map(\.rawValue))
        return Envelope.success(me, counting: user.bare, context: context)
    }

    /// As they are now, not as they were when the request began: a change may depend on it.
    private func user(_ identity: Identity) async throws -> User {
        guard var user = try await services.store.user(identity.user.id, by: identity.principal) else {
            throw WebError.notFound
        }
        // With a key that was not made for administration nobody is an administrator.
        user.role = identity.user.role
        return user
    }

    struct ProfileChange: Decodable, Sendable {
        var nickname: String?
        var timezone: String?
        var language: String?
        var preferences: OwnObject?
    }

    func updateMe(_ input: ProfileChange, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let user = try await services.store.updateProfile(
            nickname: input.nickname,
            timezone: try timezone(input.timezone, of: identity.user),
            language: try language(input.language),
            preferences: input.preferences?.text,
            by: identity.principal
        )
        return Envelope.success(user.representation, context: context)
    }

    func preferences(_ request: Request, context: WebContext) async throws -> Response {
        let user = try await user(try context.signedIn())
        return Envelope.success(JSONPart.fields(of: user.preferences), context: context)
    }

    func updatePreferences(
        _ input: OwnObject,
        _ request: Request,
        context: WebContext
    ) async throws -> Response {
        let identity = try context.signedIn()
        let user = try await services.store.mergePreferences(input.text, by: identity.principal)
        return Envelope.success(JSONPart.fields(of: user.preferences), context: context)
    }

    /// One that was kept before anybody looked at it may be sent back.
    private func timezone(_ text: String?, of user: User) throws(WebError) -> String? {
        guard let text = text?.trimmingCharacters(in: .whitespacesAndNewlines) else { return nil }
        guard text == user.timezone || UserZone.isKnown(text) else {
            throw .invalid("timezone", "Use a name such as Europe/Berlin, or an offset such as UTC+8:00.")
        }
        return text
    }

    private func language(_ tag: String?) throws(WebError) -> String? {
        guard let tag else { return nil }
        guard let language = Language(tag: tag) else { throw .invalid("language", "Use en or zh-CN.") }
        return language.rawValue
    }
}

extension Schema {
    fileprivate static let me = user.adding("Me", [.list("permissions", of: .choice(Permission.self))])
}
