import Engine
import Foundation
import Hummingbird
import Storage

/// `/v1/users`: everybody's accounts, for those whose role holds the permissions that are named with each.
struct UserRoutes: Sendable {
    private static let search = QueryParameter<String>.text("search", "A part of the name or of the e-mail address.")
    private static let status = QueryParameter<UserStatus>.choice("status", "All but the deleted ones without it.")
    private static let role = QueryParameter<AccountRole>.choice("role", "What the account is.")
    private static let isActive = QueryParameter<Bool>.flag(
        "is_active",
        "As the field tells it: the active ones, or all others. With `status` both hold."
    )
    private static let organisation = QueryParameter<UUID>.identifier("organization_id", "Members of an organisation.")
    private static let sort = QueryParameter<String>.text(
        "sort",
        "With `-` before it the other way round; `-created_at` without it.",
        .choice(UserFilter.Order.allCases.flatMap { [$0.rawValue, "-" + $0.rawValue] })
    )

    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .get,
            "/v1/users",
            .users,
            "Lists accounts",
            access: .permitted(.userRead),
            query: [
                Self.search.field, Self.status.field, Self.role.field, Self.isActive.field, Self.organisation.field,
                Self.sort.field,
            ] + QueryField.page,
            replies: [.page(.user)],
            use: list
        )
        Endpoint(
            .post,
            "/v1/users",
            .users,
            "Invites somebody",
            about:
                "Without a password the person is mailed a link to choose one; where the server sends no mail, the link is in the answer. Any role but `member` needs `user:role`, and an organization needs `member:invite`.",
            access: .permitted(.userCreate),
            body: .json(
                NewUser.self,
                [
                    "email": .length(3...255), "password": .length(8...1000), "nickname": .length(1...50),
                    "role": .schema(.choice(AccountRole.self)), "language": .choice("en", "zh-CN"),
                ]
            ),
            replies: [.object(.newUser, .created)],
            errors: [.conflict],
            use: create
        )
        Endpoint(
            .get,
            "/v1/users/{id}",
            .users,
            "Shows an account",
            about: "One's own, and everybody's to those with the permission `user:read`.",
            replies: [.object(.user)],
            use: show
        )
        Endpoint(
            .put,
            "/v1/users/{id}",
            .users,
            "Changes an account",
            about:
                "What is left out stays. The status `active` approves, switches on and brings back; `disabled` switches off and signs out everywhere. A role needs `user:role`.",
            access: .permitted(.userUpdate),
            body: .json(
                AccountChange.self,
                [
                    "email": .length(3...255), "nickname": .length(1...50),
                    "role": .schema(.choice(AccountRole.self)), "status": .choice("active", "disabled"),
                ]
            ),
            replies: [.object(.user)],
            errors: [.conflict],
            use: update
        )
        Endpoint(
            .delete,
            "/v1/users/{id}",
            .users,
            "Deletes an account",
            about: "What its person made stays, and it can be brought back by a status.",
            access: .permitted(.userDelete),
            errors: [.conflict],
            use: delete
        )
        Endpoint(.get, "/v1/roles", .users, "Lists roles and what each may do", replies: [.list(.role)], use: roles)
    }

    struct NewUser: Decodable, Sendable {
        var email: String
        var nickname: String?
        var password: String?
        var role: String?
        var language: String?
        /// Needs `member:invite`.
        var organizationId: UUID?
    }

    struct AccountChange: Decodable, Sendable {
        var nickname: String?
        var email: String?
        var role: String?
        var status: String?
    }

    /// `user:read`. `search`, `status`, `role`, `is_active`, `organization_id`; `sort` with `-` before it for the other way.
    func list(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.permitted(.userRead)
        let page = try context.page(of: request)
        let found = try await services.store.users(filter(request, context), page: page, by: identity.principal)
        return Envelope.page(found.items.map(\.representation), page, total: found.total, context: context)
    }

    /// `user:read`, and everybody themselves.
    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let found = try await services.store.user(context.identifier("id"), by: identity.principal)
        guard let found else { throw WebError.notFound }
        return Envelope.success(found.representation, counting: found.bare, context: context)
    }

    /// `user:create`, and `user:role` for any role but `member`. Without a password the person is mailed a link to choose one;
    /// where no mail is sent it is in the answer, as `password_link`.
    func create(_ input: NewUser, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.permitted(.userCreate)
        let user = try await services.store.createUser(
            email: input.email,
            nickname: input.nickname,
            language: input.language ?? context.language.rawValue,
            role: try Self.role(input.role) ?? .member,
            password: input.password.map { Secret($0) },
            organisation: input.organizationId,
            by: identity.principal,
            address: context.remoteAddress
        )
        var answer = user.representation
        if input.password == nil {
            let link = try await services.passwordLink(
                user: user.id,
                byMail: services.settings.sendsMail,
                by: identity.principal,
                request: request,
                context: context
            )
            if let link { answer.set("password_link", link.representation) }
        }
        return Envelope.success(answer, status: .created, context: context)
    }

    /// `user:update`; `user:role` for a role. `{"status": "active"}` approves, switches on again and brings back what was
    /// deleted, `"disabled"` switches off.
    func update(_ input: AccountChange, _ request: Request, context: WebContext) async throws -> Response {
        let status = try input.status.map { text throws(WebError) in
            guard let status = UserStatus(rawValue: text), [.active, .disabled].contains(status) else {
                throw .invalid("status", "Use active or disabled.")
            }
            return status
        }
        let change = UserChange(
            nickname: input.nickname,
            email: input.email,
            role: try Self.role(input.role),
            status: status
        )
        return Envelope.success(try await self.change(change, context: context).representation, context: context)
    }

    /// `user:delete`. The row stays, and can be brought back by `PUT` with a status.
    func delete(_ request: Request, context: WebContext) async throws -> Response {
        _ = try context.permitted(.userDelete)
        _ = try await change(UserChange(status: .deleted), context: context)
        return Envelope.noContent(context: context)
    }

    /// What there is to be, and what each may do.
    func roles(_ request: Request, context: WebContext) async throws -> Response {
        _ = try context.signedIn()
        let roles = AccountRole.allCases.map { role in
            JSONObject {
                $0.set("role", role.rawValue)
                $0.set("permissions", Permission.allCases.filter(role.permissions.contains).map(\.rawValue))
            }
        }
        return Envelope.list(roles, context: context)
    }

    private func filter(_ request: Request, _ context: WebContext) throws(WebError) -> UserFilter {
        var filter = UserFilter(
            search: try context.query(Self.search, of: request),
            status: try context.query(Self.status, of: request),
            isActive: try context.query(Self.isActive, of: request),
            role: try context.query(Self.role, of: request),
            organisation: try context.query(Self.organisation, of: request)
        )
        guard let sort = try context.query(Self.sort, of: request) else { return filter }
        filter.isDescending = sort.hasPrefix("-")
        guard let order = UserFilter.Order(rawValue: filter.isDescending ? String(sort.dropFirst()) : sort) else {
            let names = UserFilter.Order.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid("sort", "Use one of \(names), with - before it for the other way.")
        }
        filter.order = order
        return filter
    }

    private func change(_ change: UserChange, context: WebContext) async throws -> User {
        let changed = try await services.changeUser(
            context.identifier("id"),
            change,
            by: try context.signedIn().principal,
            address: context.remoteAddress
        )
        guard let changed else { throw WebError.notFound }
        return changed
    }

    private static func role(_ name: String?) throws(WebError) -> AccountRole? {
        guard let name else { return nil }
        guard let role = AccountRole(rawValue: name) else {
            let names = AccountRole.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid("role", "Use one of \(names).")
        }
        return role
    }
}

extension Schema {
    fileprivate static let newUser = user.adding("NewUser", [.field("password_link", passwordLink).orMissing])
    fileprivate static let role = object(
        "Role",
        [.field("role", .choice(AccountRole.self)), .list("permissions", of: .choice(Permission.self))]
    )
}
