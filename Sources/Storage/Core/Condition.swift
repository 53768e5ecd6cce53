import Engine
package import Foundation
import Postgres

/// A thing that somebody may change on condition that it still is as they saw it.
package enum Conditional: Sendable, Equatable {
    case user(UUID), organisation(UUID), provider(UUID), model(UUID), budget(UUID), agent(UUID), tool(UUID), skill(UUID)
    /// Of the instance, all together.
    case settings
}

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
        return Condition(subject: subject, version: try row?.get("version"))
    }

    /// The first statements of a change: they take the thing's lock, and hold the change to the task's condition.
    static func locked(_ subject: Conditional) -> [Query] {
        let condition = Condition.current.flatMap { $0.subject == subject ? $0 : nil }
        var demand: Query = ""
        if let condition {
            demand = "public.alma_demand_unchanged(\(subject.version) is not distinct from \(condition.version)::text)"
        }
        guard subject == .settings else { return ["select \(demand) from \(subject.rows) for update"] }
        // There may be no row to lock; and whoever waited for the lock has to look with new eyes.
        let lock: Query = "select pg_advisory_xact_lock(hashtext('alma.settings'))"
        return condition == nil ? [lock] : [lock, "select \(demand)"]
    }

    /// The first statements of a change of what has versions: they hold it to `version`, which its changer has seen, else to the
    /// task's condition. None where nobody says what they have seen.
    static func demanded(_ subject: Conditional, at version: Int? = nil) -> [Query] {
        let said = version.map { Condition(subject: subject, version: String($0)) }
        guard let seen = said ?? Condition.current, seen.subject == subject else { return [] }
        return Condition.$current.withValue(seen) { locked(subject) }
    }
}

extension Conditional {
    /// Another after each change.
    fileprivate var version: Query {
        switch self {
        case .settings: "(select string_agg(name || ':' || xmin::text, ',' order by name) from settings)"
        case .user, .organisation, .provider, .model, .budget: "xmin::text"
        // Their rows may be written for other reasons, too: an agent's runs are counted in its own.
        case .agent, .tool, .skill: "version::text"
        }
    }

    fileprivate var rows: Query {
        switch self {
        case .user(let id): "users where user_id = \(id)"
        case .organisation(let id): "organisations where org_id = \(id)"
        case .provider(let id): "llmconfigs where llm_id = \(id)"
        case .model(let id): "models where model_id = \(id)"
        case .budget(let id): "budgets where budget_id = \(id)"
        case .agent(let id): "agents where agent_id = \(id)"
        case .tool(let id): "tools where tool_id = \(id)"
        case .skill(let id): "skills where skill_id = \(id)"
        case .settings: "(values (1)) one"
        }
    }
}
