package import Engine
package import Foundation
import Postgres

/// How far somebody has read what concerns them: `transaction-event-seconds`.
package struct UserEventPlace: Sendable, Equatable {
    package var transaction: Int64
    package var event: Int64
    /// Since 1970: what is older than a day is not kept, and a place that old leads nowhere.
    package var seconds: Int64

    package var text: String { "\(transaction)-\(event)-\(seconds)" }

    package init(transaction: Int64, event: Int64, seconds: Int64) {
        (self.transaction, self.event, self.seconds) = (transaction, event, seconds)
    }

    /// nil for what is none.
    package init?(_ text: String) {
        let parts = text.split(separator: "-").compactMap { Int64($0) }
        guard parts.count == 3, parts.allSatisfy({ $0 >= 0 }) else { return nil }
        self.init(transaction: parts[0], event: parts[1], seconds: parts[2])
    }
}

/// Something that concerns a person, wherever it happened.
package struct UserEvent: Sendable {
    package var place: UserEventPlace
    /// `{"type","data","timestamp"}`, of a run's log the record itself.
    package var record: String
}

extension Store {
    /// How long what concerns a person is kept.
    package static let userEventLifetime: TimeInterval = 86_400

    /// Where a reader begins: at `known`, when everything since is still there, else now.
    package func userEventStart(
        known: UserEventPlace?,
        by principal: Principal
    ) async throws -> (place: UserEventPlace, isKnown: Bool) {
        let row = try await query(
            """
            select pg_snapshot_xmin(s)::text::bigint as oldest, pg_snapshot_xmax(s)::text::bigint as newest,
                extract(epoch from now())::bigint as seconds
            from pg_current_snapshot() s
            """,
            by: principal
        ).first
        guard let row else { throw StorageError(.failed, "The database does not say what time it is.") }
        let (newest, seconds): (Int64, Int64) = (try row.get("newest"), try row.get("seconds"))
        // A place beyond all transactions is another database's, from before it was restored.
        if let known, known.transaction < newest, Double(seconds - known.seconds) < Self.userEventLifetime {
            return (known, true)
        }
        return (UserEventPlace(transaction: try row.get("oldest"), event: 0, seconds: seconds), false)
    }

    /// What came after a place, at most `limit`. `isMore` says that something is there which cannot be told yet, because
    /// an earlier transaction than its own is still under way: look again soon.
    package func userEvents(
        after place: UserEventPlace,
        limit: Int,
        by principal: Principal
    ) async throws -> (events: [UserEvent], isMore: Bool) {
        let rows = try await query(
            """
            select u.transaction_id::text::bigint as transaction, u.event_id,
                extract(epoch from u.created_at)::bigint as seconds,
                coalesce(e.type, u.type) as type, coalesce(e.data, u.data) as data,
                coalesce(e.timestamp, u.created_at) as timestamp,
                u.transaction_id < pg_snapshot_xmin(pg_current_snapshot()) as is_settled
            from user_events u left join run_events e on e.run_id = u.run_id and e.sequence = u.sequence
            where u.user_id = \(principal.userID) and u.org_id = \(principal.organisationID)
                and (u.transaction_id, u.event_id) > (\(String(place.transaction))::xid8, \(place.event)::bigint)
            order by u.transaction_id, u.event_id limit \(limit)
            """,
            by: principal
        )
        var events: [UserEvent] = []
        for row in rows {
            guard try row.get("is_settled") else { return (events, true) }
            events.append(try UserEvent(row))
        }
        return (events, rows.count == limit)
    }

    /// People whose streams may have more, each with the conversation that it is about; nil means that something may have
    /// been missed.
    package func userAnnouncements() -> AsyncMapSequence<AsyncStream<String>, (user: UUID, conversation: UUID)?> {
        database.listen(on: "alma_user").map { payload in
            let parts = payload.split(separator: " ").compactMap { UUID(uuidString: String($0)) }
            return parts.count == 2 ? (parts[0], parts[1]) : nil
        }
    }
}

extension UserEvent {
    fileprivate init(_ row: Row) throws {
        let time: Date = try row.get("timestamp")
        place = UserEventPlace(
            transaction: try row.get("transaction"),
            event: try row.get("event_id"),
            seconds: try row.get("seconds")
        )
        let (type, data): (String, String) = (try row.get("type"), try row.get("data"))
        record =
            "{\"type\":\"\(type)\",\"data\":\(data),\"timestamp\":\"\(time.middleOfMillisecond.iso8601Milliseconds)\"}"
    }
}
