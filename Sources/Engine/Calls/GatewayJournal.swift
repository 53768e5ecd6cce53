package import Foundation

/// What single calls need kept: `Storage`'s.
package protocol GatewayJournal: BudgetJournal, ProviderPlaces {
    /// Says that these calls are still under way: what they hold, places and money set aside, stays theirs for another
    /// `Gateway.patience`.
    func renew(_ calls: [UUID]) async throws

    /// Writes down what a call cost and charges the budgets. It is kept for good when this returns; also for a task that
    /// was cancelled.
    func record(_ usage: UsageRecord, of caller: GatewayCaller) async throws

    /// The same for a call that no budget or limit of a provider concerns: it is written down behind its answer, which need not
    /// wait for the disk. Of a process that is killed in that moment it is lost, as of one that is killed a moment before.
    func note(_ usage: UsageRecord, of caller: GatewayCaller) async throws
}

/// Whose program calls.
package struct GatewayCaller: Sendable, Equatable {
    package var user: UUID
    package var organisation: UUID
    /// The API key it came with; nil for an access token.
    package var key: UUID?
    /// Where it is.
    package var address: String?

    package init(user: UUID, organisation: UUID, key: UUID? = nil, address: String? = nil) {
        self.user = user
        self.organisation = organisation
        self.key = key
        self.address = address
    }

    var holder: CallHolder { .person(user, organisation: organisation) }
}

/// The models that a call may go to.
package struct GatewayRoute: Sendable {
    /// The one that was asked for, then its fallbacks.
    package var candidates: [ModelCandidate]
    /// Whether any budget could be the caller's business.
    package var hasBudgets: Bool

    package init(candidates: [ModelCandidate], hasBudgets: Bool = false) {
        self.candidates = candidates
        self.hasBudgets = hasBudgets
    }
}

/// A call that was not made, because a budget has no room for it.
package struct BudgetExceeded: Error, Sendable, Equatable {
    package var message: String

    package init(message: String) { self.message = message }
}
