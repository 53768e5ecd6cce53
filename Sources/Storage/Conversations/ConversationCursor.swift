import Foundation
import Postgres

/// The place in a list of conversations after which it goes on; opaque to whoever carries it around.
package struct ConversationCursor: Sendable, Equatable {
    var isPinned: Bool
    /// Microseconds since 1970, as PostgreSQL keeps time.
    var activity: Int64
    var id: UUID

    /// nil when the text is none of ours.
    package init?(text: String) {
        let parts = text.split(separator: "-", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "p" || parts[0] == "c", let activity = Int64(parts[1], radix: 36),
            (0...8_000_000_000_000_000).contains(activity), let id = UUID(uuidString: String(parts[2]))
        else { return nil }
        self.init(isPinned: parts[0] == "p", activity: activity, id: id)
    }

    /// For an address.
    package var text: String { "\(isPinned ? "p" : "c")-\(String(activity, radix: 36))-\(id.uuidString.lowercased())" }

    private init(isPinned: Bool, activity: Int64, id: UUID) {
        self.isPinned = isPinned
        self.activity = activity
        self.id = id
    }

    init(_ row: Row) throws {
        let activity: Date = try row.get("last_activity_at")
        self.init(
            isPinned: try row.get("is_pinned"),
            activity: Int64((activity.timeIntervalSince1970 * 1_000_000).rounded()),
            id: try row.get("conversation_id")
        )
    }

    /// What comes after: the columns descend together, so that one comparison of rows is one range of the index.
    var condition: Query {
        """
        (c.is_pinned, c.last_activity_at, c.conversation_id) < (
            \(isPinned)::boolean, timestamptz 'epoch' + \(activity)::bigint * interval '1 microsecond', \(id)::uuid
        )
        """
    }
}
