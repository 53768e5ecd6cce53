package import Engine
package import Foundation
import Postgres

/// A turn with the runs that serve it: who does what for whom, when, and at what cost.
package struct TurnTree: Sendable, Equatable {
    /// How many runs are told of, the oldest first.
    package static let runLimit = 200
    /// How many events of each run's log, the newest.
    package static let eventLimit = 600
    /// How many characters of a call's input and of its result.
    package static let textLimit = 4000

    /// Each comes after the one that asked for it.
    package var runs: [TurnRun]

    package init(runs: [TurnRun]) { self.runs = runs }

    package func children(of run: UUID) -> [TurnRun] { runs.filter { $0.run.parentRunID == run } }

    /// That run with all below it; nil when it is not one of these.
    package func below(_ run: UUID) -> TurnTree? {
        var known: Set<UUID> = [run]
        let below = runs.filter { one in
            let isBelow = one.run.id == run || one.run.parentRunID.map(known.contains) == true
            if isBelow { known.insert(one.run.id) }
            return isBelow
        }
        return below.first?.run.id == run ? TurnTree(runs: below) : nil
    }
}

/// One run of a turn.
package struct TurnRun: Sendable, Equatable {
    package var run: Run
    /// nil when the agent is gone.
    package var agent: AgentName?
    /// What it was asked to do; nil of the turn itself.
    package var task: String?
    package var startedAt: Date?
    package var spend: RunSpend
    /// Its log without its words, long inputs and results cut; of an input its text, whatever JSON it was.
    package var events: [RunEvent]
    /// The calls that a person was asked about, the oldest first.
    package var approvals: [ApprovalRecord]
    /// The newest part of what calls have brought that are not done, by their ids; none of a run that has ended.
    package var progress: [String: String]

    package init(
        run: Run,
        agent: AgentName? = nil,
        task: String? = nil,
        startedAt: Date? = nil,
        spend: RunSpend = RunSpend(),
        events: [RunEvent] = [],
        approvals: [ApprovalRecord] = [],
        progress: [String: String] = [:]
    ) {
        self.run = run
        self.agent = agent
        self.task = task
        self.startedAt = startedAt
        self.spend = spend
        self.events = events
        self.approvals = approvals
        self.progress = progress
    }
}

/// What an agent is called.
package struct AgentName: Sendable, Equatable {
    package var name: String
    package var displayName: String
    package var isSystemAgent: Bool

    package init(name: String, displayName: String, isSystemAgent: Bool) {
        self.name = name
        self.displayName = displayName
        self.isSystemAgent = isSystemAgent
    }
}

/// What model calls have used, and what that costs in each currency.
package struct RunSpend: Sendable, Equatable {
    package var input = 0
    package var output = 0
    package var cached = 0
    package var costs: [String: Decimal] = [:]

    package init() {}

    package init(input: Int, output: Int, cached: Int = 0, costs: [String: Decimal] = [:]) {
        self.input = input
        self.output = output
        self.cached = cached
        self.costs = costs
    }

    package static func + (one: RunSpend, other: RunSpend) -> RunSpend {
        RunSpend(
            input: one.input + other.input,
            output: one.output + other.output,
            cached: one.cached + other.cached,
            costs: one.costs.merging(other.costs) { $0 + $1 }
        )
    }
}

/// What a run was asked to do by another one, and what came of it.
package struct RunTask: Sendable, Equatable {
    package var task: TaskContext
    /// The answer, or why there is none; nil until it has ended.
    package var result: String?
}
