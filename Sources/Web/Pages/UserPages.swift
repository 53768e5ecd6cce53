import Engine
import Foundation
import Hummingbird
import Storage

/// For administrators: one account, and making another.
struct UserPages: Sendable {
    let desk: Desk

    func new(_ request: Request, context: WebContext) async throws -> Response {
        try await newPage(request, context: context, draft: .init())
    }

    func create(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.permitted(.userCreate)
        let voice = try desk.voice(context)
        let form = try await request.decodeForm()
        var draft = UserNewView.Draft(form)
        do {
            let user = try await desk.store.createUser(
                email: draft.email,
                nickname: draft.nickname,
                language: draft.language.rawValue,
                role: draft.role,
                password: nil,
                organisation: draft.organisation,
                by: identity.principal,
                address: context.remoteAddress
            )
            return try await link(for: user.id, byMail: desk.services.settings.sendsMail, request, context: context)
        } catch let error as StorageError where error.code == .invalid("organization_id") {
            draft.errors.add("organisation", voice.words["users.organisationGone"])
        } catch let error as StorageError where error.code != .forbidden {
            try draft.errors.add(error, voice: voice, words: ["email": "users.emailWrong"])
        }
        return try await newPage(request, context: context, draft: draft)
    }

    func show(_ request: Request, context: WebContext) async throws -> Response {
        _ = try context.permitted(.userRead)
        return try await page(context.identifier("id"), request, context: context)
    }

    func save(_ request: Request, context: WebContext) async throws -> Response {
        _ = try context.permitted(.userUpdate)
        let form = try await request.decodeForm()
        let draft = UserView.Draft(
            nickname: form.trimmed("nickname"),
            email: form.trimmed("email"),
            role: form.has("role") ? AccountRole(rawValue: form["role"]) : nil
        )
        let change = UserChange(nickname: draft.nickname, email: draft.email, role: draft.role)
        return try await perform(change, draft: draft, request, context: context)
    }

    /// Approves, switches on or off, or brings back.
    func setStatus(_ request: Request, context: WebContext) async throws -> Response {
        _ = try context.permitted(.userUpdate)
        guard let status = UserStatus(rawValue: try await request.decodeForm()["status"]),
            [.active, .disabled].contains(status)
        else { throw WebError(.badRequest, "No such state.") }
        return try await perform(UserChange(status: status), request, context: context)
    }

    func addToOrganisation(_ request: Request, context: WebContext) async throws -> Response {
        _ = try context.permitted(.memberInvite)
        let (id, form) = (try context.identifier("id"), try await request.decodeForm())
        guard let organisation = UUID(uuidString: form["organisation"]),
            let role = OrganisationRole(rawValue: form["member_role"]),
            try await desk.store.addMember(
                id,
                as: role,
                to: organisation,
                by: try context.signedIn().principal,
                address: context.remoteAddress
            )
        else { throw WebError.notFound }
        return .redirect(to: "/admin/users/\(id.text)", done: .saved, anchor: "organisations")
    }

    func askToDelete(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.permitted(.userDelete)
        let words = try desk.voice(context).words
        let found = try await desk.store.user(context.identifier("id"), by: identity.principal)
        guard let user = found else { throw WebError.notFound }
        let address = "/admin/users/\(user.id.text)"
        return try desk.askToDelete(
            words("users.deleteQuestion", ["name": user.nickname]),
            text: words["users.deleteText"],
            .admin,
            action: address + "/deletion",
            back: address,
            request: request,
            context: context
        )
    }

    func delete(_ request: Request, context: WebContext) async throws -> Response {
        _ = try context.permitted(.userDelete)
        return try await perform(UserChange(status: .deleted), request, context: context)
    }

    /// A link for a new password: shown this one time, or sent.
    func handOut(_ request: Request, context: WebContext) async throws -> Response {
        _ = try context.permitted(.userUpdate)
        let byMail = try await request.decodeForm().has("mail")
        return try await link(for: context.identifier("id"), byMail: byMail, request, context: context)
    }

