import Engine
import Foundation
import Postgres

extension RunEvent {
    static let columns: Query = "e.sequence, e.type, e.data, e.timestamp"

    init(_ row: Row) throws {
        let stored: Date = try row.get("timestamp")
        self.init(
            sequence: try row.get("sequence"),
            kind: try row.get("type"),
            data: try row.get("data"),
            timestamp: stored.middleOfMillisecond
        )
    }
}

extension Date {
    /// The log keeps whole milliseconds, as they were sent. A point of time in binary may lie a hair before the
    /// millisecond that it stands for, and would then be written as the one before: from the middle none is reached.
    var middleOfMillisecond: Date {
        Date(timeIntervalSince1970: ((timeIntervalSince1970 * 1000).rounded() + 0.5) / 1000)
    }
}
