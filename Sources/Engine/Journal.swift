package import Foundation

/// Where runs are kept: `Storage`'s, or the one in memory for tests. The log is the truth; everything else is a view.
package protocol Journal: WritingJournal, ProviderPlaces {
    /// Takes up to `limit` runs that are queued, or whose worker is silent for longer than `silence`, and makes `worker`
    /// their only writer: each gets a new epoch, larger than any before. The most urgent come first, people taking turns;
    /// what is at a limit stays where it is.
    ///
    /// `held`: those that the worker still has in its hands. What is its own and not among them, because an answer got lost or
    /// it gave up while the journal was away, is taken up again; nil does not look for such.
    func claim(worker: UUID, limit: Int, silence: Duration, held: [UUID]?) async throws -> [ClaimedRun]

    /// Says that `worker` is alive and returns those of its runs of which somebody wants something.
    func heartbeat(worker: UUID) async throws -> [RunWish]

    /// Says that `worker` ends: what it still holds may be claimed at once.
    func retire(worker: UUID) async throws

    /// What the run is to do. The principal is the run's own user and organisation.
    func brief(for run: ClaimedRun) async throws -> RunBrief

    /// What the other runs of its turn have used until now, in tokens, in and out.
    func tokens(besides run: Run) async throws -> Int

    /// Stores the events of many runs in one transaction, each run's only while its epoch still stands.
    /// Returns the runs whose epoch had passed: nothing of those was stored.
    func append(_ batches: [EventBatch]) async throws -> Set<UUID>

    /// Stores the last events, the answer's message, the usage and the final state in one transaction. A child's end wakes
    /// its parent, and what is left of a run's own children is stopped with it. Returns false when the epoch had passed: nothing was stored.
    func finish(_ outcome: RunOutcome) async throws -> Bool

    /// Lays a run down until every one of its calls has a person's answer, or a child of it has ended; then it is queued
    /// again. Its new children are queued with it. In one transaction. Returns false when the epoch had passed: nothing was stored.
    func suspend(_ suspended: SuspendedRun) async throws -> Bool

    /// Makes what people have said into the run since the last time messages of the conversation, and remembers that it took
    /// them in after `step` steps. In one transaction; none when the epoch had passed.
    func takeSteering(of run: ClaimedRun, after step: Int) async throws -> [SteeringMessage]

    /// Keeps a tool's whole result, of which the log gets an excerpt; once more is the same. Returns false when the epoch
    /// had passed: nothing was stored.
    func keep(_ result: String, resultOf call: String, of run: ClaimedRun) async throws -> Bool

    /// Says that a reader on this node follows a run which another node writes, so that its growth is announced here.
    func watch(run: UUID) async throws

    /// The events after `sequence`, in order, at most `limit`.
    func events(of run: UUID, after sequence: Int64, limit: Int) async throws -> [RunEvent]
}

/// Why a journal did not do what it was asked for, as far as a worker must know.
package protocol JournalFailure: Error {
    /// Whether the same may go through later; otherwise it never will.
    var isTransient: Bool { get }
}

/// A run in a worker's hands.
package struct ClaimedRun: Sendable, Equatable {
    package var run: Run
    /// The fencing token: every write carries it.
    package var epoch: Int64
    /// The last sequence number in the log.
    package var lastSequence: Int64
    /// The agent that was asked is gone or switched off; the run's is the one that answers in its place.
    package var isAgentReplaced: Bool

    package init(run: Run, epoch: Int64, lastSequence: Int64, isAgentReplaced: Bool = false) {
        self.run = run
        self.epoch = epoch
        self.lastSequence = lastSequence
        self.isAgentReplaced = isAgentReplaced
    }
}

extension Journal {
    package func claim(worker: UUID, limit: Int, silence: Duration) async throws -> [ClaimedRun] {
        try await claim(worker: worker, limit: limit, silence: silence, held: nil)
    }
}
