import Engine
import Foundation
import Storage
import Testing

@testable import Web

/// How a turn's runs are read off their logs and drawn.
@Suite struct RunTreeViewTests {
    private let samples: Samples
    private let voice: Voice

    init() throws {
        samples = try Fixtures.samples(.english)
        voice = samples.voice
    }

    @Test func aPlanTicks() throws {
        let tree = samples.tree()
        let root = try #require(tree.runs.first)
        let plan = PlanView(RunTimeline(root, now: voice.now), in: tree, voice: voice)
        // The first one's child asks a person; the second is done, though its name is no system agent's.
        #expect(plan.lines.map(\.kind) == ["wait", "done", "next", "next", "fail", "next", "next"])
        #expect(plan.lines.map(\.by).prefix(4) == ["Coding, waits for you", "Reader", "Web", "File, left out"])
        #expect(plan.lines.last?.title == "Write the answer")
        #expect(plan.done == 1 && plan.count == 6)
        let line = try #require(RunLine(tree, voice: voice))
        #expect(line.summary == "1 of 6 steps, 2 agents" && line.state.word == "Waits for you" && line.isOpen)
        #expect(line.sums.hasSuffix("35.9k tokens · ¥0.100 + $0.190"))
    }

    @Test func theScoreShowsWhoPlayedWhen() throws {
        let line = try #require(RunLine(samples.tree(), voice: voice))
        let score = try #require(line.score)
        // Four minutes: an axis of marks a minute apart, and now at its end.
        #expect(score.ticks.map(\.label) == ["0 min", "1", "2", "3", "4 min"] && score.now == "100.0%")
        #expect(score.nodes.map(\.name) == ["Orchestrator", "hand_off", "Coding", "Reader"])
        #expect(score.nodes[0].about == "passed on by Assistant" && !score.nodes[0].canOpen)
        #expect(score.nodes[0].bars.map(\.kind) == ["think", "failed", "think", "idle"])
        #expect(score.nodes[0].bars[0].x == "0.2%" && score.nodes[0].bars[0].width == "4.0%")
        let coding = score.nodes[2]
        #expect(coding.isOpen && coding.kind == "wait" && coding.depth == 1)
        #expect(coding.nodes.map(\.name) == ["read_file", "run_command", "git_push"])
        #expect(coding.nodes.map(\.kind) == ["done", "fail", "wait"])
        // What took no time is seen all the same, and who waits is hatched to this moment.
        #expect(coding.nodes[0].bars.map(\.width) == ["0.6%"])
        #expect(coding.nodes[2].bars.map(\.isHatched) == [true] && coding.nodes[2].bars[0].x == "20.8%")
        #expect(coding.nodes[1].outputTitle == "Error, 5.0 s" && coding.nodes[1].output == "1 failed")
        #expect(score.nodes[3].nodes.isEmpty && !score.nodes[3].canOpen && !score.nodes[3].isOpen)
    }

    @Test func aFinishedTurnIsQuiet() throws {
        let line = try #require(RunLine(samples.tree(.completed), voice: voice))
        #expect(!line.isOpen && line.state.word == "Finished" && line.hasFacts)
        #expect(line.score?.isLive == false && line.score?.nodes[2].isOpen == false)
        #expect(samples.tree(.completed).questions(csrf: "x", voice: voice).isEmpty)
        let question = try #require(samples.tree().questions(csrf: "x", voice: voice).first)
        #expect(question.action.hasSuffix("\(samples.id(96).text)/approvals/3"))
        #expect(question.title == "Coding asks to use git_push")
    }

    @Test func aRunThatCalledNobodyHasNothingToShow() {
        let alone = TurnTree(runs: [TurnRun(run: samples.run(.completed))])
        #expect(RunLine(alone, voice: voice) == nil)
        #expect(RunLine(alone, isWhole: true, voice: voice)?.score?.nodes.count == 1)
        #expect(alone.below(samples.id(1)) == nil)
    }

    @Test(
        arguments: [
            (0.0, ["0 s", "0.05", "0.1", "0.15", "0.2 s"]), (96, ["0 s", "30", "60", "90", "120 s"]),
            (3000, ["0 min", "15", "30", "45", "60 min"]), (400_000, ["0 d", "2", "4", "6", "8 d"]),
        ] as [(Double, [String])]
    )
    func axesHaveRoundMarks(_ seconds: Double, _ labels: [String]) {
        let axis = ScoreAxis(from: voice.now, to: voice.now.addingTimeInterval(seconds), voice: voice)
        #expect(axis.ticks.map(\.label) == labels)
        #expect(axis.place(of: voice.now.addingTimeInterval(-5)) == 0 && axis.place(of: .distantFuture) == 100)
    }
}
