package import Engine
package import Foundation
package import Logging
package import Storage

/// Knows every stream and socket that is open on this process, so that what each of them would have to do from time to time
/// is done once for all: asking whether their readers may still read, breaking the silence, and waking those whom
/// something concerns. A stream that waits costs its bell.
package final class StreamDesk: Sendable {
    /// How often the readers' right to read is looked at again.
    package static let recheckInterval = Duration.seconds(5)
    /// For how long a person is said to be watched; renewed when half of it is over.
    private static let watchTime = Duration.seconds(120)
    /// How many failures in a row to find out who may still read are put up with.
    private static let patience = 6
    private static let batch = 1000

    /// Why a stream ends before its time.
    package enum End: Sendable {
        /// The person was disabled, or the session, the key or the token ended.
        case dismissed
        case serverEnds
    }

    struct Entry {
        var reader: StreamReader
        /// Only what concerns this one; nil for all that concerns the person.
        var conversation: UUID?
        var bell: Signal
        var nextBeat: ContinuousClock.Instant
        var isTold = true
        var isBeatDue = false
        var end: End?
    }

    private struct State {
        var entries: [Int: Entry] = [:]
        var lastKey = 0
        /// Streams by person, for whom to watch.
        var byPerson: [StreamPerson: Set<Int>] = [:]
        /// How many each has, in whichever organisations.
        var counts: [UUID: Int] = [:]
        var watched: Set<StreamPerson> = []
        var isClosed = false
    }

    private let state = Locked(State())
    /// How many streams and sockets one person may have open on this process.
    package let limit: Int
    let times: StreamTimes

    package init(limit: Int = 200, times: StreamTimes = StreamTimes()) {
        (self.limit, self.times) = (limit, times)
    }

    /// How many are open.
    package var count: Int { state.withLock { $0.entries.count } }

    /// Lets a reader in; the pass is given back when it is let go of. Throws `.rateLimited` when the person has too many.
    package func open(_ reader: StreamReader, conversation: UUID?) throws(WebError) -> StreamPass {
        let bell = Signal()
        let person = StreamPerson(user: reader.user, organisation: reader.organisation)
        let beat = ContinuousClock.now + times.heartbeat * Double.random(in: 0.5...1)
        let key = state.withLock { state -> Int? in
            guard state.counts[reader.user, default: 0] < limit else { return nil }
            state.counts[reader.user, default: 0] += 1
            state.lastKey += 1
            var entry = Entry(reader: reader, conversation: conversation, bell: bell, nextBeat: beat)
            if state.isClosed { entry.end = .serverEnds }
            state.entries[state.lastKey] = entry
            state.byPerson[person, default: []].insert(state.lastKey)
            return state.lastKey
        }
        guard let key else {
            throw WebError(.rateLimited, "You have \(limit) streams and sockets open. Close one first.", retryAfter: 5)
        }
        return StreamPass(desk: self, key: key, bell: bell)
    }

    /// Something of this person's has changed, in this conversation.
    package func told(of user: UUID, in conversation: UUID) {
        ring { state in
            let people = state.byPerson.filter { $0.key.user == user }
            return people.values.joined().filter { key in
                guard let entry = state.entries[key] else { return false }
                return entry.conversation.map { $0 == conversation } ?? true
            }
        } change: {
            $0.isTold = true
        }
    }

    /// Something may have been missed: everybody looks.
    package func toldAll() {
        ring {
            Array($0.entries.keys)
        } change: {
            $0.isTold = true
        }
    }

    /// Tells those whom something concerns, whatever node it happened on, until the task is cancelled.
    package func hear(_ store: Store) async {
        for await news in store.userAnnouncements() {
            if let news { told(of: news.user, in: news.conversation) } else { toldAll() }
        }
    }

    /// Ends every stream, because the server ends.
    package func close() {
        state.withLock { $0.isClosed = true }
        ring {
            Array($0.entries.keys)
        } change: {
            $0.end = .serverEnds
        }
    }

    /// Looks after all of them until the task is cancelled.
    package func run(_ store: Store, logger: Logger) async {
        let clock = ContinuousClock()
        var (checkedAt, watchedAt, failures) = (clock.now, clock.now, 0)
        while !Task.isCancelled {
            try? await clock.sleep(for: times.tick)
            beat(at: clock.now)
            do {
                if clock.now - watchedAt >= Self.watchTime / 2 {
                    watchedAt = clock.now
                    try await renewWatches(in: store)
                }
                if clock.now - checkedAt >= times.recheck - times.tick {
                    checkedAt = clock.now
                    try await dismiss(by: store)
                    failures = 0
                }
            } catch {
                guard !Task.isCancelled else { return }
                failures += 1
                logger.warning("Streams could not be looked after", metadata: ["error": "\(error)"])
                if failures >= Self.patience { dismissAll() }
            }
        }
    }

    /// Says to the other nodes that this person's streams are read here, once for all of them.
    func watch(_ person: StreamPerson, in store: Store) async throws {
        guard state.withLock({ !$0.watched.contains(person) }) else { return }
        try await store.watch(people: [person], for: Self.watchTime)
        state.withLock { state in
            // What happened while this was on its way is looked for once more.
            state.watched.insert(person)
            for key in state.byPerson[person] ?? [] { state.entries[key]?.isTold = true }
        }
    }

    private func renewWatches(in store: Store) async throws {
        let people = state.withLock { state in
            state.watched.formIntersection(state.byPerson.keys)
            return state.watched
        }
        if !people.isEmpty { try await store.watch(people: people, for: Self.watchTime) }
    }

    /// Breaks silences, and ends what was let in for a time that is over.
    private func beat(at now: ContinuousClock.Instant) {
        let date = Date()
        ring { state in
            state.entries.filter { $0.value.nextBeat <= now || $0.value.isOverdue(at: date) }.map(\.key)
        } change: { entry in
            if entry.isOverdue(at: date) { entry.end = .dismissed }
            guard entry.nextBeat <= now else { return }
            entry.isBeatDue = true
            entry.nextBeat = now + times.heartbeat
        }
    }

    /// Many streams of one credential are one question.
    private func dismiss(by store: Store) async throws {
        let keys = state.withLock { state in
            Dictionary(grouping: state.entries.filter { $0.value.end == nil }.keys) { state.entries[$0]?.reader }
        }
        let readers = keys.keys.compactMap { $0 }
        var start = 0
        while start < readers.count {
            let some = Array(readers[start..<min(start + Self.batch, readers.count)])
            let gone = try await store.readersToDismiss(among: some)
            let dismissed = gone.flatMap { keys[some[$0]] ?? [] }
            ring { _ in
                dismissed
            } change: {
                $0.end = .dismissed
            }
            start += Self.batch
        }
    }

    private func dismissAll() {
        ring {
            Array($0.entries.keys)
        } change: {
            $0.end = .dismissed
        }
    }

    /// Changes some entries, then rings their bells outside of the lock.
    private func ring(_ which: (State) -> some Sequence<Int>, change: (inout Entry) -> Void) {
        let bells = state.withLock { state in
            Array(which(state)).compactMap { key -> Signal? in
                guard var entry = state.entries[key] else { return nil }
                change(&entry)
                state.entries[key] = entry
                return entry.bell
            }
        }
        for bell in bells { bell.ring() }
    }

    fileprivate func leave(_ key: Int) {
        state.withLock { state in
            guard let entry = state.entries.removeValue(forKey: key) else { return }
            let person = StreamPerson(user: entry.reader.user, organisation: entry.reader.organisation)
            state.byPerson[person]?.remove(key)
            if state.byPerson[person]?.isEmpty == true { state.byPerson[person] = nil }
            let left = state.counts[entry.reader.user, default: 1] - 1
            state.counts[entry.reader.user] = left > 0 ? left : nil
        }
    }

    fileprivate func take(_ key: Int) -> StreamPass.News {
        state.withLock { state in
            guard let entry = state.entries[key] else { return StreamPass.News(end: .serverEnds) }
            state.entries[key]?.isTold = false
            state.entries[key]?.isBeatDue = false
            let end = entry.isOverdue(at: Date()) ? .dismissed : entry.end
            return StreamPass.News(isTold: entry.isTold, isBeatDue: entry.isBeatDue, end: end)
        }
    }
}

