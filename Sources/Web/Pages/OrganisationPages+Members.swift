import Engine
import Foundation
import Hummingbird
import Storage

// Changing what members are, and taking them out.
extension OrganisationPages {
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
            try await desk.services.removeMember(
                user,
                from: id,
                by: identity.principal,
                address: context.remoteAddress
            )
        }
    }
}
