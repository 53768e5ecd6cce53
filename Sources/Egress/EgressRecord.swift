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

    package init() {}

    /// In the order in which they were first reached; those after the fiftieth are counted as one.
    package var traffic: [Traffic] { lock.withLock { places } }
    package var refusals: [Refusal] { lock.withLock { turnedAway } }
}

/// The door's side.
extension EgressRecord {
    func enters(_ limits: EgressLimits) -> Bool {
        lock.withLock {
            guard open < limits.connections else { return false }
            open += 1
            return true
        }
    }

    func leaves() { lock.withLock { open -= 1 } }

    func refuse(_ place: String, _ reason: String) {
        let refusal = Refusal(place: place, reason: reason)
        lock.withLock {
            if turnedAway.count < Self.most, !turnedAway.contains(refusal) { turnedAway.append(refusal) }
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
    func counts(_ count: Int, sent index: Int, _ limits: EgressLimits) -> Bool {
        pass(count, limits) { $0[index].sentBytes += count }
    }

    func counts(_ count: Int, received index: Int, _ limits: EgressLimits) -> Bool {
        pass(count, limits) { $0[index].receivedBytes += count }
    }

    private func pass(_ count: Int, _ limits: EgressLimits, _ change: (inout [Traffic]) -> Void) -> Bool {
        lock.withLock {
            bytes += count
            guard bytes <= limits.bytes else { return false }
            change(&places)
            return true
        }
    }
}
