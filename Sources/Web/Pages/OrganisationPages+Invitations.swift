import Engine
import Foundation
import Hummingbird
import Storage

// Links to join by: made, withdrawn, followed.
extension OrganisationPages {
    /// The page shows the link this one time.
    func invite(_ request: Request, context: WebContext) async throws -> Response {
        let id = try context.identifier("id")
        let form = try await request.decodeForm()
        var draft = OrganisationView.Draft(form, sendsMail: desk.services.settings.sendsMail)
        do {
            let token = try await token(for: draft, to: id, context)
            if draft.isMailed {
                return .redirect(to: "/organisations/\(id.text)", done: .linkMailed, anchor: "invitations")
            }
            let url = LinkPlace(base: desk.services.base(request)).joining(token)
            return try await page(request, context: context, link: url)
        } catch let error as StorageError where error.code != .forbidden {
            let words = [
                "email": draft.isMailed ? "organisations.mailWrong" : "form.emailWrong",
                "uses": "organisations.usesWrong",
            ]
            try draft.errors.add(error, voice: desk.voice(context), words: words)
        }
        return try await page(request, context: context, draft: draft)
    }

    private func token(
        for draft: OrganisationView.Draft,
        to id: UUID,
        _ context: WebContext
    ) async throws -> Secret {
        let made = try await desk.store.invite(
            to: id,
            as: draft.role,
            email: draft.email.isEmpty ? nil : draft.email,
            uses: Int(draft.uses) ?? 0,
            days: 7,
            mailIn: draft.isMailed ? context.language.rawValue : nil,
            by: try context.signedIn().principal,
            address: context.remoteAddress
        )
        guard let made else { throw WebError.notFound }
        return made.token
    }

    func withdraw(_ request: Request, context: WebContext) async throws -> Response {
        let invitation = try context.identifier("invitation")
        return try await change(request, context: context) { identity, id in
            try await desk.store.withdrawInvitation(
                invitation,
                to: id,
                by: identity.principal,
                address: context.remoteAddress
            )
        }
    }

    /// What a link leads to; whoever is not signed in does that first, or registers.
    func offer(_ request: Request, context: WebContext) async throws -> Response {
        try await offerPage(request, context: context, token: request.query("token"))
    }

    func join(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let token = try await request.decodeForm().trimmed("token")
        let result = try await desk.store.join(
            with: Secret(token),
            by: identity.principal,
            address: context.remoteAddress
        )
        guard case .joined(let id) = result else {
            return try await offerPage(request, context: context, token: token, result: result)
        }
        if let session = identity.session {
            _ = try await desk.store.moveSession(session.id, to: id, by: identity.principal)
        }
        return .redirect(to: "/organisations/\(id.text)", done: .entered)
    }

    private func offerPage(
        _ request: Request,
        context: WebContext,
        token: String,
        result: JoinResult? = nil
    ) async throws -> Response {
        let voice = try desk.voice(context)
        let offer = token.utf8.count < 200 ? try await desk.store.offer(behind: Secret(token)) : nil
        let view = JoinView(
            page: desk.frame(voice.words["join.title"], request: request, context: context, voice: voice),
            offer: offer,
            token: token,
            email: context.identity?.user.email,
            isRefused: result == .notYours,
            canRegister: try await desk.store.registrationPolicy().mode != .closed,
            voice: voice
        )
        return try desk.page(
            view,
            context: context,
            status: offer == nil || result != nil ? .unprocessableContent : .ok
        )
    }
}

extension OrganisationView.Draft {
    fileprivate init(_ form: Form, sendsMail: Bool) {
        self.init(
            role: OrganisationRole(rawValue: form["role"]) ?? .member,
            email: form.trimmed("email"),
            uses: form.trimmed("uses"),
            isMailed: form.has("mail") && sendsMail
        )
    }
}
