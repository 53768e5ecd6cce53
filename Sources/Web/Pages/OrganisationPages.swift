import Engine
import Foundation
import Hummingbird
import Storage

/// One's organisations: making, entering, joining and leaving them, their members and the links to join by. Administrators of the
/// instance see all of them.
struct OrganisationPages: Sendable {
    private static let size = 20

    let desk: Desk

    func list(_ request: Request, context: WebContext) async throws -> Response {
        try await listPage(request, context: context)
    }

    func create(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let voice = try desk.voice(context)
        let name = try await request.decodeForm().trimmed("name")
        var errors = FormErrors()
        do {
            let made = try await desk.store.createOrganisation(
                name: name,
                by: identity.principal,
                address: context.remoteAddress
            )
            return .redirect(to: "/organisations/\(made.id.text)", done: .saved)
        } catch let error as StorageError {
            try errors.add(error, voice: voice, words: ["name": "organisations.nameWrong"])
        }
        return try await listPage(request, context: context, name: name, errors: errors)
    }

    /// From now on this browser works in another organisation.
    func enter(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let id = try context.identifier("id")
        guard let session = identity.session,
            try await desk.store.moveSession(session.id, to: id, by: identity.principal)
        else { throw WebError.notFound }
        return .redirect(to: "/organisations", done: .entered)
    }

    func show(_ request: Request, context: WebContext) async throws -> Response {
        try await page(request, context: context)
    }

    func rename(_ request: Request, context: WebContext) async throws -> Response {
        let name = try await request.decodeForm().trimmed("name")
        return try await change(request, context: context, name: name) { identity, id in
            try await desk.store.renameOrganisation(
                id,
                to: name,
                by: identity.principal,
                address: context.remoteAddress
            ) != nil
        }
    }

    func changeMember(_ request: Request, context: WebContext) async throws -> Response {
        guard let role = OrganisationRole(rawValue: try await request.decodeForm()["role"]) else {
            throw WebError(.badRequest, "No such role.")
        }
        let user = try context.identifier("user")
        return try await change(request, context: context) { identity, id in
            try await desk.store.changeMember(
                user,
                to: role,
                in: id,
                by: identity.principal,
                address: context.remoteAddress
            )
        }
    }

    func askToRemove(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let (id, user) = (try context.identifier("id"), try context.identifier("user"))
        guard let found = try await desk.store.organisation(id, by: identity.principal),
            let member = try await desk.store.members(of: id, by: identity.principal)?.first(where: {
                $0.userID == user
            })
        else { throw WebError.notFound }
        let voice = try desk.voice(context)
        let isLeaving = user == identity.user.id
        let words = voice.words
        let values = ["name": member.nickname, "organisation": found.name]
        let view = ConfirmationView(
            page: desk.frame(found.name, request: request, context: context, voice: voice),
            question: words(isLeaving ? "organisations.leaveQuestion" : "organisations.removeQuestion", values),
            text: words[isLeaving ? "organisations.leaveText" : "organisations.removeText"],
            verb: words[isLeaving ? "organisations.leave" : "organisations.remove"],
            action: "/organisations/\(id.text)/members/\(user.text)/removal",
            back: "/organisations/\(id.text)"
        )
        return try desk.page(view, context: context)
    }

    func removeMember(_ request: Request, context: WebContext) async throws -> Response {
        let user = try context.identifier("user")
        let isLeaving = try context.signedIn().user.id == user
        let back = isLeaving ? "/organisations" : nil
        return try await change(request, context: context, back: back) { identity, id in
            try await desk.store.removeMember(
                user,
                from: id,
                by: identity.principal,
                address: context.remoteAddress
            )
        }
    }

