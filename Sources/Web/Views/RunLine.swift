import Engine
import Foundation
import Storage

/// A run in one line, which opens to what is known of it: its plan, its score, its facts. Open while it goes on.
struct RunLine: View {
    static let template = "part/run"

    let id: String
    let address: String
    let isOpen: Bool
    let state: StateView
    let summary: String
    let sums: String
    let plan: [PlanView.Line]
    let hasPlan: Bool
    let score: ScoreView?
    let facts: [Fact]
    let hasFacts: Bool
    /// Whether there is a page that tells more than this.
    let hasPage: Bool

    /// A run that is alone and has called nothing; nil for the plain case, one attempt that went well: the line below the
    /// answer says all of it.
    init?(_ run: Run, metadata: AnswerMetadata, voice: Voice) {
        guard run.state.isFinal, run.state != .completed || run.attempt > 1 else { return nil }
        id = run.id.text
        address = "/runs/\(run.id.text)"
        isOpen = false
        state = StateView(run.state, voice: voice)
        summary = voice.words.count("run.attempts", max(1, run.attempt))
        let spend = RunSpend(input: metadata.inputTokens ?? 0, output: metadata.outputTokens ?? 0)
        sums = RunLine.sums(run, tokens: spend.tokens(voice), money: metadata.money(voice), voice: voice)
        (plan, hasPlan, score) = ([], false, nil)
        facts = RunLine.facts(run, state: state, voice: voice)
        hasFacts = true
        hasPage = true
    }

    /// nil when there is nothing to tell of it that the answer's own line does not say. `isWhole` is for the run's own
    /// page, which tells its facts itself and shows the score in any case.
    init?(_ tree: TurnTree, isWhole: Bool = false, voice: Voice) {
        guard let root = tree.runs.first, let state = tree.wholeState(voice: voice) else { return nil }
        let run = root.run
        let timelines = Dictionary(uniqueKeysWithValues: tree.runs.map { ($0.run.id, RunTimeline($0, now: voice.now)) })
        let plan = PlanView(timelines[run.id], in: tree, voice: voice)
        let calls = timelines.values.reduce(0) { $0 + $1.calls.count { !$0.isTeam } }
        guard isWhole || tree.runs.count > 1 || !(timelines[run.id]?.calls.isEmpty ?? true) else { return nil }
        id = run.id.text
        address = "/runs/\(run.id.text)"
        isOpen = isWhole || !run.state.isFinal
        self.state = state
        summary = RunLine.summary(
            plan,
            agents: Set(tree.runs.dropFirst().map(\.run.agentID)).count,
            calls,
            voice: voice
        )
        sums = RunLine.sums(run, tokens: tree.spend.tokens(voice), money: tree.spend.money(voice), voice: voice)
        self.plan = plan.lines
        hasPlan = !plan.lines.isEmpty
        score = ScoreView(tree, timelines: timelines, voice: voice)
        hasFacts = run.state.isFinal && !isWhole
        facts = hasFacts ? RunLine.facts(run, state: state, voice: voice) : []
        hasPage = !isWhole
    }

    private static func summary(_ plan: PlanView, agents: Int, _ calls: Int, voice: Voice) -> String {
        guard plan.count > 0 else { return calls > 0 ? voice.words.count("run.toolCalls", calls) : "" }
        let steps = voice.words("run.steps", ["done": String(plan.done), "n": String(plan.count)])
        return agents > 0 ? steps + voice.words["score.comma"] + voice.words.count("run.agents", agents) : steps
    }

    static func sums(_ run: Run, tokens: String?, money: String?, voice: Voice) -> String {
        let seconds = (run.finishedAt ?? voice.now).timeIntervalSince(run.createdAt)
        return [voice.duration(max(0, seconds)), tokens.map { voice.words("quantity.tokens", ["n": $0]) }, money]
            .compactMap { $0 }.joined(separator: " · ")
    }

    static func facts(_ run: Run, state: StateView, voice: Voice) -> [Fact] {
        let words = voice.words
        return [
            Fact(name: words["run.started"], value: TimeText.exact(run.createdAt, voice: voice)),
            run.finishedAt.map { Fact(name: words["run.ended"], value: TimeText.exact($0, voice: voice)) },
            Fact(
                name: words["run.state"],
                value: state.word + " · " + words.count("run.attempts", max(1, run.attempt))
            ),
            run.errorCode.map { Fact(name: words["run.code"], value: $0) },
            Fact(name: words["run.number"], value: run.id.text),
        ].compactMap { $0 }
    }
}

/// A thing and what it is.
struct Fact: Sendable {
    let name: String
    let value: String
}
