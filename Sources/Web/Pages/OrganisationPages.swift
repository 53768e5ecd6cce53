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
        } catch let error as StorageError where error.code == .conflict("organization") {
            errors.add("name", voice.notAccepted(error.message))
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
    func change(
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

    func page(
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
        let rights = OrganisationView.Rights(found, principal, sendsMail: desk.services.settings.sendsMail)
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
}
