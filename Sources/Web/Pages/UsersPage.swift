import Engine
import Foundation
import Hummingbird
import Storage

/// For administrators: everybody's accounts, who waits for approval, and who may register.
struct UsersPage: Sendable {
    private static let size = 20

    let desk: Desk

    func show(_ request: Request, context: WebContext) async throws -> Response {
        try await page(request, context: context)
    }

    /// One thing for all that are chosen; what could not be done is said.
    func act(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.permitted(.userUpdate)
        let form = try await request.decodeForm()
        let ids = Set(form.all("user").prefix(100).compactMap { UUID(uuidString: $0) })
        guard let act = Act(form) else { throw WebError(.badRequest, "No such action.") }
        var refusals: [String] = []
        let known = try desk.voice(context).words.refusals
        for id in ids {
            do {
                try await perform(act, on: id, by: identity, context: context)
            } catch let error as StorageError {
                switch error.code {
                case .conflict, .forbidden, .invalid: refusals.append(known[error.message])
                default: throw error
                }
            }
        }
        guard refusals.isEmpty else {
            return try await page(request, context: context, refusals: Set(refusals).sorted())
        }
        return .redirect(to: "/admin/users", done: .saved)
    }

    func setRegistration(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.permitted(.systemManage)
        let form = try await request.decodeForm()
        guard let mode = RegistrationMode(rawValue: form["mode"]) else {
            throw WebError(.badRequest, "No such mode.")
        }
        let (principal, address) = (identity.principal, context.remoteAddress)
        if desk.services.settings.sendsMail {
            let policy = RegistrationPolicy(mode: mode, verifiesEmail: form.has("verification"))
            _ = try await desk.store.setRegistrationPolicy(policy, by: principal, address: address)
        } else {
            // The form does not ask about confirming addresses, so it says nothing about it.
            try await desk.store.setRegistrationMode(mode, by: principal, address: address)
        }
        return .redirect(to: "/admin/users", done: .saved)
    }

    private enum Act {
        case approve, disable, signOut
        case role(AccountRole)

        init?(_ form: Form) {
            switch form["action"] {
            case "approve": self = .approve
            case "disable": self = .disable
            case "sign_out": self = .signOut
            case "role":
                guard let role = AccountRole(rawValue: form["new_role"]) else { return nil }
                self = .role(role)
            default: return nil
            }
        }
    }

    private func perform(_ act: Act, on id: UUID, by identity: Identity, context: WebContext) async throws {
        let (store, principal, address) = (desk.store, identity.principal, context.remoteAddress)
        switch act {
        case .approve:
            _ = try await desk.services.changeUser(id, UserChange(status: .active), by: principal, address: address)
        case .disable:
            _ = try await desk.services.changeUser(id, UserChange(status: .disabled), by: principal, address: address)
        case .role(let role):
            _ = try await desk.services.changeUser(id, UserChange(role: role), by: principal, address: address)
        case .signOut: _ = try await store.endSignIns(of: id, keeping: nil, by: principal, address: address)
        }
    }

    private func page(
        _ request: Request,
        context: WebContext,
        refusals: [String] = []
    ) async throws -> Response {
        let identity = try context.permitted(.userRead)
        let voice = try desk.voice(context)
        let search = UserSearch(request)
        let found = try await desk.store.users(
            search.filter,
            page: Page(number: search.page, size: Self.size),
            by: identity.principal
        )
        let waiting = try await desk.store.users(
            UserFilter(status: .pending, order: .createdAt),
            page: Page(size: 1),
            by: identity.principal
        )
        let view = UsersView(
            page: desk.frame(voice.words["users.title"], .admin, request: request, context: context, voice: voice),
            search: search,
            found: found,
            waiting: waiting,
            costs: try await desk.store.recentCosts(of: found.items.map(\.id), by: identity.principal),
            organisations: try await organisations(search.filter.organisation, by: identity.principal),
            policy: try await desk.store.registrationPolicy(),
            rights: .init(identity.principal, sendsMail: desk.services.settings.sendsMail),
            refusals: refusals,
            voice: voice
        )
        return try desk.page(view, context: context, status: refusals.isEmpty ? .ok : .unprocessableContent)
    }

    /// To narrow the list down to, with the chosen one, which may be a person's own.
    private func organisations(_ chosen: UUID?, by principal: Principal) async throws -> [OrganisationChoice] {
        var known = try await desk.store.organisationsToChoose(by: principal)
        if let chosen, !known.contains(where: { $0.id == chosen }),
            let found = try await desk.store.organisation(chosen, by: principal)
        {
            known.append(.init(id: found.id, name: found.name))
        }
        return known
    }
}

/// What the list of the accounts is narrowed down to, as it stands in the page's address.
struct UserSearch: Sendable {
    var filter = UserFilter(order: .nickname, isDescending: false)
    var page = 1

    init() {}

    init(_ request: Request) {
        filter.search = String(request.query("q").prefix(200)).trimmingCharacters(in: .whitespacesAndNewlines)
        filter.status = UserStatus(rawValue: request.query("status"))
        filter.role = AccountRole(rawValue: request.query("role"))
        filter.organisation = UUID(uuidString: request.query("organisation"))
        let sort = request.query("sort")
        if let order = UserFilter.Order(rawValue: sort.hasPrefix("-") ? String(sort.dropFirst()) : sort) {
            filter.order = order
            filter.isDescending = sort.hasPrefix("-")
        }
        page = min(max(1, Int(request.query("page")) ?? 1), 1_000_000)
    }

    /// The same list on another page.
    func address(page: Int) -> String { address(filter.order, isDescending: filter.isDescending, page: page) }

    /// The same list in another order; the other way round when it is in that order already.
    func address(sort order: UserFilter.Order) -> String {
        let isSame = order == filter.order
        return address(order, isDescending: isSame ? !filter.isDescending : order == .lastLoginAt, page: 1)
    }

    private func address(_ order: UserFilter.Order, isDescending: Bool, page: Int) -> String {
        let parts = [
            ("q", filter.search), ("status", filter.status?.rawValue), ("role", filter.role?.rawValue),
            ("organisation", filter.organisation?.text), ("sort", (isDescending ? "-" : "") + order.rawValue),
            ("page", page > 1 ? String(page) : nil),
        ]
        let query = parts.compactMap { name, value in
            value.flatMap { $0.isEmpty ? nil : "\(name)=\(percentEncoded($0))" }
        }
        return "/admin/users?" + query.joined(separator: "&")
    }
}
