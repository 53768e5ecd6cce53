import Engine
import Foundation
import Storage

/// Runs, one's own or everybody's: whose, of which agent, where they stand, since when, what they have used.
struct RunListView: View {
    static let template = "admin-runs"

    let page: Frame
    let title: String
    let lead: String
    /// Of everybody.
    let isWhole: Bool
    /// Before a run's id, of where it is stopped.
    let place: String
    let states: [Segment]
    let filters: [Segment]
    let rows: [Row]
    let hasRows: Bool
    let total: String
    let pages: NumberedPager?
    /// Where a stop leads back to.
    let here: String

    struct Row: Sendable {
        let id: String
        let agent: String
        /// One's own run; of everybody's the others of the agent, as what was said is not to be read.
        let agentAddress: String
        let user: String
        let userAddress: String
        let state: StateView
        /// What it does at this moment.
        let step: String
        let since: TimeText
        let tokens: String
        let cost: String
        let mayStop: Bool
    }

    init(page: Frame, choice: RunListChoice, runs: Paged<ListedRun>, mayStop: Bool = true, voice: Voice) {
        let words = voice.words
        self.page = page
        isWhole = choice.isWhole
        title = words[isWhole ? "admin.place.runs" : "runs.own"]
        lead = words[isWhole ? "runs.lead" : "runs.leadOwn"]
        place = isWhole ? "/admin/runs" : "/runs"
        let shown = ["live"] + RunState.allCases.map(\.rawValue) + ["all"]
        states = shown.map { state in
            let chosen = choice.with { $0.filter.states = RunListView.states(state) }
            let word = RunState(rawValue: state) == nil ? "runs.\(state)" : "health.state.\(state)"
            return Segment(name: words[word], address: chosen.address, isCurrent: state == choice.state)
        }
        let names = (
            agent: runs.items.first { $0.record.run.agentID == choice.filter.agent }.map { $0.agent(voice) },
            user: runs.items.first { $0.record.run.userID == choice.filter.user }.flatMap(\.userName)
        )
        filters = [
            choice.filter.agent.map { _ in
                Segment(
                    name: names.agent ?? words["usage.by.agent"],
                    address: choice.with { ($0.filter.agent, $0.filter.withChildren) = (nil, false) }.address,
                    isCurrent: true
                )
            },
            choice.filter.user.map { _ in
                Segment(
                    name: names.user ?? words["usage.by.user"],
                    address: choice.with { $0.filter.user = nil }.address,
                    isCurrent: true
                )
            },
        ].compactMap { $0 }
        rows = runs.items.map { Row($0, choice, mayStop: mayStop, voice) }
        hasRows = !rows.isEmpty
        total = words.count("runs.total", runs.total)
        pages = NumberedPager(choice.page, total: runs.total) { number in
            choice.with { $0.page.number = number }.address
        }
        here = choice.address
    }

    private static func states(_ word: String) -> [RunState] {
        switch word {
        case "all": []
        case "live": RunState.allCases.filter { !$0.isFinal }
        default: RunState(rawValue: word).map { [$0] } ?? []
        }
    }
}

extension RunListView.Row {
    init(_ listed: ListedRun, _ choice: RunListChoice, mayStop: Bool, _ voice: Voice) {
        let (words, record) = (voice.words, listed.record)
        id = record.run.id.text
        agent = listed.agent(voice)
        agentAddress =
            choice.isWhole
            ? choice.with { $0.filter.agent = record.run.agentID }.address : "/runs/\(record.run.id.text)"
        user = listed.userName ?? words["runs.nobody"]
        userAddress = choice.with { $0.filter.user = record.run.userID }.address
        let shown = StateView(record.run.state, voice: voice)
        // Whose person is not the one who reads this.
        state =
            record.run.state == .waiting && choice.isWhole
            ? StateView(kind: shown.kind, sign: shown.sign, word: words["runs.waiting"]) : shown
        step = listed.step(voice)
        since = voice.time(record.run.finishedAt ?? record.startedAt ?? record.run.createdAt)
        tokens = words(
            "quantity.inOut",
            ["in": voice.tokens(record.tokens.input), "out": voice.tokens(record.tokens.output)]
        )
        cost = voice.money(record.costs) ?? words["usage.noPrice"]
        self.mayStop = mayStop && !record.run.state.isFinal && record.run.state != .stopping
    }
}

extension ListedRun {
    fileprivate func agent(_ voice: Voice) -> String {
        let key = systemName.map { "agents.name.\($0)" } ?? ""
        return voice.words.has(key) ? voice.words[key] : agentName ?? voice.words["runs.agentGone"]
    }

    /// The tool that works, or how many models were called.
    fileprivate func step(_ voice: Voice) -> String {
        if record.run.state == .running, lastEvent == .toolCall || lastEvent == .toolProgress, let toolName {
            return toolName
        }
        if record.run.state == .failed, let code = record.run.errorCode { return code }
        return voice.words.count("runs.calls", record.calls)
    }
}
