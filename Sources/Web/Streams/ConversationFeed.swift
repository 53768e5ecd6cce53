import Engine
import Foundation
import Storage

/// All runs of a conversation, those of its agents' colleagues too, as they come: the turn that is under way, and every
/// one after it. Whoever names a place gets everything since.
struct ConversationFeed: StreamFeed {
    private struct Follower {
        var root: UUID
        var reader: RunReader
        var takeBack: (@Sendable () -> Void)?
    }

    /// Where a reader begins.
    enum Start: Sendable, Equatable {
        /// With the turn that is under way, if there is one.
        case now
        case place(ConversationPlace)
        /// After this event of the newest turn.
        case sequence(Int64)
    }

    private let services: WebServices
    private let conversation: UUID
    private let principal: Principal
    /// Where the reader came from; used up by the first look.
    private var known = ConversationPlace()
    /// The newest turn that was found, and the newest that the reader has begun.
    private var newest: UUID?
    private var begun: UUID?
    private var followers: [Follower] = []
    private var hasLooked: Bool
    /// Whether there are more turns than were looked for at once.
    private var hasMoreTurns = false
    /// Counts the questions, so that the runs of a turn are asked in another order each time.
    private var count = 0

    init(_ conversation: UUID, from start: Start, services: WebServices, by principal: Principal) async throws {
        (self.services, self.conversation, self.principal) = (services, conversation, principal)
        hasLooked = start != .now
        switch start {
        case .now: break
        case .place(let place): known = place
        case .sequence(let sequence):
            let runs = try await services.store.runsToFollow(in: conversation, turns: .last, open: [], by: principal)
            if let root = runs.first?.root { (known.newest, known.runs) = (root, [(root, sequence)]) }
        }
        (newest, begun) = (known.newest, known.newest)
        try await look()
    }

    var isOver: Bool { false }
    var start: String? { place.text }

    /// Where the reader is. Turns that were found and not begun follow from the newest that was.
    private var place: ConversationPlace {
        var place = ConversationPlace()
        place.newest = begun
        place.runs = followers.filter { isBegun($0) }.map { ($0.reader.run, $0.reader.place) }
        return place
    }

    private func isBegun(_ follower: Follower) -> Bool { begun.map { follower.root <= $0 } ?? false }

    /// Whether there is nothing to be read before somebody tells of something new.
    var isQuiet: Bool { followers.isEmpty && !hasMoreTurns }

    mutating func next(isTold: Bool) async throws -> [StreamRecord] {
        for index in followers.indices {
            followers[index].takeBack?()
            followers[index].takeBack = nil
        }
        if isTold { try await look() }
        while true {
            for index in order() {
                guard let events = try await followers[index].reader.available(), !events.isEmpty else { continue }
                let (root, run) = (followers[index].root, followers[index].reader.run)
                begun = begun.map { max($0, root) } ?? root
                forgetFinished(but: root)
                let records = try await records(events, of: run)
                forgetFinished()
                return records
            }
            forgetFinished()
            guard hasMoreTurns else { return [] }
            try await look()
        }
    }

    mutating func leave(_ bell: Signal) {
        for index in followers.indices where !followers[index].reader.isOver {
            followers[index].takeBack = followers[index].reader.call { bell.ring() }
        }
    }

    /// Turn by turn; of one turn each run in its turn: one that says much does not keep the others waiting.
    private mutating func order() -> [Int] {
        count += 1
        let turns = Dictionary(grouping: followers.indices) { followers[$0].root }
        return turns.sorted { $0.key < $1.key }.flatMap { turn in
            turn.value.indices.map { turn.value[($0 + count) % turn.value.count] }
        }
    }

    /// What is new in the conversation.
    private mutating func look() async throws {
        let isFirst = !hasLooked
        hasLooked = true
        let open = Array(Set(followers.map(\.root) + known.runs.map(\.run)))
        let turns: FollowedTurns = isFirst ? .last : .after(newest)
        let found = try await apart { [services, conversation, principal] in
            try await services.store.runsToFollow(in: conversation, turns: turns, open: open, by: principal)
        }
        hasMoreTurns = Set(found.map(\.root)).count >= Store.mostTurnsAtOnce
        for run in found {
            newest = newest.map { max($0, run.root) } ?? run.root
            // Whoever has no place wants what goes on, not what was.
            if isFirst, run.isRootOver { continue }
            guard !followers.contains(where: { $0.reader.run == run.id }) else { continue }
            let place = known.runs.first { $0.run == run.id }?.sequence ?? 0
            let reader = RunReader(hub: services.hub, journal: services.store, run: run.id, after: place)
            followers.append(Follower(root: run.root, reader: reader))
        }
        if isFirst { begun = newest }
        known.runs = []
    }

    private func records(_ events: [RunEvent], of run: UUID) async throws -> [StreamRecord] {
        let place = place
        let index = place.runs.firstIndex { $0.run == run }
        // Each has the whole place for its name.
        return try await shortly(events.bytes + events.count * place.runs.count * 64) {
            var place = place
            return events.map { event in
                if let index { place.runs[index].sequence = event.sequence }
                return StreamRecord(id: place.text, json: event.record, sequence: event.sequence)
            }
        }
    }

    /// A turn is left out of the place when it and all below it are read to their ends.
    private mutating func forgetFinished(but root: UUID? = nil) {
        let open = Set(followers.filter { !$0.reader.isOver }.map(\.root))
        followers.removeAll { !open.contains($0.root) && $0.root != root }
    }
}
