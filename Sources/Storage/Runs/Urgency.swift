import Postgres

/// How much of a hurry the asker is in.
package enum Urgency: String, Sendable, CaseIterable {
    case high, normal, low

    /// What it adds to the priority of a run (the scheduler of the system design, 4.5).
    var points: Int {
        switch self {
        case .high: 2
        case .normal: 0
        case .low: -1
        }
    }
}

extension Urgency: Bindable {}
