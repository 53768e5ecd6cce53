import Engine
import Hummingbird
import Storage

/// The switches of language and theme that stand on every page, for people signed in or not.
struct PreferencesPage: Sendable {
    let desk: Desk

    func change(_ request: Request, context: WebContext) async throws -> Response {
        let form = try await request.decodeForm()
        let cookies = SessionCookies(secure: desk.services.settings.secureCookies)
        var response = Response.redirect(to: form["return"].asOwnPath)
        if let language = Language(rawValue: form["language"]) {
            response.setCookie(cookies.language(language))
            if let identity = context.identity { try await save(language, for: identity) }
        }
        if let theme = Theme(rawValue: form["theme"]) {
            response.setCookie(cookies.theme(theme.cookie))
            if let identity = context.identity {
                _ = try await desk.store.mergePreferences(theme.json, by: identity.principal)
            }
        }
        return response
    }

    private func save(_ language: Language, for identity: Identity) async throws {
        _ = try await desk.store.updateProfile(
            nickname: nil,
            timezone: nil,
            language: language.rawValue,
            by: identity.principal
        )
    }
}

/// The look that somebody chose.
enum Theme: String, Sendable {
    case system, light, dark

    /// The part of `users.preferences` that holds it.
    var json: String { "{\"theme\":\"\(rawValue)\"}" }

    var cookie: String { self == .system ? "" : rawValue }
}
