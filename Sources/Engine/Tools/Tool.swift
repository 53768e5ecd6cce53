package import Foundation

/// Something that an agent can do. `Tools` has the program's own; tests bring theirs.
package protocol Tool: Sendable {
    var specification: ToolSpecification { get }

    /// What is known of one call: level and effect may be less than the tool's at its most. `input` satisfies the schema.
    func specification(for input: JSONValue) -> ToolSpecification

    /// The result as the model reads it. `input` satisfies the specification's schema.
    ///
    /// Throws `ToolFailure` with words that the model can act on, or `CancellationError` when the run stops. Whatever else
    /// is thrown goes to the server's log; the model is told only that it failed.
    func perform(_ input: JSONValue, in context: ToolContext) async throws -> String

    /// A run will call it no more on this server: what it keeps open for the run is to go. Called for every tool and run.
    func runEnded(_ run: UUID) async
}

extension Tool {
    package func specification(for input: JSONValue) -> ToolSpecification { specification }

    package func runEnded(_ run: UUID) async {}
}

/// What is known of a tool before it is used.
package struct ToolSpecification: Sendable {
    /// As models call it: letters, digits and underscores, unique.
    package var name: String
    /// For the model: what it does, when to use it, what it returns.
    package var description: String
    /// A JSON Schema of an object, as text.
    package var schema: String
    package var level: ToolLevel
    package var effect: ToolEffect
    /// A call that takes longer is ended.
    package var timeLimit: Duration
    /// Whether a call is a question to the person: the run rests until it is answered, and the tool gets the answer.
    package var asksPerson: Bool
    /// The system's agents that have it from the start, by name; nil for all of them, none for nobody.
    package var agents: [String]?
    /// Of a tool that changes while the program runs, what tells this form of it from others.
    package var version: String

    package init(
        name: String,
        description: String,
        schema: String,
        level: ToolLevel,
        effect: ToolEffect,
        timeLimit: Duration = .seconds(30),
        asksPerson: Bool = false,
        agents: [String]? = nil,
        version: String = ""
    ) {
        self.name = name
        self.description = description
        self.schema = schema
        self.level = level
        self.effect = effect
        self.timeLimit = timeLimit
        self.asksPerson = asksPerson
        self.agents = agents
        self.version = version
    }
}

/// What a tool may touch; policy decides by it. The raw values are `tools.security_level`.
package enum ToolLevel: String, Sendable, CaseIterable {
    case readOnly = "read_only"
    case safeExecute = "safe_execute"
    case privileged
}

/// What happens when a call is made twice. The raw values are `tools.effect`.
package enum ToolEffect: String, Sendable, CaseIterable {
    /// The same input gives the same result, and nothing changes.
    case pure
    /// Done twice is done once.
    case idempotent
    /// Each call leaves something behind: it is never repeated by itself.
    case effectful
}

/// For whom a tool works.
package struct ToolContext: Sendable {
    package var run: Run
    /// The person whose run it is, without any power that is not theirs.
    package var principal: Principal
    /// What the person said, for a tool that asks them.
    package var answer: String?
    /// What the agent's owner has set for the tool: an object.
    package var parameters: JSONValue
    /// Tells whoever watches what a long call has brought so far; the result has it all again.
    package var progress: @Sendable (String) async throws -> Void

    package init(
        run: Run,
        answer: String? = nil,
        parameters: JSONValue = .object([:]),
        progress: @escaping @Sendable (String) async throws -> Void = { _ in }
    ) {
        self.run = run
        self.answer = answer
        self.parameters = parameters
        self.progress = progress
        principal = .member(user: run.userID, organisation: run.organisationID, isSuperuser: false)
    }
}

/// Why a tool could not do what it was asked for, in words for the model.
package struct ToolFailure: Error, Sendable, Equatable {
    package var message: String
    /// Whether the same call may succeed a moment later.
    package var isTransient: Bool

    package init(_ message: String, isTransient: Bool = false) {
        self.message = message
        self.isTransient = isTransient
    }
}
