import Engine
import Foundation
import Storage

/// A plan as a list that ticks.
struct PlanView: Sendable {
    let lines: [Line]
    /// Of the tasks, without the answer at the end.
    let done: Int
    let count: Int

    struct Line: Sendable {
        let kind: String
        let sign: String
        let word: String
        let title: String
        let by: String
    }

    init(_ timeline: RunTimeline?, in tree: TurnTree, voice: Voice) {
        let tasks = timeline?.tasks ?? []
        let states = tasks.map { $0.state(in: tree) }
        count = tasks.count
        done = states.count { $0 == "completed" }
        var lines = zip(tasks, states).map { Line($0, state: $1, tree: tree, voice: voice) }
        if let root = tree.runs.first, !tasks.isEmpty {
            lines.append(Line(answerOf: root, isTurn: states.allSatisfy(\.isFinalTask), voice: voice))
        }
        self.lines = lines
    }
}

extension PlanView.Line {
    fileprivate init(_ task: RunTimeline.Task, state: String, tree: TurnTree, voice: Voice) {
        title = task.title
        let run = tree.runs.first { $0.run.id == task.run }
        let agent = run?.title(voice: voice) ?? AgentName.title(of: task.agent, voice: voice)
        let words = voice.words
        switch state {
        case "completed": (kind, sign, word) = ("done", voice.icons("tick"), words["state.completed"])
        case "running": (kind, sign, word) = ("live", voice.icons.glyph(busy: true), words["state.running"])
        case "asked": (kind, sign, word) = ("wait", voice.icons("hand"), words["tool.asked"])
        case "failed": (kind, sign, word) = ("fail", voice.icons("cross"), words["state.failed"])
        case "cancelled": (kind, sign, word) = ("next", voice.icons("stop"), words["state.cancelled"])
        case "skipped": (kind, sign, word) = ("next", voice.icons("stop"), words["plan.skipped"])
        default: (kind, sign, word) = ("next", voice.icons("ring"), words["plan.next"])
        }
        let isPlain = ["completed", "running", "pending"].contains(state)
        by = isPlain ? agent : agent + words["score.comma"] + word.lowercased()
    }

    /// The last line of every plan: the run makes one answer out of the results.
    fileprivate init(answerOf root: TurnRun, isTurn: Bool, voice: Voice) {
        let words = voice.words
        title = words["plan.answer"]
        by = root.title(voice: voice)
        switch root.run.state {
        case .completed: (kind, sign, word) = ("done", voice.icons("tick"), words["state.completed"])
        case .failed: (kind, sign, word) = ("fail", voice.icons("cross"), words["state.failed"])
        case .cancelled: (kind, sign, word) = ("next", voice.icons("stop"), words["state.cancelled"])
        default:
            (kind, sign, word) =
                isTurn
                ? ("live", voice.icons.glyph(busy: true), words["state.running"])
                : ("next", voice.icons("ring"), words["plan.next"])
        }
    }
}

extension RunTimeline.Task {
    /// A child may be further than its parent has told.
    fileprivate func state(in tree: TurnTree) -> String {
        guard let run, let child = tree.runs.first(where: { $0.run.id == run }) else { return state }
        if child.run.state.isFinal { return child.run.state.rawValue }
        let below = Set(tree.below(run)?.runs.map(\.run.id) ?? [])
        return tree.pending.contains { below.contains($0.run.run.id) } ? "asked" : state
    }
}

extension String {
    fileprivate var isFinalTask: Bool { ["completed", "failed", "cancelled", "skipped"].contains(self) }
}
