import Engine
import Postgres

/// How a thing stood when its changer looked at it. While one is set for a task, the store changes that thing only if it still
/// stands so, in the transaction of the change; otherwise it throws `StorageError.Code.changed`.
package struct Condition: Sendable, Equatable {
    @TaskLocal package static var current: Condition?

    let subject: Conditional
    let version: String?
}

extension Store {
    /// How a thing stands now, to be kept while somebody looks at it.
    package func condition(of subject: Conditional) async throws -> Condition {
        let row = try await query("select \(subject.version) as version from \(subject.rows)", by: .system).first
        return Condition(subject: subject, version: try row?.get("version", as: String?.self))
    }

    /// The first statements of a change: they take the thing's locks, and hold the change to the task's condition. `version`: what
    /// its changer has seen of a thing that has versions, in the place of that condition. An audited change begins with them: only
    /// so is what the audit says of before what the change has replaced.
    static func locked(_ subject: Conditional, at version: Int? = nil) -> [Query] {
        let said = version.map { Condition(subject: subject, version: String($0)) }
        guard let condition = said ?? Condition.current, condition.subject == subject else { return subject.locks }
        let isSame: Query = "\(subject.version) is not distinct from \(condition.version)::text"
        // A statement of its own: whoever waited for a lock has to look with new eyes.
        return subject.locks + ["select public.alma_demand_unchanged(\(isSame)) from \(subject.rows)"]
    }

    /// The same where nobody need be held off without a condition.
    static func demanded(_ subject: Conditional) -> [Query] {
        Condition.current?.subject == subject ? locked(subject) : []
    }

    /// A change of one statement, held to the task's condition.
    @discardableResult
    func query(_ change: Query, changing subject: Conditional, by principal: Principal) async throws -> Rows {
        let answers = try await batch(Self.demanded(subject) + [change], by: principal)
        guard let rows = answers.last else { throw StorageError(.failed, "The database did not answer.") }
        return rows
    }
}
