import Engine
import Foundation
import Hummingbird
import Storage

/// Closing an organisation, after a look at what goes with it, and opening it again.
struct OrganisationDeletionPages: Sendable {
    let desk: Desk

    func ask(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let id = try context.identifier("id")
        let voice = try desk.voice(context)
        guard let found = try await desk.store.organisation(id, by: identity.principal),
            let contents = try await desk.store.contents(of: id, by: identity.principal)
        else { throw WebError.notFound }
        let view = ConfirmationView(
            page: desk.frame(found.name, request: request, context: context, voice: voice),
            question: voice.words("organisations.deleteQuestion", ["name": found.name]),
            text: text(contents, voice.words),
            verb: voice.words["organisations.delete"],
            action: "/organisations/\(id.text)/deletion",
            back: "/organisations/\(id.text)"
        )
        return try desk.page(view, context: context)
    }

    func delete(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let id = try context.identifier("id")
        let isMember = try await desk.store.membership(of: identity.user.id, in: id) != nil
        let isDeleted = try await desk.services.deleteOrganisation(
            id,
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isDeleted else { throw WebError.notFound }
        return .redirect(to: isMember ? "/organisations" : "/admin/organisations", done: .deleted)
    }

    func restore(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.permitted(.systemManage)
        let id = try context.identifier("id")
        let isOpen = try await desk.store.restoreOrganisation(
            id,
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isOpen else { throw WebError.notFound }
        return .redirect(to: "/organisations/\(id.text)", done: .saved)
    }

    private func text(_ contents: OrganisationContents, _ words: Words) -> String {
        let parts = [
            words.count("organisations.count", contents.members), words.count("organisations.agents", contents.agents),
            words.count("organisations.models", contents.models),
            words.count("organisations.conversations", contents.conversations),
        ]
        return words(
            "organisations.deleteText",
            [
                "contents": parts.joined(separator: " · "),
                "keys": words.count("organisations.keysEnd", contents.keys),
                "runs": words.count("organisations.runsEnd", contents.runs),
                "days": String(Store.organisationDays),
            ]
        )
    }
}
