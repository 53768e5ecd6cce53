import Engine
import Foundation
import Hummingbird
import Storage

/// Links by which people join organisations.
struct InvitationRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .get,
            "/v1/organizations/{id}/invitations",
            .organisations,
            "Lists links to join by",
            replies: [.list(.invitation)],
            errors: [.conflict],
            use: invitations
        )
        Endpoint(
            .post,
            "/v1/organizations/{id}/invitations",
            .organisations,
            "Makes a link to join by",
            about:
                "All fields are optional. The link is in this answer and nowhere else; with `send` it goes by mail to `email` instead.",
            access: .inPerson,
            body: .json(
                NewInvitation.self,
                [
                    "role": .choice("admin", "member"), "email": .length(3...255), "uses": .range(1...100),
                    "expires_in_days": .range(1...90),
                ]
            ),
            replies: [.object(.newInvitation, .created)],
            use: invite
        )
        Endpoint(
            .delete,
            "/v1/organizations/{id}/invitations/{invitation}",
            .organisations,
            "Withdraws a link",
            access: .inPerson,
            errors: [.conflict],
            use: withdraw
        )
        Endpoint(
            .post,
            "/v1/invitations/acceptance",
            .organisations,
            "Joins by a link",
            access: .inPerson,
            body: .json(LinkToken.self),
            replies: [.object(.organisation)],
            use: join
        )
    }

    struct LinkToken: Decodable, Sendable { var token: String }

    struct NewInvitation: Decodable, Sendable {
        var send: Bool?
        var role: String?
        var email: String?
        var uses: Int?
        var expiresInDays: Int?
    }

    func invitations(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let found = try await services.store.invitations(to: context.identifier("id"), by: identity.principal)
        guard let found else { throw WebError.notFound }
        return Envelope.list(found.map(\.representation), context: context)
    }

    /// `{"role", "email", "uses", "expires_in_days"}`, all of them optional. The link is in this answer and nowhere else.
    func invite(_ input: NewInvitation, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.inPerson()
        guard let role = OrganisationRole(rawValue: input.role ?? "member") else {
            throw WebError.invalid("role", "Use admin or member.")
        }
        let isMailed = input.send ?? false
        guard !isMailed || services.settings.sendsMail else { throw WebError.noMail }
        let made = try await services.store.invite(
            to: context.identifier("id"),
            as: role,
            email: input.email,
            uses: input.uses ?? 1,
            days: input.expiresInDays ?? 7,
            mailIn: isMailed ? context.language.rawValue : nil,
            by: identity.principal,
            address: context.remoteAddress
        )
        guard let made else { throw WebError.notFound }
        var answer = made.invitation.representation
        answer.set("url", isMailed ? nil : LinkPlace(base: services.base(request)).joining(made.token))
        answer.set("is_mailed", isMailed)
        return Envelope.success(answer, status: .created, context: context)
    }

    func withdraw(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.inPerson()
        let isGone = try await services.store.withdrawInvitation(
            context.identifier("invitation"),
            to: context.identifier("id"),
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isGone else { throw WebError.notFound }
        return Envelope.noContent(context: context)
    }

    /// `{"token"}` of a link: the answer is the organisation that one belongs to now.
    func join(_ input: LinkToken, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.inPerson()
        let result = try await services.store.join(
            with: Secret(input.token),
            by: identity.principal,
            address: context.remoteAddress
        )
        switch result {
        case .gone: throw WebError.usedLink
        case .notYours: throw WebError(.forbidden, "This invitation is for another e-mail address.")
        case .joined(let id):
            guard let joined = try await services.store.organisation(id, by: identity.principal) else {
                throw WebError.notFound
            }
            return Envelope.success(joined.representation, context: context)
        }
    }
}

extension OrganisationInvitation {
    fileprivate var representation: JSONObject {
        JSONObject {
            $0.set("invitation_id", id)
            $0.set("role", role.rawValue)
            $0.set("email", email)
            $0.set("uses_left", usesLeft)
            $0.set("created_at", createdAt)
            $0.set("expires_at", expiresAt)
        }
    }
}

extension Schema {
    fileprivate static let invitation = object(
        "Invitation",
        [
            .uuid("invitation_id"), .field("role", .choice("admin", "member")), .text("email").orNull,
            .integer("uses_left"), .date("created_at"), .date("expires_at"),
        ]
    )
    fileprivate static let newInvitation = invitation.adding(
        "NewInvitation",
        [.text("url", "The link itself; null when it is sent by mail.").orNull, .flag("is_mailed")]
    )
}
