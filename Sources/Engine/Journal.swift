package import Foundation

/// Where runs are kept: `Storage`'s, or the one in memory for tests. The log is the truth; everything else is a view.
package protocol Journal: WritingJournal {
    /// Takes up to `limit` runs that are queued, or whose worker is silent for longer than `silence`, and makes `worker`
    /// their only writer: each gets a new epoch, larger than any before. The most urgent come first, people taking turns;
    /// what is at a limit stays where it is.
    func claim(worker: UUID, limit: Int, silence: Duration) async throws -> [ClaimedRun]

    /// Says that `worker` is alive and returns those of its runs of which somebody wants something.
    func heartbeat(worker: UUID) async throws -> [RunWish]

    /// Says that `worker` ends: what it still holds may be claimed at once.
    func retire(worker: UUID) async throws

    /// What the run is to do. The principal is the run's own user and organisation.
    func brief(for run: ClaimedRun) async throws -> RunBrief

    /// Stores the events of many runs in one transaction, each run's only while its epoch still stands.
    /// Returns the runs whose epoch had passed: nothing of those was stored.
    func append(_ batches: [EventBatch]) async throws -> Set<UUID>

    /// Stores the last events, the answer's message, the usage and the final state in one transaction. A child's end wakes
    /// its parent, and what is left of a run's own children is stopped with it. Returns false when the epoch had passed: nothing was stored.
    func finish(_ outcome: RunOutcome) async throws -> Bool

    /// Lays a run down until every one of its calls has a person's answer, or a child of it has ended; then it is queued
    /// again. Its new children are queued with it. In one transaction. Returns false when the epoch had passed: nothing was stored.
    func suspend(_ suspended: SuspendedRun) async throws -> Bool

    /// Takes one of the places that `limit` leaves at a provider, for one model call of a run. Places of runs that are in
    /// other hands, or in nobody's, are free again by themselves.
    func enter(_ provider: UUID, _ limit: ProviderLimit, for run: ClaimedRun) async throws -> ProviderEntry

    /// Gives the place of a call back.
    func leave(_ call: UUID) async throws

    /// Makes what people have said into the run since the last time messages of the conversation, and remembers that it took
    /// them in after `step` steps. In one transaction; none when the epoch had passed.
    func takeSteering(of run: ClaimedRun, after step: Int) async throws -> [SteeringMessage]

    /// Keeps a tool's whole result, of which the log gets an excerpt; once more is the same. Returns false when the epoch
    /// had passed: nothing was stored.
    func keep(_ result: String, resultOf call: String, of run: ClaimedRun) async throws -> Bool

    /// Says that a reader on this node follows a run which another node writes, so that its growth is announced here.
    func watch(run: UUID) async throws

    /// The events after `sequence`, in order, at most `limit`.
    func events(of run: UUID, after sequence: Int64, limit: Int) async throws -> [RunEvent]
}

/// Why a journal did not do what it was asked for, as far as a worker must know.
package protocol JournalFailure: Error {
    /// Whether the same may go through later; otherwise it never will.
    var isTransient: Bool { get }
}

/// A run in a worker's hands.
package struct ClaimedRun: Sendable, Equatable {
    package var run: Run
    /// The fencing token: every write carries it.
    package var epoch: Int64
    /// The last sequence number in the log.
    package var lastSequence: Int64
    /// The agent that was asked is gone or switched off; the run's is the one that answers in its place.
    package var isAgentReplaced: Bool

    package init(run: Run, epoch: Int64, lastSequence: Int64, isAgentReplaced: Bool = false) {
        self.run = run
        self.epoch = epoch
        self.lastSequence = lastSequence
        self.isAgentReplaced = isAgentReplaced
    }
}

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

