import Engine
package import Foundation
import Postgres

extension Store {
    private static let channel: Query = "alma_run"

    /// Says that a reader on this node follows a run of another one: from now on its appends are announced. What was
    /// stored before must be read after this returns.
    package func watch(run: UUID) async throws {
        try await query("update runs set watched = true where run_id = \(run) and not watched", by: .system)
    }

    /// Runs whose log has grown, on whatever node; nil means that something may have been missed.
    package func announcements() -> AsyncCompactMapSequence<AsyncStream<String>, UUID?> {
        database.listen(on: Self.channel.sql).compactMap { payload in .some(UUID(uuidString: payload)) }
    }
}
