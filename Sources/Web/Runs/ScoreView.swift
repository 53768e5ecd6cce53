import Engine
import Foundation
import Storage

/// The score of a run: who played when, for whom, at what cost.
struct ScoreView: Sendable {
    let ticks: [ScoreAxis.Tick]
    let nodes: [ScoreNode]
    /// Where now is; empty of a run that has ended.
    let now: String
    let isLive: Bool

    init(_ tree: TurnTree, timelines: [UUID: RunTimeline], voice: Voice) {
        let start = tree.runs.first?.run.createdAt ?? voice.now
        let isOver = tree.runs.first?.run.state.isFinal ?? true
        let end = isOver ? tree.runs.compactMap(\.run.finishedAt).max() ?? start : voice.now
        let axis = ScoreAxis(from: start, to: end, voice: voice)
        ticks = axis.ticks
        now = isOver ? "" : ScoreAxis.percent(axis.place(of: voice.now))
        isLive = !isOver
        nodes = ScoreWriter(tree: tree, timelines: timelines, axis: axis, voice: voice).nodes
    }
}
