package import Engine

/// One event on its way to a reader.
package struct StreamRecord: Sendable, Equatable {
    /// Where to go on after it; nil leaves the place as it was.
    package var id: String?
    /// `{"type","data","timestamp"}`
    package var json: String
    /// Its place in its run's log.
    package var sequence: Int64?

    package init(id: String?, json: String, sequence: Int64? = nil) {
        (self.id, self.json, self.sequence) = (id, json, sequence)
    }
}

/// Where a stream's events come from: what is there is taken, and when there is nothing a bell is left behind.
package protocol StreamFeed: Sendable {
    /// Whether nothing will follow.
    var isOver: Bool { get }

    /// Where to go on from; told to the reader before the first event.
    var start: String? { get }

    /// Some of what there is, in order; empty when there is nothing yet. `isTold`: something outside has changed.
    mutating func next(isTold: Bool) async throws -> [StreamRecord]

    /// Rings once there may be more.
    mutating func leave(_ bell: Signal)
}

/// A run's log, to its end.
package struct RunFeed: StreamFeed {
    private var reader: RunReader
    private var takeBack: (@Sendable () -> Void)?

    package init(_ reader: RunReader) { self.reader = reader }

    package var isOver: Bool { reader.isOver }
    package var start: String? { nil }

    package mutating func next(isTold: Bool) async throws -> [StreamRecord] {
        takeBack?()
        takeBack = nil
        return try await reader.available()?.map {
            StreamRecord(id: String($0.sequence), json: $0.record, sequence: $0.sequence)
        } ?? []
    }

    package mutating func leave(_ bell: Signal) { takeBack = reader.call { bell.ring() } }
}
