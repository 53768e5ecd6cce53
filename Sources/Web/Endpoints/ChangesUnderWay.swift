import Engine

/// The places that somebody is changing on condition that they are as they were seen: one at a time in this process, so that
/// of two who saw the same only one gets their way.
final class ChangesUnderWay: Sendable {
    private let places = Locked<Set<String>>([])

    /// False when somebody is at it.
    func begin(_ place: String) -> Bool { places.withLock { $0.insert(place).inserted } }

    func end(_ place: String) { places.withLock { _ = $0.remove(place) } }
}
