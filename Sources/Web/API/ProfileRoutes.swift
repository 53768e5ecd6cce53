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
        var me = identity.user.representation
        me.set("permissions", Permission.allCases.filter(identity.principal.may).map(\.rawValue))
        return Envelope.success(me, context: context)
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
            nickname: input.nickname ?? identity.user.nickname,
            timezone: input.timezone ?? identity.user.timezone,
            language: try language(input.language) ?? identity.user.language,
            preferences: input.preferences?.text,
            by: identity.principal
        )
        return Envelope.success(user.representation, context: context)
    }

    func preferences(_ request: Request, context: WebContext) async throws -> Response {
        let user = try context.signedIn().user
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

    private func language(_ tag: String?) throws(WebError) -> String? {
        guard let tag else { return nil }
        guard let language = Language(tag: tag) else { throw .invalid("language", "Use en or zh-CN.") }
        return language.rawValue
    }
}

extension Schema {
    fileprivate static let me = user.adding("Me", [.list("permissions", of: .choice(Permission.self))])
}