/// A model that may answer, with what is needed to reach it and to count its cost.
package struct ModelCandidate: Sendable {
    package var modelID: UUID
    package var name: String
    package var endpoint: ProviderEndpoint
    package var price: Price?
    /// What it reads and writes at once, in tokens; nil when nobody has said so.
    package var contextWindow: Int?
    /// The longest answer, in tokens.
    package var maximumTokens: Int?
    package var providerID: UUID
    /// What the provider allows all runs together; nil when nothing limits it.
    package var limit: ProviderLimit?

    /// `providerID`: nil for a model that is a provider of its own.
    package init(
        modelID: UUID,
        name: String,
        endpoint: ProviderEndpoint,
        price: Price? = nil,
        providerID: UUID? = nil,
        limit: ProviderLimit? = nil,
        contextWindow: Int? = nil,
        maximumTokens: Int? = nil
    ) {
        self.modelID = modelID
        self.name = name
        self.endpoint = endpoint
        self.price = price
        self.providerID = providerID ?? modelID
        self.limit = limit
        self.contextWindow = contextWindow
        self.maximumTokens = maximumTokens
    }

    /// Money per million tokens, in `currency`.
    package struct Price: Sendable, Equatable {
        package var input: Decimal
        package var output: Decimal
        package var cached: Decimal?
        package var currency: String

        package init(input: Decimal, output: Decimal, cached: Decimal? = nil, currency: String) {
            self.input = input
            self.output = output
            self.cached = cached
            self.currency = currency
        }
    }
}

/// Events of one run that go into the log together. Their sequence numbers follow those already stored without a gap.
package struct EventBatch: Sendable {
    package var run: UUID
    package var epoch: Int64
    package var events: [RunEvent]
    /// The run's state after these events, when they change it.
    package var state: RunState?
    /// The model calls that these events tell of.
    package var usage: [UsageRecord]

    package init(run: UUID, epoch: Int64, events: [RunEvent], state: RunState? = nil, usage: [UsageRecord] = []) {
        self.run = run
        self.epoch = epoch
        self.events = events
        self.state = state
        self.usage = usage
    }
}

/// How a run ended.
package struct RunOutcome: Sendable {
    package var run: Run
    package var epoch: Int64
    /// The last events, `run_status` with the final state at the end.
    package var events: [RunEvent]
    /// `completed`, `failed` or `cancelled`.
    package var state: RunState
    /// The answer: whole, or as far as it came.
    package var content: String
    /// `model_metadata` of the message, a JSON object: model, provider, usage, response_time, finish_reason.
    package var metadata: String
    /// One for each model call that was made and is not stored yet.
    package var usage: [UsageRecord]
    package var errorCode: String?
    /// Of a run that failed: why, in words.
    package var errorMessage: String?
    /// Whether it may have asked colleagues, who may be at work still.
    package var mayHaveChildren: Bool
    /// What is to be written about the conversation now.
    package var writing: Writing

    package init(
        run: Run,
        epoch: Int64,
        events: [RunEvent],
        state: RunState,
        content: String,
        metadata: String,
        usage: [UsageRecord],
        errorCode: String? = nil,
        errorMessage: String? = nil,
        mayHaveChildren: Bool = false,
        writing: Writing = []
    ) {
        self.run = run
        self.epoch = epoch
        self.events = events
        self.state = state
        self.content = content
        self.metadata = metadata
        self.usage = usage
        self.errorCode = errorCode
        self.errorMessage = errorMessage
        self.mayHaveChildren = mayHaveChildren
        self.writing = writing
    }
}

/// One model call, as it is paid.
package struct UsageRecord: Sendable, Equatable {
    package var id: UUID
    package var modelID: UUID
    package var modelName: String
    package var tokens: TokenUsage
    /// In `currency`, to six decimals; nil when the model has no price.
    package var cost: Decimal?
    package var currency: String?
    /// Seconds of the whole call.
    package var responseTime: Double
    /// Seconds to the first piece.
    package var firstTokenTime: Double?
    package var succeeded: Bool
    /// What was sent; nil when it is not to be kept.
    package var request: SentRequest?

    package init(
        id: UUID = .v7(),
        modelID: UUID,
        modelName: String,
        tokens: TokenUsage,
        cost: Decimal? = nil,
        currency: String? = nil,
        responseTime: Double,
        firstTokenTime: Double? = nil,
        succeeded: Bool,
        request: SentRequest? = nil
    ) {
        self.id = id
        self.modelID = modelID
        self.modelName = modelName
        self.tokens = tokens
        self.cost = cost
        self.currency = currency
        self.responseTime = responseTime
        self.firstTokenTime = firstTokenTime
        self.succeeded = succeeded
        self.request = request
    }
}
