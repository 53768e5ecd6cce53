/// The least that must be said of a tool that people made, by what it is: they may be more careful, never less.
package struct ToolFloor: Sendable, Equatable {
    package var level: ToolLevel
    package var effect: ToolEffect

    /// What is taken where its maker says nothing.
    package let usualEffect: ToolEffect

    /// nil for kinds whose makers say it otherwise.
    package init?(type: String, definition: JSONValue) {
        switch type {
        case "script": (level, effect, usualEffect) = (.safeExecute, .pure, .effectful)
        case "http" where Self.isReading(definition): (level, effect, usualEffect) = (.readOnly, .pure, .idempotent)
        case "http": (level, effect, usualEffect) = (.privileged, .effectful, .effectful)
        default: return nil
        }
    }

    /// nil when all is well.
    package func complaint(about tool: ToolSpecification) -> String? {
        if tool.level.rank < level.rank { return "Its level must be \(level.rawValue) at least." }
        if tool.effect.rank < effect.rank { return "Its effect must be \(effect.rawValue) at least." }
        return nil
    }

    private static func isReading(_ definition: JSONValue) -> Bool {
        ["GET", "HEAD", "OPTIONS"].contains(definition["method"]?.string ?? "GET")
    }
}

extension ToolLevel {
    fileprivate var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension ToolEffect {
    fileprivate var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