/// A reader's place at the desk, given back when nobody holds it any more.
package final class StreamPass: Sendable {
    /// What has happened since the last time somebody asked.
    package struct News: Sendable {
        package var isTold = false
        package var isBeatDue = false
        package var end: StreamDesk.End?
    }

    /// Rings when there is news, and for whatever else its reader waits.
    package let bell: Signal
    private let desk: StreamDesk
    private let key: Int

    fileprivate init(desk: StreamDesk, key: Int, bell: Signal) {
        (self.desk, self.key, self.bell) = (desk, key, bell)
    }

    deinit { desk.leave(key) }

    package func take() -> News { desk.take(key) }
}

extension StreamDesk.Entry {
    /// Whether it goes on although its token has ended.
    fileprivate func isOverdue(at date: Date) -> Bool {
        if end == nil, case .token(_, _, let expiresAt) = reader.credential { expiresAt <= date } else { false }
    }
}

extension StreamReader {
    /// nil for somebody who came by nothing that could be looked at again.
    package init?(_ identity: Identity) {
        guard let user = identity.principal.userID, let organisation = identity.principal.organisationID else {
            return nil
        }
        let credential: Credential
        if let session = identity.session {
            credential = .session(session.id)
        } else if let key = identity.key {
            credential = .key(key.id)
        } else if let token = identity.token {
            credential = .token(family: token.family, issuedAt: token.issuedAt, expiresAt: token.expiresAt)
        } else {
            return nil
        }
        // A key that is not an administrator's may what a member may, whatever its person is.
        let isBelow = identity.key?.scopes.contains(.admin) == false
        self.init(
            user: user,
            organisation: organisation,
            credential: credential,
            role: isBelow ? nil : identity.user.role
        )
    }
}
