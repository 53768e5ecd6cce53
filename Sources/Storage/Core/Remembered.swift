import Engine
import Foundation

/// Answers that are asked for again and again, remembered for a moment: so long may what they say be out of date.
final class Remembered<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// Of them at once; when there are more, all are looked up anew.
    private static var most: Int { 4096 }

    private let entries = Locked<[Key: (value: Value, until: ContinuousClock.Instant)]>([:])
    private let time: Duration

    init(for time: Duration) { self.time = time }

    /// What `look` finds is remembered unless it is nil.
    func value(of key: Key, look: () async throws -> Value?) async throws -> Value? {
        let now = ContinuousClock.now
        if let entry = entries.withLock({ $0[key] }), entry.until > now { return entry.value }
        guard let value = try await look() else {
            entries.withLock { $0[key] = nil }
            return nil
        }
        entries.withLock { entries in
            if entries.count >= Self.most { entries = [:] }
            // From before it was asked: what changed meanwhile may not be in it.
            entries[key] = (value, now + time)
        }
        return value
    }

    func forget() { entries.withLock { $0 = [:] } }
}
