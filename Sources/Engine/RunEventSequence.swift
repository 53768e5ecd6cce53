import Foundation

/// One reader's way through a run's log: batches of stored events in order, each once, to the end of the run.
package struct RunEventSequence: AsyncSequence, Sendable {
    package typealias Element = [RunEvent]

    let hub: EventHub
    let journal: any Journal
    let run: UUID
    let place: Int64
    let tick: Duration?

    package func makeAsyncIterator() -> Iterator { Iterator(sequence: self, place: place) }

    package struct Iterator: AsyncIteratorProtocol {
        private let sequence: RunEventSequence
        private var reader: RunReader

        fileprivate init(sequence: RunEventSequence, place: Int64) {
            self.sequence = sequence
            reader = RunReader(hub: sequence.hub, journal: sequence.journal, run: sequence.run, after: place)
        }

        /// nil after the run's last event. Throws `CancellationError`, and what the journal throws.
        package mutating func next() async throws -> [RunEvent]? {
            let clock = ContinuousClock()
            let deadline = sequence.tick.map { clock.now + $0 }
            while !reader.isOver, !sequence.hub.isReadingEnded {
                try Task.checkCancellation()
                if let events = try await reader.available() { return events }
                let now = clock.now
                if let deadline, now >= deadline { return [] }
                let moment = Swift.min(reader.deadline(from: now), deadline ?? now + .seconds(60))
                await sequence.hub.wait(run: sequence.run, after: reader.place, until: moment)
            }
            return nil
        }
    }
}

extension RunEvent {
    /// Whether no event follows: a `run_status` with a final state. A quote inside a JSON string is escaped, so the
    /// text cannot be found in a reason.
    package var endsRun: Bool {
        kind == .runStatus && RunState.allCases.contains { $0.isFinal && data.contains("\"state\":\"\($0.rawValue)\"") }
    }
}