    /// The page shows the link this one time.
    func invite(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let form = try await request.decodeForm()
        let voice = try desk.voice(context)
        var draft = OrganisationView.Draft(
            role: OrganisationRole(rawValue: form["role"]) ?? .member,
            email: form.trimmed("email"),
            uses: form.trimmed("uses")
        )
        do {
            let made = try await desk.store.invite(
                to: context.identifier("id"),
                as: draft.role,
                email: draft.email.isEmpty ? nil : draft.email,
                uses: Int(draft.uses) ?? 0,
                days: 7,
                by: identity.principal,
                address: context.remoteAddress
            )
            guard let made else { throw WebError.notFound }
            let url = LinkPlace(base: desk.services.base(request)).joining(made.token)
            return try await page(request, context: context, link: url)
        } catch let error as StorageError where error.code != .forbidden {
            try draft.errors.add(
                error,
                voice: voice,
                words: ["email": "form.emailWrong", "uses": "organisations.usesWrong"]
            )
        }
        return try await page(request, context: context, draft: draft)
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

    /// All of them, for administrators of the instance.
    func all(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.permitted(.organizationRead)
        let voice = try desk.voice(context)
        let query = String(request.query("q").prefix(200)).trimmingCharacters(in: .whitespacesAndNewlines)
        let number = min(max(1, Int(request.query("page")) ?? 1), 1_000_000)
        let page = Page(number: number, size: Self.size)
        let found = try await desk.store.allOrganisations(search: query, page: page, by: identity.principal)
        let view = AllOrganisationsView(
            page: desk.frame(
                voice.words["organisations.title"],
                .admin,
                request: request,
                context: context,
                voice: voice
            ),
            query: query,
            found: found ?? Paged(items: [], page: page, total: 0),
            voice: voice
        )
        return try desk.page(view, context: context)
    }
}

extension OrganisationPages {
    /// Does one thing and shows the organisation again: with a word of thanks, or with what stood in the way.
    private func change(
        _ request: Request,
        context: WebContext,
        name: String? = nil,
        back: String? = nil,
        _ act: (Identity, UUID) async throws -> Bool
    ) async throws -> Response {
        let identity = try context.signedIn()
        let id = try context.identifier("id")
        do {
            guard try await act(identity, id) else { throw WebError.notFound }
            return .redirect(to: back ?? "/organisations/\(id.text)", done: .saved)
        } catch let error as StorageError {
            let words = try desk.voice(context).words
            switch error.code {
            case .conflict("role"):
                return try await page(request, context: context, refusal: words["organisations.lastOwner"])
            case .invalid("name"):
                return try await page(request, context: context, name: name, refusal: words["organisations.nameWrong"])
            default: throw error
            }
        }
    }

    private func listPage(
        _ request: Request,
        context: WebContext,
        name: String = "",
        errors: FormErrors = FormErrors()
    ) async throws -> Response {
        let identity = try context.signedIn()
        let voice = try desk.voice(context)
        let view = OrganisationsView(
            page: desk.frame(voice.words["organisations.title"], request: request, context: context, voice: voice),
            organisations: try await desk.store.organisations(by: identity.principal),
            current: identity.principal.organisationID,
            name: name,
            errors: errors,
            voice: voice
        )
        return try desk.page(view, context: context, status: errors.isEmpty ? .ok : .unprocessableContent)
    }

    private func page(
        _ request: Request,
        context: WebContext,
        name: String? = nil,
        link: String? = nil,
        draft: OrganisationView.Draft = .init(),
        refusal: String? = nil
    ) async throws -> Response {
        let identity = try context.signedIn()
        let id = try context.identifier("id")
        let principal = identity.principal
        guard let found = try await desk.store.organisation(id, by: principal) else { throw WebError.notFound }
        let rights = OrganisationView.Rights(found, principal)
        let invitations = rights.mayInvite ? try await desk.store.invitations(to: id, by: principal) : nil
        let voice = try desk.voice(context)
        let view = OrganisationView(
            page: desk.frame(found.name, request: request, context: context, voice: voice),
            organisation: found,
            name: name,
            members: try await desk.store.members(of: id, by: principal) ?? [],
            invitations: invitations ?? [],
            asker: identity.user.id,
            rights: rights,
            link: link,
            draft: draft,
            refusal: refusal,
            voice: voice
        )
        let isFine = refusal == nil && draft.errors.isEmpty
        return try desk.page(view, context: context, status: isFine ? .ok : .unprocessableContent)
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
