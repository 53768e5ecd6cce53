import Engine
import Foundation
import Hummingbird
import Storage

/// `/v1/organizations`: one's own, and their members with roles. Which one a request works in says its
/// `X-Organization-Id`; without it, the person's own.
struct OrganisationRoutes: Sendable {
    private static let isAll = QueryParameter<Bool>.flag("all", "Everybody's: needs `organization:read`.")
    private static let search = QueryParameter<String>.text("search", "With `all`: a part of the name.")

    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .get,
            "/v1/organizations",
            .organisations,
            "Lists organisations",
            about: "One's own; with `all` everybody's.",
            query: [Self.isAll.field, Self.search.field] + QueryField.page,
            replies: [.page(.organisation)],
            use: list
        )
        Endpoint(
            .post,
            "/v1/organizations",
            .organisations,
            "Makes an organisation",
            about: "The one who makes it owns it.",
            access: .inPerson,
            body: .json(Naming.self, ["name": .length(1...100)]),
            replies: [.object(.organisation, .created)],
            use: create
        )
        Endpoint(
            .get,
            "/v1/organizations/{id}",
            .organisations,
            "Shows an organisation",
            replies: [.object(.organisation)],
            use: show
        )
        Endpoint(
            .patch,
            "/v1/organizations/{id}",
            .organisations,
            "Renames an organisation",
            access: .inPerson,
            body: .json(Naming.self, ["name": .length(1...100)]),
            replies: [.object(.organisation)],
            use: update
        )
        Endpoint(
            .get,
            "/v1/organizations/{id}/members",
            .organisations,
            "Lists members",
            replies: [.list(.member)],
            use: members
        )
        Endpoint(
            .post,
            "/v1/organizations/{id}/members",
            .organisations,
            "Takes somebody in",
            about:
                "Without asking them: for administrators of the instance. Who is a member already stays what they are.",
            access: .permitted(.memberInvite),
            body: .json(NewMember.self, ["role": .schema(.choice(OrganisationRole.self))]),
            errors: [.conflict],
            use: add
        )
        Endpoint(
            .get,
            "/v1/organizations/{id}/members/{user}",
            .organisations,
            "Shows a member",
            replies: [.object(.member)],
            use: member
        )
        Endpoint(
            .patch,
            "/v1/organizations/{id}/members/{user}",
            .organisations,
            "Gives a member another role",
            about: "Owners are made and unmade by owners. The last one stays.",
            access: .inPerson,
            body: .json(MemberChange.self, ["role": .schema(.choice(OrganisationRole.self))]),
            errors: [.conflict],
            use: changeMember
        )
        Endpoint(
            .delete,
            "/v1/organizations/{id}/members/{user}",
            .organisations,
            "Takes a member out",
            about: "Oneself: leaves. The last owner stays.",
            access: .inPerson,
            errors: [.conflict],
            use: removeMember
        )
    }

    struct Naming: Decodable, Sendable { var name: String }

    struct NewMember: Decodable, Sendable {
        var userId: UUID
        var role: String?
    }

    struct MemberChange: Decodable, Sendable { var role: String }

    /// One's own; with `all=true` everybody's, for those with `organization:read`, by pages and `search`.
    func list(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let page = try context.page(of: request)
        guard try context.query(Self.isAll, of: request) == true else {
            let own = try await services.store.organisations(by: identity.principal).map(\.representation)
            let shown = own.dropFirst((page.number - 1) * page.size).prefix(page.size)
            return Envelope.page(Array(shown), page, total: own.count, context: context)
        }
        _ = try context.permitted(.organizationRead)
        let found = try await services.store.allOrganisations(
            search: context.query(Self.search, of: request),
            page: page,
            by: identity.principal
        )
        return Envelope.page(
            (found?.items ?? []).map(\.representation),
            page,
            total: found?.total ?? 0,
            context: context
        )
    }

    func create(_ input: Naming, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.inPerson()
        let made = try await services.store.createOrganisation(
            name: input.name,
            by: identity.principal,
            address: context.remoteAddress
        )
        return Envelope.success(made.representation, status: .created, context: context)
    }

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let found = try await services.store.organisation(context.identifier("id"), by: identity.principal)
        guard let found else { throw WebError.notFound }
        return Envelope.success(found.representation, context: context)
    }

    func update(_ input: Naming, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.inPerson()
        let changed = try await services.store.renameOrganisation(
            context.identifier("id"),
            to: input.name,
            by: identity.principal,
            address: context.remoteAddress
        )
        guard let changed else { throw WebError.notFound }
        return Envelope.success(changed.representation, context: context)
    }

    func members(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let found = try await services.store.members(of: context.identifier("id"), by: identity.principal)
        guard let found else { throw WebError.notFound }
        return Envelope.list(found.map(\.representation), context: context)
    }

    func add(_ input: NewMember, _ request: Request, context: WebContext) async throws -> Response {
        guard let role = OrganisationRole(rawValue: input.role ?? "member") else {
            throw WebError.invalid("role", "Use owner, admin or member.")
        }
        let isAdded = try await services.store.addMember(
            input.userId,
            as: role,
            to: context.identifier("id"),
            by: try context.permitted(.memberInvite).principal,
            address: context.remoteAddress
        )
        guard isAdded else { throw WebError.notFound }
        return Envelope.noContent(context: context)
    }

    func member(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let member = try await services.store.member(
            context.identifier("user"),
            of: context.identifier("id"),
            by: identity.principal
        )
        guard let member else { throw WebError.notFound }
        return Envelope.success(member.representation, context: context)
    }

    func changeMember(_ input: MemberChange, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.inPerson()
        guard let role = OrganisationRole(rawValue: input.role) else {
            throw WebError.invalid("role", "Use owner, admin or member.")
        }
        let isChanged = try await services.store.changeMember(
            context.identifier("user"),
            to: role,
            in: context.identifier("id"),
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isChanged else { throw WebError.notFound }
        return Envelope.noContent(context: context)
    }

    /// Takes somebody out; of oneself it is leaving.
    func removeMember(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.inPerson()
        let isRemoved = try await services.removeMember(
            context.identifier("user"),
            from: context.identifier("id"),
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isRemoved else { throw WebError.notFound }
        return Envelope.noContent(context: context)
    }
}

extension Organisation {
    var representation: JSONObject {
        JSONObject {
            $0.set("organization_id", id)
            $0.set("name", name)
            $0.set("is_personal", isPersonal)
            $0.set("role", role?.rawValue)
            $0.set("member_count", memberCount)
            $0.set("created_at", createdAt)
            $0.set("deleted_at", deletedAt)
            $0.set("kept_until", keptUntil)
        }
    }
}

extension OrganisationMember {
    fileprivate var representation: JSONObject {
        JSONObject {
            $0.set("user_id", userID)
            $0.set("nickname", nickname)
            $0.set("email", email)
            $0.set("role", role.rawValue)
            $0.set("is_active", isActive)
            $0.set("joined_at", joinedAt)
        }
    }
}

extension Schema {
    static let organisation = object(
        "Organization",
        [
            .uuid("organization_id"), .text("name"), .flag("is_personal"),
            .field("role", Schema.choice(OrganisationRole.self).about("One's own there.")).orNull,
            .integer("member_count"), .date("created_at"),
            .date("deleted_at", "Only those who look after the instance see it then.").orNull,
            .date("kept_until", "Until when a deleted one can be opened again.").orNull,
        ]
    )
    fileprivate static let member = object(
        "Member",
        [
            .uuid("user_id"), .text("nickname"), .text("email"), .field("role", .choice(OrganisationRole.self)),
            .flag("is_active"), .date("joined_at"),
        ]
    )
}
