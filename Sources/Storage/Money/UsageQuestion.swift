package import Engine
package import Foundation
import Postgres

/// What the calls of models are added up by.
package enum UsageGrouping: String, Sendable, CaseIterable { case day, model, agent, user, key, organization }

/// How long the steps are in which a period is shown.
package enum UsageStep: String, Sendable { case day, week, month }

/// Whose calls are added up.
package enum UsageScope: String, Sendable, CaseIterable {
    case own
    /// One's own; for those who decide about an organisation's money all of it.
    case organization
    /// Of all organisations: for administrators; others get what is theirs to see.
    case everyone
}

/// Which calls are added up, and how; a filter that is nil lets all pass.
package struct UsageQuestion: Sendable, Equatable {
    package var grouping: UsageGrouping
    /// Days of UTC, `2026-11-21`, both included.
    package var from: String
    package var to: String
    package var scope: UsageScope
    package var model: String?
    package var agent: UUID?
    package var user: UUID?
    /// Of the API key that a program called with.
    package var key: UUID?
    package var organisation: UUID?

    package init(
        grouping: UsageGrouping,
        from: String,
        to: String,
        scope: UsageScope = .organization,
        model: String? = nil,
        agent: UUID? = nil,
        user: UUID? = nil,
        key: UUID? = nil,
        organisation: UUID? = nil
    ) {
        self.grouping = grouping
        self.from = from
        self.to = to
        self.scope = scope
        self.model = model
        self.agent = agent
        self.user = user
        self.key = key
        self.organisation = organisation
    }
}

/// What a model, an agent or a person has used in one step of a period.
package struct UsagePoint: Sendable, Equatable {
    /// The step's first day.
    package var step: String
    package var sum: UsageSum

    package init(step: String, sum: UsageSum) {
        self.step = step
        self.sum = sum
    }
}

extension UsageGrouping {
    var key: Query {
        switch self {
        case .day: "to_char(u.created_at at time zone 'UTC', 'YYYY-MM-DD')"
        case .model: "u.model_name"
        // Programs call models without any.
        case .agent: "coalesce(u.agent_id::text, 'API')"
        case .user: "u.user_id::text"
        case .key: "coalesce(u.key_id::text, \(UsageSum.noKey))"
        case .organization: "u.org_id::text"
        }
    }
}

extension UsageQuestion {
    func calls(of principal: Principal) -> Query {
        """
        from usage_records u
        where \(whose(principal))
            and u.created_at >= \(from)::date::timestamp at time zone 'UTC'
            and u.created_at < (\(to)::date + 1)::timestamp at time zone 'UTC'
            and (\(model)::text is null or u.model_name = \(model)) and (\(agent)::uuid is null or u.agent_id = \(agent))
            and (\(user)::uuid is null or u.user_id = \(user)) and (\(key)::uuid is null or u.key_id = \(key))
            and (\(organisation)::uuid is null or u.org_id = \(organisation))
        """
    }

    private func whose(_ principal: Principal) -> Query {
        if scope == .everyone, principal.may(.usageRead) { return "true" }
        let own: Query = "u.org_id = \(principal.organisationID) and u.user_id = \(principal.userID)"
        guard scope != .own else { return own }
        return """
            u.org_id = \(principal.organisationID)
                and (u.user_id = \(principal.userID) or (select alma_manages(\(principal.organisationID))))
            """
    }
}
