package import Foundation

/// Whom an agent can ask for help, as one run of it sees them.
package struct Team: Sendable, Equatable {
    /// Active or not: of a colleague who is away the model is not told, but what was planned with them goes to the next best.
    package var colleagues: [Colleague]
    /// The run's own agent and all those above that wait for it: asking one of them would go in a circle.
    package var lineage: Set<UUID>
    /// How many runs serve the same turn already, this one among them.
    package var size: Int

    package init(colleagues: [Colleague] = [], lineage: Set<UUID> = [], size: Int = 1) {
        self.colleagues = colleagues
        self.lineage = lineage
        self.size = size
    }

    /// Those who can be asked.
    var available: [Colleague] { colleagues.filter { $0.isActive && !lineage.contains($0.id) } }

    /// The colleague that a model means: by name, or as people call them.
    func colleague(named name: String) throws(ToolFailure) -> Colleague {
        let wanted = name.trimmed.lowercased()
        let byName = colleagues.first { $0.name.lowercased() == wanted }
        let found = byName ?? colleagues.first { $0.displayName.lowercased() == wanted }
        guard let found else { throw ToolFailure("There is no colleague called \(name). There are: \(names).") }
        guard !lineage.contains(found.id) else {
            throw ToolFailure("\(found.name) waits for this very answer and cannot be asked. There are: \(names).")
        }
        return found
    }

    private var names: String { available.map(\.name).joined(separator: ", ") }

    /// What the model is told of its team; nothing without one.
    var introduction: String {
        guard !available.isEmpty else { return "" }
        let lines = available.map { colleague in
            let skills = colleague.capabilities.isEmpty ? "" : " (\(colleague.capabilities.joined(separator: ", ")))"
            return "- \(colleague.name): \(colleague.description ?? colleague.displayName)\(skills)"
        }
        return "\n\nYour colleagues, by the names that you call them with:\n" + lines.joined(separator: "\n")
    }
}

/// An agent that another one can ask.
package struct Colleague: Sendable, Equatable {
    package var id: UUID
    package var name: String
    package var displayName: String
    package var description: String?
    package var capabilities: [String]
    package var isActive: Bool
    /// They left the team after they had been asked.
    private(set) var isGone = false

    /// `id`: nil of one who has no run yet, and will have none.
    static func gone(_ name: String, id: UUID?) -> Colleague {
        var colleague = Colleague(id: id ?? UUID(), name: name, displayName: name, isActive: false)
        colleague.isGone = true
        return colleague
    }

    package init(
        id: UUID,
        name: String,
        displayName: String,
        description: String? = nil,
        capabilities: [String] = [],
        isActive: Bool = true
    ) {
        self.id = id
        self.name = name
        self.displayName = displayName
        self.description = description
        self.capabilities = capabilities
        self.isActive = isActive
    }
}
