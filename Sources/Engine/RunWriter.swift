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

    /// The result of a tool call, stored together with what the audit says of it.
    func result(_ data: String, _ record: ToolCallRecord) async throws {
        try await log.add(run.id) { page in
            page.add(.toolResult, data)
            page.add(record)
        }
    }

    /// Ends a model call that asked for tools: what it cost and what it asked for are stored together, so that the step
    /// is either finished or not.
    func step(_ records: [UsageRecord], _ events: [(kind: RunEvent.Kind, data: String)]) async throws {
        try await log.add(run.id) { page in
            for event in events { page.add(event.kind, event.data) }
            page.add(records)
        }
    }

    /// Waits until all that was written is stored: what is to be done next must not be done without its record.
    func stored() async throws {
        await log.flush(run.id)
        try Task.checkCancellation()
    }

    /// Adds the last events, and returns all that is not stored yet: it belongs into the run's outcome. `next` is the number of
    /// its first event; there is none when what was written before has just been refused for good. nil when the run is another's.
    func close(
        _ last: [(kind: RunEvent.Kind, data: String)],
        _ records: [UsageRecord]
    ) async -> (batch: EventBatch, next: Int64)? {
        // The page only gathers these: nothing waits here, so a cancelled task can end its run too.
        _ = try? await log.add(run.id) { page in
            page.isClosing = true
            for event in last { page.add(event.kind, event.data) }
            page.add(records)
        }
        return await log.close(run.id)
    }
}
