package import Engine
package import Foundation
import Postgres

/// Which runs are listed, and in which order; what is nil lets all pass.
package struct RunFilter: Sendable, Equatable {
    package enum Scope: Sendable { case own, everyone }

    /// All but `begun` have the newest first.
    package enum Order: String, Sendable, CaseIterable {
        case newest = "-created_at"
        case oldest = "created_at"
        case startedLast = "-started_at"
        case finishedLast = "-finished_at"
    }

    package var scope: Scope
    /// Empty for all.
    package var states: [RunState]
    package var agent: UUID?
    package var user: UUID?
    package var conversation: UUID?
    /// Those that serve others are listed too.
    package var withChildren: Bool
    package var since: Date?
    package var order: Order

    package init(
        scope: Scope = .own,
        states: [RunState] = [],
        agent: UUID? = nil,
        user: UUID? = nil,
        conversation: UUID? = nil,
        withChildren: Bool = false,
        since: Date? = nil,
        order: Order = .newest
    ) {
        self.scope = scope
        self.states = states
        self.agent = agent
        self.user = user
        self.conversation = conversation
        self.withChildren = withChildren
        self.since = since
        self.order = order
    }
}

extension RunFilter {
    /// For an `r` of runs. What partial indexes need stands in the text.
    func condition(_ principal: Principal) -> Query {
        let whose: Query = scope == .everyone && principal.may(.runRead) ? "true" : Store.isOwnRun(principal)
        let turns: Query = withChildren ? "true" : "r.parent_run_id is null"
        let isLive: Query = !states.isEmpty && states.allSatisfy { !$0.isFinal } ? "r.finished_at is null" : "true"
        return """
            \(whose) and \(turns) and \(isLive)
                and (\(states.isEmpty) or \(Run.toldState) = any(\(states.map(\.rawValue))::text[]))
                and (\(agent)::uuid is null or r.agent_id = \(agent)) and (\(user)::uuid is null or r.user_id = \(user))
                and (\(conversation)::uuid is null or r.conversation_id = \(conversation))
                and (\(since)::timestamptz is null or r.created_at >= \(since))
            """
    }

    /// Keys are in the order of time.
    var sorting: Query {
        switch order {
        case .newest: "r.run_id desc"
        case .oldest: "r.run_id"
        case .startedLast: "r.started_at desc nulls last, r.run_id desc"
        case .finishedLast: "r.finished_at desc nulls last, r.run_id desc"
        }
    }
}
