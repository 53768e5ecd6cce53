import Foundation

/// What went through a sandbox's door, and what was turned away there.
package final class EgressRecord: @unchecked Sendable {
    /// Of one host and port.
    package struct Traffic: Sendable, Equatable {
        package var place: String
        package var connections: Int
        package var sentBytes: Int
        package var receivedBytes: Int
    }

    /// What a program wanted and did not get.
    package struct Refusal: Sendable, Hashable {
        package var place: String
        /// Such as "is not on this agent's list".
        package var reason: String
    }

    /// Of different places, and of different refusals.
    private static let most = 50

    // Everything is guarded by `lock`.
    private let lock = NSLock()
    private var places: [Traffic] = []
    private var turnedAway: [Refusal] = []
    private var open = 0
    private var bytes = 0
    private var periodBegan: ContinuousClock.Instant?
    private let tell: @Sendable (Refusal) -> Void

    /// `tell` hears of each refusal when it comes, of equal ones once in a period of the limits.
    package init(tell: @escaping @Sendable (Refusal) -> Void = { _ in }) { self.tell = tell }

    /// In the order in which they were first reached; those after the fiftieth are counted as one.
    package var traffic: [Traffic] { lock.withLock { places } }
    package var refusals: [Refusal] { lock.withLock { turnedAway } }
}

/// The door's side.
extension EgressRecord {
    /// Why nothing passes any more.
    static func usedUp(_ limits: EgressLimits) -> String { "is cut off, because \(limits.volume) are used up" }

    func enters(_ limits: EgressLimits, at now: ContinuousClock.Instant = .now) -> Bool {
        lock.withLock {
            renew(limits, at: now)
            guard open < limits.connections else { return false }
            open += 1
            return true
        }
    }

    func leaves() { lock.withLock { open -= 1 } }

    func refuse(_ place: String, _ reason: String) {
        let refusal = Refusal(place: place, reason: reason)
        let isNew = lock.withLock {
            guard turnedAway.count < Self.most, !turnedAway.contains(refusal) else { return false }
            turnedAway.append(refusal)
            return true
        }
        if isNew { tell(refusal) }
    }

    /// Whether anything may pass still.
    func hasRoom(_ limits: EgressLimits, at now: ContinuousClock.Instant = .now) -> Bool {
        lock.withLock {
            renew(limits, at: now)
            return bytes <= limits.bytes
        }
    }

    /// The place's number, to count under.
    func connection(to place: String) -> Int {
        lock.withLock {
            let name = places.count < Self.most ? place : "others"
            let index = places.firstIndex { $0.place == place } ?? places.firstIndex { $0.place == name }
            guard let index else {
                places.append(Traffic(place: name, connections: 1, sentBytes: 0, receivedBytes: 0))
                return places.count - 1
            }
            places[index].connections += 1
            return index
        }
    }

    /// False when that was more than may pass.
    func counts(
        _ count: Int,
        sent index: Int,
        _ limits: EgressLimits,
        at now: ContinuousClock.Instant = .now
    ) -> Bool {
        pass(count, index, limits, now) { $0.sentBytes += count }
    }

    func counts(
        _ count: Int,
        received index: Int,
        _ limits: EgressLimits,
        at now: ContinuousClock.Instant = .now
    ) -> Bool {
        pass(count, index, limits, now) { $0.receivedBytes += count }
    }

    private func pass(
        _ count: Int,
        _ index: Int,
        _ limits: EgressLimits,
        _ now: ContinuousClock.Instant,
        _ change: (inout Traffic) -> Void
    ) -> Bool {
        let cutOff = lock.withLock { () -> String? in
            renew(limits, at: now)
            bytes += count
            guard bytes <= limits.bytes else { return places[index].place }
            change(&places[index])
            return nil
        }
        guard let cutOff else { return true }
        refuse(cutOff, Self.usedUp(limits))
        return false
    }

    /// Called under the lock. In a new period as much may pass again, and what is refused is told again.
    private func renew(_ limits: EgressLimits, at now: ContinuousClock.Instant) {
        let began = periodBegan ?? now
        periodBegan = began
        guard let period = limits.period, now - began >= period else { return }
        (periodBegan, bytes, turnedAway) = (now, 0, [])
    }
}
