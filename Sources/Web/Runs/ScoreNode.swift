import Engine
import Foundation
import Storage

/// A line of a score, with what it opens to: a run with its calls and children, or a call with its input and output.
///
/// No property is an optional: where one is missing, a template would show that of the line around it.
struct ScoreNode: Sendable {
    let id: String
    /// Where the line begins: its run's place below the first, at most five steps.
    let depth: Int
    let kind: String
    let sign: String
    /// Empty unless the line is a run that has a page.
    let address: String
    let isRun: Bool
    let name: String
    let about: String
    /// What one sees, for those who do not.
    let label: String
    let bars: [ScoreBar]
    let time: String
    let tokens: String
    let cost: String
    let canOpen: Bool
    let isOpen: Bool
    let hasMore: Bool
    let input: String
    let outputTitle: String
    let output: String
    let hasOutput: Bool
    /// Where all of the output is, when this is an excerpt.
    let outputAddress: String
    let isCut: Bool
    let nodes: [ScoreNode]
}

/// Makes the lines of one tree.
struct ScoreWriter: Sendable {
    let tree: TurnTree
    let timelines: [UUID: RunTimeline]
    let axis: ScoreAxis
    let voice: Voice

    private static let deepest = 5

    /// The first line stands alone, what is below it follows: it does not fold.
    var nodes: [ScoreNode] {
        guard let root = tree.runs.first else { return [] }
        return [node(root, depth: 0, below: [])] + below(root, depth: 1)
    }

    private func below(_ one: TurnRun, depth: Int) -> [ScoreNode] {
        let calls = (timelines[one.run.id]?.calls ?? []).filter { call in
            !call.isTeam || call.isHandOff || call.hasSucceeded == false
        }
        let lines = calls.map { (time: $0.span.start, node: node($0, of: one, depth: depth)) }
        let runs = tree.children(of: one.run.id).map { child in
            (time: child.run.createdAt, node: node(child, depth: depth, below: below(child, depth: depth + 1)))
        }
        return (lines + runs).sorted { $0.time < $1.time }.map(\.node)
    }

    private func node(_ one: TurnRun, depth: Int, below: [ScoreNode]) -> ScoreNode {
        let timeline = timelines[one.run.id]
        let state = tree.state(of: one, voice: voice)
        let end = one.run.finishedAt ?? voice.now
        let spend = one.spend
        return ScoreNode(
            id: "run-\(one.run.id.text)",
            depth: min(depth, Self.deepest),
            kind: state.kind,
            sign: state.sign,
            address: "/runs/\(one.run.id.text)",
            isRun: true,
            name: one.title(voice: voice),
            about: about(one, timeline),
            label: label(state.word, from: one.startedAt ?? one.run.createdAt, to: end),
            bars: (timeline?.spans ?? []).map { ScoreBar($0, on: axis) },
            time: one.startedAt.map { voice.duration(max(0, end.timeIntervalSince($0))) } ?? "",
            tokens: spend.tokens(voice) ?? "",
            cost: spend.money(voice) ?? "",
            canOpen: !below.isEmpty,
            isOpen: below.contains { $0.isOpen || $0.kind == "wait" },
            hasMore: false,
            input: "",
            outputTitle: "",
            output: "",
            hasOutput: false,
            outputAddress: "",
            isCut: false,
            nodes: below
        )
    }

    private func node(_ call: RunTimeline.Call, of one: TurnRun, depth: Int) -> ScoreNode {
        let state = call.state(isFinal: one.run.state.isFinal, voice: voice)
        let seconds = call.span.end.timeIntervalSince(call.span.start)
        let spans = [call.asked, call.isPending ? nil : call.span].compactMap { $0 }
        let time = call.isPending || call.isHandOff ? "" : voice.duration(max(0, seconds))
        let output = call.result ?? call.progress ?? ""
        return ScoreNode(
            id: "call-\(one.run.id.text)-\(call.id)",
            depth: min(depth, Self.deepest),
            kind: state.kind,
            sign: state.sign,
            address: "",
            isRun: false,
            name: call.name,
            about: call.isPending || call.isTakenAsDone ? state.word : call.input.oneLine,
            label: label(state.word, from: spans.first?.start ?? call.span.start, to: spans.last?.end ?? call.span.end),
            bars: spans.map { ScoreBar($0, on: axis) },
            time: time,
            tokens: "",
            cost: "",
            canOpen: true,
            isOpen: call.progress != nil,
            hasMore: true,
            input: call.input,
            outputTitle: [call.outputWord(voice.words), time].filter { !$0.isEmpty }
                .joined(separator: voice.words["score.comma"]),
            output: output,
            hasOutput: !output.isEmpty,
            outputAddress: "/runs/\(one.run.id.text)/results/\(call.id)",
            isCut: call.isCut,
            nodes: []
        )
    }

    /// The task; of the turn itself, through whose hands it went.
    private func about(_ one: TurnRun, _ timeline: RunTimeline?) -> String {
        let agents = timeline?.agents ?? []
        guard agents.count > 1 else { return one.task ?? "" }
        let before = agents.dropLast().map { AgentName.title(of: $0, voice: voice) }
        let passed = voice.words("score.passedOn", ["agents": before.joined(separator: ", ")])
        return [passed, one.task ?? ""].filter { !$0.isEmpty }.joined(separator: " · ")
    }

    private func label(_ state: String, from start: Date, to end: Date) -> String {
        voice.words(
            "score.span",
            [
                "state": state,
                "from": voice.duration(max(0, start.timeIntervalSince(axis.start))),
                "to": voice.duration(max(0, end.timeIntervalSince(axis.start))),
            ]
        )
    }
}

extension RunTimeline.Call {
    fileprivate func outputWord(_ words: Words) -> String {
        if progress != nil { return words["score.progress"] }
        return words[hasSucceeded == false ? "score.error" : "score.output"]
    }

    func state(isFinal: Bool, voice: Voice) -> StateView {
        switch hasSucceeded {
        case nil where isPending:
            StateView(kind: "wait", sign: voice.icons("hand"), word: voice.words["tool.asked"])
        case nil where isFinal: StateView(kind: "", sign: voice.icons("stop"), word: voice.words["state.cancelled"])
        case nil:
            StateView(kind: "live", sign: voice.icons.glyph(busy: true), word: voice.words["tool.running"])
        case true? where isHandOff: StateView(kind: "", sign: voice.icons("out"), word: voice.words["tool.done"])
        case true? where isTakenAsDone:
            StateView(kind: "done", sign: voice.icons("tick"), word: voice.words["tool.takenAsDone"])
        case true?: StateView(kind: "done", sign: voice.icons("tick"), word: voice.words["tool.done"])
        case false?: StateView(kind: "fail", sign: voice.icons("cross"), word: voice.words["tool.failed"])
        }
    }
}

extension String {
    /// Cut to what a line can show.
    fileprivate var oneLine: String {
        let line = String(prefix(160)).replacing("\n", with: " ")
        return count > 160 ? String(line.dropLast()) + "…" : line
    }
}
