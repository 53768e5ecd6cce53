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

/// What `work` makes of so many bytes: at once of few, and apart of many, since readers live on the event loops of their
/// connections, on which nothing may take long.
func shortly<Answer: Sendable>(_ bytes: Int, _ work: @escaping @Sendable () -> Answer) async throws -> Answer {
    bytes <= 16 * 1024 ? work() : try await apart { work() }
}

extension [RunEvent] {
    /// How much there is to be made into records, which is some work for the shortest, too.
    var bytes: Int { reduce(0) { $0 + $1.data.utf8.count + 256 } }
}

extension [StreamRecord] {
    var bytes: Int { reduce(0) { $0 + $1.json.utf8.count + ($1.id?.utf8.count ?? 0) } }
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
        guard let events = try await reader.available() else { return [] }
        return try await shortly(events.bytes) {
            events.map { StreamRecord(id: String($0.sequence), json: $0.record, sequence: $0.sequence) }
        }
    }

    package mutating func leave(_ bell: Signal) { takeBack = reader.call { bell.ring() } }
}
