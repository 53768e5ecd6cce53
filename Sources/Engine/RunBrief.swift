/// Everything that a run needs to know before it calls the model.
package struct RunBrief: Sendable {
    package var agentName: String
    package var instruction: String
    /// The conversation up to and including the person's message, oldest first.
    package var messages: [ModelMessage]
    /// What goes around them.
    package var context: RunContext
    /// The chosen model, then its fallbacks; empty when none is set up.
    package var candidates: [ModelCandidate]
    package var temperature: Double?
    package var maximumTokens: Int?
    /// The names of the tools that the agent may use.
    package var tools: [String]
    /// Those of them that are kept outside the program.
    package var keptTools: [KeptTool]
    /// What its owner has set for those of the program's own, where it is anything.
    package var toolSettings: [String: ToolSettings]
    /// What it knows how to do besides, once it has opened it.
    package var skills: [SkillNote]
    package var policy: ToolPolicy
    /// What was answered to this run's calls.
    package var approvals: [CallAnswer]
    /// What people have said into the run, as far as it took it in.
    package var steering: [SteeringMessage]
    /// What a child is to do; nil of a turn.
    package var task: TaskContext?
    /// Whom its agent can ask.
    package var team: Team
    /// Those whom it has asked already, in the order in which they were asked.
    package var children: [ChildRecord]
    /// Whether its organisation has any budget.
    package var hasBudgets: Bool
    /// Nobody has named the conversation yet.
    package var needsTitle: Bool
    /// Somebody asked to stop it while nobody worked on it.
    package var isCancelled: Bool
    /// Somebody wants it to rest before its next step.
    package var isPausing: Bool
    /// Somebody has said something into it that it has not taken in.
    package var isSteered: Bool

    package init(
        agentName: String,
        instruction: String,
        messages: [ModelMessage],
        context: RunContext = RunContext(),
        candidates: [ModelCandidate],
        temperature: Double? = nil,
        maximumTokens: Int? = nil,
        tools: [String] = [],
        keptTools: [KeptTool] = [],
        toolSettings: [String: ToolSettings] = [:],
        skills: [SkillNote] = [],
        policy: ToolPolicy = ToolPolicy(),
        approvals: [CallAnswer] = [],
        steering: [SteeringMessage] = [],
        task: TaskContext? = nil,
        team: Team = Team(),
        children: [ChildRecord] = [],
        hasBudgets: Bool = false,
        needsTitle: Bool = false,
        isCancelled: Bool = false,
        isPausing: Bool = false,
        isSteered: Bool = false
    ) {
        self.agentName = agentName
        self.instruction = instruction
        self.messages = messages
        self.context = context
        self.candidates = candidates
        self.temperature = temperature
        self.maximumTokens = maximumTokens
        self.tools = tools
        self.keptTools = keptTools
        self.toolSettings = toolSettings
        self.skills = skills
        self.policy = policy
        self.approvals = approvals
        self.steering = steering
        self.task = task
        self.team = team
        self.children = children
        self.hasBudgets = hasBudgets
        self.needsTitle = needsTitle
        self.isCancelled = isCancelled
        self.isPausing = isPausing
        self.isSteered = isSteered
    }
}
