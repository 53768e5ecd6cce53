package import Foundation

/// Which tool calls go ahead, which need a person's word, which are refused. The server decides, whatever a model says.
package struct ToolPolicy: Sendable, Equatable {
    package enum Decision: String, Sendable, CaseIterable { case allow, ask, deny }

    /// A wish of the organisation's or of a person's. What is nil matches all.
    package struct Rule: Sendable, Equatable {
        /// Of one person; nil for the whole organisation.
        package var userID: UUID?
        package var agentID: UUID?
        package var toolName: String?
        package var level: ToolLevel?
        package var decision: Decision

        package init(
            userID: UUID? = nil,
            agentID: UUID? = nil,
            toolName: String? = nil,
            level: ToolLevel? = nil,
            decision: Decision
        ) {
            self.userID = userID
            self.agentID = agentID
            self.toolName = toolName
            self.level = level
            self.decision = decision
        }
    }

    package var rules: [Rule]

    package init(rules: [Rule] = []) { self.rules = rules }

    /// The organisation's "deny" stands; otherwise the rule that says most about the call counts, and without one
    /// everything but privileged tools is allowed.
    package func decision(on tool: ToolSpecification, agent: UUID) -> Decision {
        let fitting = rules.filter { rule in
            (rule.toolName ?? tool.name) == tool.name && (rule.level ?? tool.level) == tool.level
                && (rule.agentID ?? agent) == agent
        }
        if fitting.contains(where: { $0.userID == nil && $0.decision == .deny }) { return .deny }
        let telling = fitting.max { $0.weight < $1.weight }
        return telling?.decision ?? (tool.level == .privileged ? .ask : .allow)
    }
}

extension ToolPolicy.Rule {
    /// A tool says more than a level, an agent more than none, a person more than the organisation; of two that say
    /// the same, the stricter counts.
    fileprivate var weight: Int {
        let strictness = [.allow: 0, .ask: 1, .deny: 2][decision] ?? 0
        return (toolName != nil ? 32 : level != nil ? 16 : 0) + (agentID != nil ? 8 : 0) + (userID != nil ? 4 : 0)
            + strictness
    }
}

/// What a person said to a call that waited for them.
package struct ToolApproval: Sendable, Equatable {
    package var callID: String
    package var isApproved: Bool
    /// The input as the person changed it, a JSON object; nil as the model wrote it.
    package var editedInput: String?
    package var decidedBy: UUID
    package var decidedAt: Date

    package init(callID: String, isApproved: Bool, editedInput: String?, decidedBy: UUID, decidedAt: Date) {
        self.callID = callID
        self.isApproved = isApproved
        self.editedInput = editedInput
        self.decidedBy = decidedBy
        self.decidedAt = decidedAt
    }
}

/// A run that rests until a person has answered, or a child has ended; it costs a row and nothing else.
package struct SuspendedRun: Sendable {
    package var run: Run
    package var epoch: Int64
    /// The last events, `run_status` "waiting" at the end.
    package var events: [RunEvent]
    /// Model calls that are not stored yet.
    package var usage: [UsageRecord]
    /// What is asked.
    package var calls: [ToolCall]
    /// Runs that come into being with this.
    package var children: [NewChild]
    /// Children under way. When one of them has ended meanwhile, the run does not rest at all.
    package var awaited: [UUID]
    /// The agent that goes on, at once.
    package var successor: UUID?

    package init(
        run: Run,
        epoch: Int64,
        events: [RunEvent],
        usage: [UsageRecord],
        calls: [ToolCall] = [],
        children: [NewChild] = [],
        awaited: [UUID] = [],
        successor: UUID? = nil
    ) {
        self.run = run
        self.epoch = epoch
        self.events = events
        self.usage = usage
        self.calls = calls
        self.children = children
        self.awaited = awaited
        self.successor = successor
    }
}
