import Foundation

/// The hand that writes one run's log, held by the one execution that has its lease.
struct RunWriter: Sendable {
    let log: EventLog
    let run: Run

    /// Waits while too much of this run is not stored yet; throws `CancellationError`.
    func text(_ delta: String) async throws { try await log.add(run.id) { $0.add(delta, kind: .content) } }

    func reasoning(_ delta: String) async throws { try await log.add(run.id) { $0.add(delta, kind: .reasoning) } }

    func event(_ kind: RunEvent.Kind, _ data: String, state: RunState? = nil) async throws {
        try await log.add(run.id) { $0.add(kind, data, state: state) }
    }

    /// Adds the last events, and returns all that is not stored yet: they belong into the run's outcome.
    func close(_ last: [(kind: RunEvent.Kind, data: String)]) async -> [RunEvent] {
        // The page only gathers these: nothing waits here, so a cancelled task can end its run too.
        _ = try? await log.add(run.id) { page in
            page.isClosing = true
            for event in last { page.add(event.kind, event.data) }
        }
        return await log.close(run.id)
    }
}
