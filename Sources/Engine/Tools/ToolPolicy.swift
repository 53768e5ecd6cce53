package import Foundation

/// Which tool calls go ahead, which need a person's word, which are refused. The server decides, whatever a model says.
package struct ToolPolicy: Sendable, Equatable {
    package enum Decision: String, Sendable, CaseIterable { case allow, ask, deny }

    /// A wish of the organisation's or of a person's. What is nil matches all.
    package struct Rule: Sendable, Equatable {
        /// For one person's runs; nil for the whole organisation.
        package var userID: UUID?
        /// Whether the organisation has said it, perhaps of one person, rather than that person.
        package var isOrganisations: Bool
        package var agentID: UUID?
        package var toolName: String?
        package var level: ToolLevel?
        package var decision: Decision
        /// Seconds until a call that asks is taken for refused.
        package var expiresAfter: Int?

        package init(
            userID: UUID? = nil,
            isOrganisations: Bool? = nil,
            agentID: UUID? = nil,
            toolName: String? = nil,
            level: ToolLevel? = nil,
            decision: Decision,
            expiresAfter: Int? = nil
        ) {
            self.userID = userID
            self.isOrganisations = isOrganisations ?? (userID == nil)
            self.agentID = agentID
            self.toolName = toolName
            self.level = level
            self.decision = decision
            self.expiresAfter = expiresAfter
        }
    }

    package var rules: [Rule]
    /// Seconds until a call that asks is taken for refused, where no rule says otherwise; nil waits for ever.
    package var expiresAfter: Int?

    package init(rules: [Rule] = [], expiresAfter: Int? = nil) {
        self.rules = rules
        self.expiresAfter = expiresAfter
    }

    /// The organisation's "deny" stands; otherwise the rule that says most about the call counts, and without one
    /// everything but privileged tools is allowed. Who wants to be asked more often than that is: what a person has said
    /// themselves is never made laxer by what the organisation has.
    package func decision(on tool: ToolSpecification, agent: UUID) -> Decision {
        let fitting = fitting(tool, agent)
        if fitting.contains(where: { $0.isOrganisations && $0.decision == .deny }) { return .deny }
        let telling = [fitting, fitting.filter { !$0.isOrganisations }].compactMap { rules in
            rules.max { $0.weight < $1.weight }?.decision
        }
        return telling.max { $0.strictness < $1.strictness } ?? (tool.level == .privileged ? .ask : .allow)
    }

    /// Seconds that a call of the tool waits for its person; nil for ever.
    package func patience(with tool: ToolSpecification, agent: UUID) -> Int? {
        fitting(tool, agent).filter { $0.expiresAfter != nil }.max { $0.weight < $1.weight }?.expiresAfter
            ?? expiresAfter
    }

    private func fitting(_ tool: ToolSpecification, _ agent: UUID) -> [Rule] {
        rules.filter { rule in
            (rule.toolName ?? tool.name) == tool.name && (rule.level ?? tool.level) == tool.level
                && (rule.agentID ?? agent) == agent
        }
    }
}

extension ToolPolicy.Rule {
    /// A tool says more than a level, an agent more than none, a person more than the organisation; of two that say
    /// the same, the stricter counts.
    fileprivate var weight: Int {
        (toolName != nil ? 32 : level != nil ? 16 : 0) + (agentID != nil ? 8 : 0) + (userID != nil ? 4 : 0)
            + decision.strictness
    }
}

extension ToolPolicy.Decision {
    fileprivate var strictness: Int {
        switch self {
        case .allow: 0
        case .ask: 1
        case .deny: 2
        }
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
    /// The tool calls whose results are among the events.
    package var toolCalls: [ToolCallRecord]
    /// What is asked.
    package var calls: [CallRequest]
    /// Runs that come into being with this.
    package var children: [NewChild]
    /// Children under way. When one of them has ended meanwhile, the run does not rest at all.
    package var awaited: [UUID]
    /// The agent that goes on, at once.
    package var successor: UUID?
    /// It rests until somebody resumes it.
    package var isPaused: Bool

    package init(
        run: Run,
        epoch: Int64,
        events: [RunEvent],
        usage: [UsageRecord],
        toolCalls: [ToolCallRecord] = [],
        calls: [CallRequest] = [],
        children: [NewChild] = [],
        awaited: [UUID] = [],
        successor: UUID? = nil,
        isPaused: Bool = false
    ) {
        self.run = run
        self.epoch = epoch
        self.events = events
        self.usage = usage
        self.toolCalls = toolCalls
        self.calls = calls
        self.children = children
        self.awaited = awaited
        self.successor = successor
        self.isPaused = isPaused
    }
}
