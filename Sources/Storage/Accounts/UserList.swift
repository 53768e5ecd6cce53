package import Engine
package import Foundation
import Postgres

/// Which accounts are listed, and in which order.
package struct UserFilter: Sendable, Equatable {
    /// The raw values are the names in JSON.
    package enum Order: String, Sendable, CaseIterable {
        case createdAt = "created_at"
        case lastLoginAt = "last_login_at"
        case nickname, email
        case totalMessages = "total_messages"
    }

    /// A part of the name or of the address.
    package var search: String?
    /// nil: all but the deleted ones.
    package var status: UserStatus?
    /// Those who may use their account, or all others. Where a status is given as well, both hold.
    package var isActive: Bool?
    package var role: AccountRole?
    package var organisation: UUID?
    package var order: Order
    package var isDescending: Bool

    package init(
        search: String? = nil,
        status: UserStatus? = nil,
        isActive: Bool? = nil,
        role: AccountRole? = nil,
        organisation: UUID? = nil,
        order: Order = .createdAt,
        isDescending: Bool = true
    ) {
        self.search = search
        self.status = status
        self.isActive = isActive
        self.role = role
        self.organisation = organisation
        self.order = order
        self.isDescending = isDescending
    }
}

extension UserFilter {
    /// For a `u` of users.
    fileprivate var condition: Query {
        var parts: [Query] = [status.map { "u.status = \($0)" } ?? "u.status <> 'deleted'"]
        if let isActive { parts.append(isActive ? "u.status = 'active'" : "u.status <> 'active'") }
        if let pattern = SearchPattern.containing(search) {
            parts.append("(u.nickname ilike \(pattern) or u.email ilike \(pattern))")
        }
        switch role {
        case .administrator?: parts.append("u.is_superuser")
        case let role?: parts.append("not u.is_superuser and u.role = \(role)")
        case nil: break
        }
        if let organisation {
            parts.append(
                "exists (select from memberships m where m.org_id = \(organisation) and m.user_id = u.user_id)"
            )
        }
        return parts.joined(by: " and ")
    }

    fileprivate var sorting: Query {
        let direction: Query = isDescending ? "desc nulls last" : "asc nulls last"
        let column: Query =
            switch order {
            case .createdAt: "u.created_at"
            case .lastLoginAt: "u.last_login_at"
            case .nickname: "lower(u.nickname)"
            case .email: "u.email"
            // Who has never said anything has no sum.
            case .totalMessages: "coalesce(us.total_messages, 0)"
            }
        return "\(column) \(direction), u.user_id"
    }
}

extension Store {
    /// A page of the accounts, for those with `user:read`; others see none but their own.
    package func users(_ filter: UserFilter, page: Page, by principal: Principal) async throws -> Paged<User> {
        // Who belongs where is known to the server alone, so that is asked by the server, for those who may.
        guard filter.organisation == nil || principal.may(.userRead) else {
            return Paged(items: [], page: page, total: 0)
        }
        let asker = filter.organisation == nil ? principal : .system
        let answers = try await batch(
            [
                "select count(*) as total from users u where \(filter.condition)",
                """
                select \(User.columns) from users u \(User.statistics)
                where \(filter.condition) order by \(filter.sorting) limit \(page.size) offset \(page.offset)
                """,
            ],
            by: asker
        )
        return Paged(
            items: try answers[1].map(User.init),
            page: page,
            total: try answers[0].first?.get("total") ?? 0
        )
    }
}
