import Foundation

/// What a run may spend: no model call is made before every budget that counts it has room for its worst case, and none when
/// its turn has used its tokens.
final class RunPurse: Sendable {
    private let execution: RunExecution
    private let writer: RunWriter
    private let answer: AnswerInProgress
    /// Whether there is a budget at all; otherwise nobody is asked.
    private let isWatched: Bool
    /// Whether its turn has other runs, which use the turn's tokens too.
    private let isOneOfSome: Bool
    /// What its person said to going beyond a budget.
    private let approvals: [CallAnswer]
    /// What its person was asked already.
    private let asked: Set<String>
    /// What the log holds already: the budgets that it warns of, and the answers of its person.
    private let said: Locked<(warned: Set<UUID>, resolved: Set<String>)>

    init(execution: RunExecution, writer: RunWriter, answer: AnswerInProgress, brief: RunBrief, replay: RunReplay) {
        self.execution = execution
        self.writer = writer
        self.answer = answer
        isWatched = brief.hasBudgets
        isOneOfSome = brief.team.size > 1
        approvals = brief.approvals.filter { $0.callID.hasPrefix(BudgetRefusal.callPrefix) }
        asked = Set(replay.asked.keys)
        said = Locked((Set(replay.warned.keys), Set(replay.asked.filter(\.value.isResolved).keys)))
    }

    private var run: Run { execution.claimed.run }
    private var data: EventData { EventData(run: execution.claimed.run) }

    /// The request as it may be made; throws a `BudgetRefusal` when a budget has no room for it, and ends the run when its
    /// turn has used its tokens.
    func reserve(_ call: UUID, for fitted: FittedRequest, by candidate: ModelCandidate) async throws -> FittedRequest {
        let used = try await tokensOfTurn()
        guard used < execution.limits.tokens else { throw execution.limits.tokensAreUsed(used) }
        guard isWatched, let worst = WorstCase(fitted, by: candidate) else { return fitted }
        try await resolve()
        try await settle()
        let reservation = worst.reservation(of: call, by: execution.claimed.holder)
        switch try await execution.patiently({ try await execution.journal.reserve(reservation) }) {
        case .lost: throw RunEnding.lost
        case .refused(let standings): throw BudgetRefusal(standings: standings, cost: worst.cost)
        case .granted(let standings):
            try await warn(standings)
            var bounded = fitted
            if !standings.isEmpty { bounded.request.maximumTokens = worst.outputTokens }
            return bounded
        }
    }

    /// Those of runs beside it are read anew each time: they go on at the same moment.
    private func tokensOfTurn() async throws -> Int {
        let own = answer.tokens.total
        guard isOneOfSome else { return own }
        let others = try await execution.patiently { try await execution.journal.tokens(besides: run) }
        return own + others
    }

    /// How the run ends when nothing that was tried had room: it asks its person where that can help.
    func ending(_ refusals: [BudgetRefusal]) async throws -> RunEnding? {
        guard let first = refusals.first else { return nil }
        guard let askable = refusals.first(where: \.isAskable) else {
            if let stop = first.stop { try await tell("budget_stop", stop) }
            return first.ending
        }
        let calls = askable.calls
        let isDeclined = approvals.contains { approval in
            approval.decision != .approved && calls.contains { $0.id == approval.callID }
        }
        if isDeclined { return askable.declined }
        return .resting(Rest(calls: calls.map { CallRequest($0, isNew: !asked.contains($0.id)) }))
    }

    /// An answer is part of the log before what it allows or ends.
    private func resolve() async throws {
        for approval in approvals where said.withLock({ $0.resolved.insert(approval.callID).inserted }) {
            let resolved = data.approvalResolved(approval, toolName: ToolCall.exceedBudget)
            try await writer.event(.approvalResolved, resolved)
        }
    }

    /// What earlier calls have cost is stored first: until then they count with their worst case.
    private func settle() async throws {
        let records = answer.takeUnstored()
        if !records.isEmpty { try await writer.step(records, records.map { (.usage, data.usage($0)) }) }
        try await writer.stored()
    }

    private func tell(_ what: String, _ standing: BudgetStanding) async throws {
        let reason = "\(what): \(standing.title)"
        let status = data.runStatus(.running, reason: reason, attempt: run.attempt, budget: standing)
        try await writer.event(.runStatus, status)
    }

    private func warn(_ standings: [BudgetStanding]) async throws {
        for standing in standings where standing.reached == .warn {
            guard said.withLock({ $0.warned.insert(standing.id).inserted }) else { continue }
            try await tell("budget_warning", standing)
            answer.warned(standing.title)
        }
    }
}

/// Why a call was not made.
struct BudgetRefusal: Error {
    /// Of the question's id; what follows is the budget's.
    static let callPrefix = "budget_"

    let standings: [BudgetStanding]
    let cost: Decimal

    var stop: BudgetStanding? { standings.first { $0.reached == .stop } }

    /// Whether a person's word is all that it takes.
    var isAskable: Bool { stop == nil }

    /// The questions, one for each budget; they are answered like those for tools.
    var calls: [ToolCall] {
        standings.filter { $0.reached == .ask }.map {
            ToolCall(id: Self.callPrefix + $0.id.text, name: ToolCall.exceedBudget, arguments: $0.json)
        }
    }

    var ending: RunEnding {
        let what = stop.map { "\($0.sentence) This call may cost up to \(cost) \($0.currency)." } ?? ""
        let advice = "Raise the budget, wait until it begins anew, or choose a cheaper model."
        return .failed(code: RunFailure.budgetExceeded.rawValue, message: "\(what) \(advice)")
    }

    /// For whoever cannot be asked.
    var message: String {
        let what = standings.first.map(\.sentence) ?? ""
        return "\(what) This call may cost up to \(cost) \(standings.first?.currency ?? "")."
    }

    var declined: RunEnding {
        let what = standings.first { $0.reached == .ask }.map(\.sentence) ?? ""
        return .failed(code: RunFailure.budgetExceeded.rawValue, message: "\(what) Going beyond it was not allowed.")
    }
}

extension BudgetStanding {
    fileprivate var sentence: String {
        let held = reserved > 0 ? ", \(reserved) set aside for calls under way" : ""
        return "The budget \"\(title)\" is \(amount) \(currency): \(spent) spent\(held)."
    }
}

extension ToolCall {
    /// The question whether a turn may go beyond a budget's threshold, up to where it stops. No tool has this name.
    package static let exceedBudget = "exceed_budget"
}
