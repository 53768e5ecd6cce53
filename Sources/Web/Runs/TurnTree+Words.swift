import Engine
import Foundation
import Storage

// How a page speaks of runs and what they cost.

extension TurnTree {
    /// The calls that wait for the reader. A run that was stopped is taken up once more to end, and asks no more.
    var pending: [(run: TurnRun, approval: ApprovalRecord)] {
        runs.filter { [.running, .waiting, .paused].contains($0.run.state) }.flatMap { one in
            one.approvals.filter { $0.decision == nil }.map { (run: one, approval: $0) }
        }
    }

    var spend: RunSpend { runs.reduce(RunSpend()) { $0 + $1.spend } }

    /// A run that rests for its children is at work; it waits when it has asked a person itself.
    func state(of one: TurnRun, voice: Voice) -> StateView {
        let asks = one.run.state != .paused && pending.contains { $0.run.run.id == one.run.id }
        return StateView(asks ? .waiting : one.run.state == .waiting ? .running : one.run.state, voice: voice)
    }

    /// The first run's state, for which it counts what any below it asks.
    func wholeState(voice: Voice) -> StateView? {
        runs.first.map { root in
            pending.isEmpty || root.run.state == .paused
                ? state(of: root, voice: voice) : StateView(.waiting, voice: voice)
        }
    }

    /// `draft` is what was said to one of them and could not be taken.
    func questions(draft: ToolQuestion.Draft? = nil, csrf: String, voice: Voice) -> [ToolQuestion] {
        pending.map { ToolQuestion($0.approval, of: $0.run, draft: draft, csrf: csrf, voice: voice) }
    }
}

extension TurnRun {
    func title(voice: Voice) -> String { agent?.title(voice: voice) ?? voice.words["composer.agent"] }
}

extension AgentName {
    /// A system agent's name in the reader's language, any other's as its maker wrote it.
    func title(voice: Voice) -> String { isSystemAgent ? Self.title(of: name, voice: voice) : displayName }

    /// For an agent of which no more than the name is known, as the log has it.
    static func title(of name: String, voice: Voice) -> String {
        let key = "agents.name.\(name.lowercased())"
        return voice.words.has(key) ? voice.words[key] : name
    }
}

extension RunSpend {
    /// nil when nothing was used.
    func tokens(_ voice: Voice) -> String? { input + output > 0 ? voice.tokens(input + output) : nil }

    /// nil when nothing had a price.
    func money(_ voice: Voice) -> String? { voice.money(costs) }
}
