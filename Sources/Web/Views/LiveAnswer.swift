import Engine
import Foundation

/// What a run's log amounts to so far, as a page needs it. Feed it the events in order.
struct LiveAnswer: Sendable {
    private(set) var sequence: Int64 = 0
    private(set) var state = RunState.queued
    private(set) var attempt = 1
    /// Why it is not simply at work: `retry: …`, `fallback: …`, `provider_busy: …` and the like.
    private(set) var reason: String?
    private(set) var text = ""
    /// How often the text began anew.
    private(set) var beginnings = 0
    /// What it has called, colleagues and tools alike.
    private(set) var calls: [Call] = []
    /// Messages that the run took in while it was at work.
    private(set) var heard: [UUID] = []
    /// The text of finished steps, which an attempt that goes on says again.
    private var kept = ""
    private var saidAgain = 0
    /// What budgets have said: a warning for each, and what a call had no room in.
    private(set) var budgets: [BudgetNotice] = []

    struct Call: Sendable, Equatable {
        var id: String
        var isDone = false
        /// A person has to answer before it goes on.
        var isAsked = false
    }

    mutating func feed(_ event: RunEvent) {
        sequence = event.sequence
        switch event.kind {
        case .contentStream: feedText(event)
        case .agentStart: begin()
        case .usage: endStep(event)
        case .runStatus: feedStatus(event)
        case .toolCall: feedToolCall(event)
        case .toolResult: feedToolResult(event)
        case .approvalRequest: ask(event, true)
        case .approvalResolved: ask(event, false)
        case .messageReceived: feedMessage(event)
        default: break
        }
    }

    /// What finished steps have said stays where it is; only what was cut short goes.
    private mutating func begin() {
        saidAgain = kept.utf8.count
        guard text != kept || beginnings == 0 else { return }
        text = kept
        beginnings += 1
    }

    private mutating func endStep(_ event: RunEvent) {
        struct Usage: Decodable { var step: Int? }
        if decode(Usage.self, event)?.step != nil { kept = text }
    }

    private mutating func feedText(_ event: RunEvent) {
        struct Delta: Decodable { var contentDelta: String? }
        guard let delta = decode(Delta.self, event)?.contentDelta, !delta.isEmpty else { return }
        let skipped = min(saidAgain, delta.utf8.count)
        saidAgain -= skipped
        text += String(decoding: delta.utf8.dropFirst(skipped), as: UTF8.self)
        reason = nil
    }

    private mutating func feedStatus(_ event: RunEvent) {
        if let notice = BudgetNotice(event) { return budgets.append(notice) }
        struct Status: Decodable {
            var state: String?
            var attempt: Int?
            var reason: String?
        }
        let status = decode(Status.self, event)
        state = status?.state.flatMap(RunState.init) ?? state
        attempt = status?.attempt ?? attempt
        reason = status?.reason
    }

    private struct Called: Decodable { var callId: String }

    private mutating func feedToolCall(_ event: RunEvent) {
        if let call = decode(Called.self, event) { calls.append(Call(id: call.callId)) }
    }

    private mutating func feedToolResult(_ event: RunEvent) {
        guard let call = decode(Called.self, event) else { return }
        for index in calls.indices where calls[index].id == call.callId { calls[index].isDone = true }
    }

    private mutating func ask(_ event: RunEvent, _ isAsked: Bool) {
        guard let call = decode(Called.self, event) else { return }
        // What a budget asks nobody called.
        if isAsked, !calls.contains(where: { $0.id == call.callId }) {
            calls.append(Call(id: call.callId, isDone: true))
        }
        for index in calls.indices where calls[index].id == call.callId { calls[index].isAsked = isAsked }
    }

    private mutating func feedMessage(_ event: RunEvent) {
        struct Said: Decodable {
            var userMessageId: UUID
            var steers: Bool?
        }
        if let said = decode(Said.self, event), said.steers == true { heard.append(said.userMessageId) }
    }

    private func decode<Value: Decodable>(_ type: Value.Type, _ event: RunEvent) -> Value? {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try? decoder.decode(type, from: Data(event.data.utf8))
    }
}

extension LiveAnswer {
    /// What the line below the text depends on.
    struct Mood: Equatable {
        let state: RunState
        let attempt: Int
        let reason: String?
        let hasText: Bool
        /// A tool or a colleague.
        let isOtherAtWork: Bool
        let isPersonAsked: Bool
        /// The last budget that warned.
        let warning: BudgetNotice?
    }

    /// `isPersonAsked` tells of the runs below, `isStopping` of a wish: this log knows nothing of either.
    func mood(isPersonAsked: Bool = false, isStopping: Bool = false) -> Mood {
        Mood(
            state: isStopping && !state.isFinal ? .stopping : state,
            attempt: attempt,
            reason: reason,
            hasText: !text.isEmpty,
            isOtherAtWork: calls.contains { !$0.isDone && !$0.isAsked },
            isPersonAsked: !state.isFinal && !isStopping && (isPersonAsked || calls.contains { $0.isAsked }),
            warning: budgets.last { !$0.isStop }
        )
    }
}

extension LiveAnswer.Mood {
    func line(run: UUID, csrf: String, voice: Voice) -> LiveLine {
        let isAtWork = state == .running || state == .waiting
        let isAsked = isPersonAsked && state != .paused
        let view = StateView(isAsked ? .waiting : isAtWork ? .running : state, voice: voice)
        let isPlain = isAsked || !isAtWork || isOtherAtWork || state == .waiting
        return LiveLine(
            kind: view.kind,
            sign: view.sign,
            word: isPlain ? view.word : voice.words[hasText ? "state.writing" : "state.thinking"],
            detail: detail(voice),
            control: control(run, csrf, voice)
        )
    }

    private func control(_ run: UUID, _ csrf: String, _ voice: Voice) -> LiveLine.Control? {
        let verb: String? =
            switch state {
            case .queued, .running, .waiting: "pause"
            case .paused: "resume"
            default: nil
            }
        return verb.map { verb in
            LiveLine.Control(
                action: "/runs/\(run.text)/\(verb)",
                csrf: csrf,
                icon: voice.icons(verb == "pause" ? "pause" : "play"),
                word: voice.words["run.\(verb)"]
            )
        }
    }

    private func detail(_ voice: Voice) -> String? {
        if reason?.hasPrefix("retry: ") == true { return voice.words["run.retrying"] }
        for (kind, words) in [
            ("fallback: ", "run.fallback"), ("provider_busy: ", "run.providerBusy"),
            ("budget_fallback: ", "run.budgetFallback"), ("without_tools: ", "run.withoutTools"),
        ] {
            guard let reason, reason.hasPrefix(kind) else { continue }
            return voice.words(words, ["model": String(reason.dropFirst(kind.count))])
        }
        if reason == "agent_replaced" { return voice.words["run.agentReplaced"] }
        if reason?.hasPrefix("tools_withdrawn: ") == true { return voice.words["run.toolsWithdrawn"] }
        if let warning { return warning.words("run.budgetWarning", voice) }
        return attempt > 1 ? voice.words("run.attempt", ["n": String(attempt)]) : nil
    }
}
