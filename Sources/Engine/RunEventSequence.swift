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
        /// How many events one question to the journal brings.
        private static let page = 500
        /// How often a run that is written elsewhere is asked about when no notification comes.
        private static let pollInterval = Duration.milliseconds(250)

        private let sequence: RunEventSequence
        private var place: Int64
        private var isOver = false
        private var knowsItsPlace = false
        private var emptyLooks = 0

        fileprivate init(sequence: RunEventSequence, place: Int64) {
            self.sequence = sequence
            self.place = place
        }

        /// nil after the run's last event. Throws `CancellationError`, and what the journal throws.
        package mutating func next() async throws -> [RunEvent]? {
            let clock = ContinuousClock()
            let deadline = sequence.tick.map { clock.now + $0 }
            while !isOver, !sequence.hub.isReadingEnded {
                try Task.checkCancellation()
                if let events = try await available() { return passed(events) }
                if let deadline, clock.now >= deadline { return [] }
                await rest(until: deadline, clock: clock)
            }
            return nil
        }

        private mutating func available() async throws -> [RunEvent]? {
            switch sequence.hub.look(run: sequence.run, after: place) {
            case .events(let events): return events
            case .current: return nil
            case .behind:
                let events = try await sequence.journal.events(of: sequence.run, after: place, limit: Self.page)
                guard events.isEmpty else { return events }
                try await lookAtPlace()
                return try await lookElsewhere()
            }
        }

        /// A run that is not taken up here for some looks is likely written elsewhere. Announcements cost its writer half
        /// of its speed, so nobody asks for them sooner; what was written before they began is read here.
        private mutating func lookElsewhere() async throws -> [RunEvent]? {
            emptyLooks += 1
            guard emptyLooks == 3, !isOver else { return nil }
            try await sequence.journal.watch(run: sequence.run)
            let events = try await sequence.journal.events(of: sequence.run, after: place, limit: Self.page)
            return events.isEmpty ? nil : events
        }

        /// A reader may begin where the run had ended already, or name a place that the log never had, behind which nothing
        /// is to be read: once is enough to find out.
        private mutating func lookAtPlace() async throws {
            guard !knowsItsPlace, place > 0 else { return }
            knowsItsPlace = true
            let last = try await sequence.journal.events(of: sequence.run, after: place - 1, limit: 1)
            isOver = last.last?.endsRun ?? true
        }

        private mutating func passed(_ events: [RunEvent]) -> [RunEvent] {
            place = events.last?.sequence ?? place
            knowsItsPlace = true
            isOver = events.last?.endsRun ?? false
            return events
        }

        private func rest(until deadline: ContinuousClock.Instant?, clock: ContinuousClock) async {
            var moment = deadline ?? clock.now + .seconds(60)
            if case .behind = sequence.hub.look(run: sequence.run, after: place) {
                moment = Swift.min(moment, clock.now + Self.pollInterval)
            }
            await sequence.hub.wait(run: sequence.run, after: place, until: moment)
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
