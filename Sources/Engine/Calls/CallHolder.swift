package import Foundation

/// On whose behalf a model is called: what a call holds, places at providers and money set aside, is theirs.
package enum CallHolder: Sendable, Equatable {
    /// An attempt at a run: what it holds ends with its lease.
    case run(UUID, epoch: Int64)
    /// A person's program, by one call that belongs to no run: what it holds ends when it is no longer renewed.
    case person(UUID, organisation: UUID)
}

/// Where it is known how much of a provider is taken: `Storage`'s, or the one in memory for tests.
package protocol ProviderPlaces: Sendable {
    /// Takes one of the places that `limit` leaves at a provider, for one model call. Places of runs that are in other
    /// hands, or in nobody's, are free again by themselves, and so are those of single calls that nobody renews.
    func enter(_ provider: UUID, _ limit: ProviderLimit, for holder: CallHolder) async throws -> ProviderEntry

    /// Gives the place of a call back.
    func leave(_ call: UUID) async throws
}

extension ClaimedRun {
    package var holder: CallHolder { .run(run.id, epoch: epoch) }
}
