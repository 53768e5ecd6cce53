import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Storage

/// One's own profile, look, password and signed-in devices.
struct SettingsPage: Sendable {
    let desk: Desk

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        return try await page(request, context: context, identity: identity)
    }

    func saveProfile(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let voice = try desk.voice(context)
        let form = try await request.decodeForm()
        let theme = Theme(rawValue: form["theme"]) ?? .system
        var draft = draft(identity, context: context)
        draft.nickname = form.trimmed("nickname")
        draft.timezone = form.trimmed("timezone")
        draft.language = Language(rawValue: form["language"]) ?? context.language
        draft.theme = theme.rawValue
        var errors = FormErrors()
        if draft.nickname.isEmpty { errors.add("nickname", voice.words["form.nicknameEmpty"]) }
        if draft.nickname.count > 50 { errors.add("nickname", voice.words["form.nicknameLong"]) }
        if draft.timezone != identity.user.timezone, !UserZone.isKnown(draft.timezone) {
            errors.add("timezone", voice.words["settings.timezoneWrong"])
        }
        guard errors.isEmpty else {
            return try await page(request, context: context, identity: identity, draft: draft, profile: errors)
        }
        _ = try await desk.store.updateProfile(
            nickname: draft.nickname,
            timezone: draft.timezone,
            language: draft.language.rawValue,
            by: identity.principal
        )
        _ = try await desk.store.mergePreferences(theme.json, by: identity.principal)
        return .redirect(to: "/settings", done: .saved)
    }

    func changePassword(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let voice = try desk.voice(context)
        let form = try await request.decodeForm()
        var errors = FormErrors()
        AccountApplication.check(form["new_password"], field: "new_password", errors: &errors, voice: voice)
        if errors.isEmpty {
            do {
                let isChanged = try await desk.store.changePassword(
                    current: Secret(form["current_password"]),
                    new: Secret(form["new_password"]),
                    keepingSession: identity.session?.id,
                    by: identity.principal,
                    address: context.remoteAddress
                )
                if isChanged {
                    await desk.services.notify(.passwordChanged, identity.user)
                    return .redirect(to: "/settings", done: .password)
                }
                errors.add("current_password", voice.words["settings.passwordWrong"])
            } catch let error as StorageError {
                let words = ["new_password": "form.passwordWeak", "current_password": "settings.passwordTries"]
                try errors.add(error, voice: voice, words: words)
            }
        }
        return try await page(request, context: context, identity: identity, password: errors)
    }

    func endSession(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let isEnded = try await desk.store.endSignIn(
            context.identifier("id"),
            of: identity.user.id,
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isEnded else { throw WebError.notFound }
        return .redirect(to: "/settings", done: .sessionEnded, anchor: "sessions")
    }

    /// All but this one.
    func endOtherSessions(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        _ = try await desk.store.endSignIns(
            of: identity.user.id,
            keeping: identity.session?.id,
            by: identity.principal,
            address: context.remoteAddress
        )
        return .redirect(to: "/settings", done: .sessionsEnded, anchor: "sessions")
    }

    private func draft(_ identity: Identity, context: WebContext) -> SettingsView.Draft {
        SettingsView.Draft(
            nickname: identity.user.nickname,
            email: identity.user.email,
            timezone: identity.user.timezone,
            language: context.language,
            theme: context.theme ?? "system"
        )
    }

    /// The whole page, with what was typed into one of its forms and what is wrong with it.
    func page(
        _ request: Request,
        context: WebContext,
        identity: Identity,
        draft: SettingsView.Draft? = nil,
        profile: FormErrors = FormErrors(),
        password: FormErrors = FormErrors(),
        secrets: ToolSecretsView.Draft = .init()
    ) async throws -> Response {
        let voice = try desk.voice(context)
        let known = try await desk.store.toolSecrets(by: identity.principal)
        let sessions = try await desk.store.signIns(of: identity.user.id, by: identity.principal) ?? []
        let view = SettingsView(
            page: desk.frame(voice.words["settings.title"], request: request, context: context, voice: voice),
            draft: draft ?? self.draft(identity, context: context),
            sessions: sessions.map { SessionRow($0, isCurrent: $0.id == identity.session?.id, voice: voice) },
            secrets: ToolSecretsView(
                known,
                draft: secrets,
                mayShare: identity.principal.isSuperuser,
                voice: voice
            ),
            profileErrors: profile,
            passwordErrors: password,
            voice: voice
        )
        let isFine = profile.isEmpty && password.isEmpty && secrets.errors.isEmpty
        return try desk.page(view, context: context, status: isFine ? .ok : .unprocessableContent)
    }
}