    func endSession(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.permitted(.userUpdate)
        let id = try context.identifier("id")
        let isEnded = try await desk.store.endSignIn(
            context.identifier("session"),
            of: id,
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isEnded else { throw WebError.notFound }
        return .redirect(to: "/admin/users/\(id.text)", done: .sessionEnded, anchor: "sessions")
    }

    func endSessions(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.permitted(.userUpdate)
        let id = try context.identifier("id")
        let ended = try await desk.store.endSignIns(
            of: id,
            keeping: nil,
            by: identity.principal,
            address: context.remoteAddress
        )
        guard ended != nil else { throw WebError.notFound }
        return .redirect(to: "/admin/users/\(id.text)", done: .sessionsEnded, anchor: "sessions")
    }

    func revokeKey(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.permitted(.userUpdate)
        let id = try context.identifier("id")
        let isRevoked = try await desk.store.revokeAPIKey(
            context.identifier("key"),
            of: id,
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isRevoked else { throw WebError.notFound }
        return .redirect(to: "/admin/users/\(id.text)", done: .deleted, anchor: "keys")
    }

    /// The shared organisations that the asker may add people to, as many as a choice can show.
    private func openOrganisations(_ principal: Principal) async throws -> [OrganisationChoice] {
        guard principal.may(.memberInvite) else { return [] }
        return try await desk.store.organisationsToChoose(by: principal)
    }

    private func link(
        for id: UUID,
        byMail: Bool,
        _ request: Request,
        context: WebContext
    ) async throws -> Response {
        let made = try await desk.services.passwordLink(
            user: id,
            byMail: byMail,
            by: try context.signedIn().principal,
            request: request,
            context: context
        )
        guard let made else { throw WebError.notFound }
        guard made.url != nil else { return .redirect(to: "/admin/users/\(id.text)", done: .linkMailed) }
        return try await page(id, request, context: context, link: made)
    }

    private func perform(
        _ change: UserChange,
        draft: UserView.Draft? = nil,
        _ request: Request,
        context: WebContext
    ) async throws -> Response {
        let identity = try context.signedIn()
        let id = try context.identifier("id")
        var errors = FormErrors()
        var refusal: String?
        do {
            let changed = try await desk.services.changeUser(
                id,
                change,
                by: identity.principal,
                address: context.remoteAddress
            )
            guard changed != nil else { throw WebError.notFound }
            return .redirect(to: "/admin/users/\(id.text)", done: change.status == .deleted ? .accountDeleted : .saved)
        } catch let error as StorageError {
            let voice = try desk.voice(context)
            switch error.code {
            case .conflict("email"), .invalid("email"): errors.add("email", voice.words["users.emailWrong"])
            case .invalid("nickname"): errors.add("nickname", voice.words["users.nameWrong"])
            case .conflict, .forbidden: refusal = voice.notAccepted(error.message)
            default: throw error
            }
        }
        return try await page(id, request, context: context, draft: draft, errors: errors, refusal: refusal)
    }

    private func newPage(_ request: Request, context: WebContext, draft: UserNewView.Draft) async throws -> Response {
        let identity = try context.permitted(.userCreate)
        let voice = try desk.voice(context)
        let view = UserNewView(
            page: desk.frame(voice.words["users.new"], .admin, request: request, context: context, voice: voice),
            draft: draft,
            mayChooseRole: identity.principal.may(.userRole),
            organisations: try await openOrganisations(identity.principal),
            sendsMail: desk.services.settings.sendsMail,
            voice: voice
        )
        return try desk.page(view, context: context, status: draft.errors.isEmpty ? .ok : .unprocessableContent)
    }

    private func page(
        _ id: UUID,
        _ request: Request,
        context: WebContext,
        link: HandedOutLink? = nil,
        draft: UserView.Draft? = nil,
        errors: FormErrors = FormErrors(),
        refusal: String? = nil
    ) async throws -> Response {
        let identity = try context.permitted(.userRead)
        let (store, principal) = (desk.store, identity.principal)
        guard let user = try await store.user(id, by: principal) else { throw WebError.notFound }
        let voice = try desk.voice(context)
        let memberships = try await store.organisations(of: id, by: principal)
        let others = try await openOrganisations(principal).filter { one in !memberships.contains { $0.id == one.id } }
        let view = UserView(
            page: desk.frame(user.nickname, .admin, request: request, context: context, voice: voice),
            user: user,
            facts: .init(
                signIns: try await store.signIns(of: id, by: principal) ?? [],
                keys: try await store.apiKeys(of: id, by: principal) ?? [],
                cost: try await store.recentCosts(of: [id], by: principal)[id],
                organisations: memberships,
                others: others
            ),
            rights: .init(
                principal,
                over: user,
                isRuled: try await store.mayRule(user, by: principal),
                sendsMail: desk.services.settings.sendsMail
            ),
            link: link,
            draft: draft,
            errors: errors,
            refusal: refusal,
            voice: voice
        )
        let isFine = errors.isEmpty && refusal == nil
        return try desk.page(view, context: context, status: isFine ? .ok : .unprocessableContent)
    }
}
