import Engine
import Foundation
import Storage

/// What a run is, in a few lines: who, where it stands, how long, what it cost, where it comes from.
struct RunHeader: Sendable {
    let title: String
    let address: String
    let state: StateView
    let facts: [Fact]

    init(_ story: RunStory, choices: Choices, voice: Voice) {
        let (words, record, run) = (voice.words, story.record, story.run)
        let agent = choices.name(of: run.agentID, voice: voice) ?? words["composer.agent"]
        title = words("runPage.title", ["agent": agent])
        address = "/runs/\(run.id.text)"
        state = StateView(run.state, voice: voice)
        let model = choices.models.first { $0.id == record.modelID }?.displayName ?? story.replay.usage.last?.modelName
        let tokens = ["in": record.tokens.input.grouped, "out": record.tokens.output.grouped]
        facts = [
            Fact(name: words["composer.agent"], value: agent),
            model.map { Fact(name: words["composer.model"], value: $0) },
            Fact(name: words["run.started"], value: TimeText.exact(record.startedAt ?? run.createdAt, voice: voice)),
            Fact(name: words["runPage.time"], value: voice.duration(story.duration(voice.now))),
            Fact(name: words["runPage.steps"], value: story.replay.steps.count.grouped),
            Fact(name: words["runPage.calls"], value: record.calls.grouped),
            Fact(name: words["runPage.tokens"], value: words("quantity.inOut", tokens)),
            voice.money(record.costs).map { Fact(name: words["runPage.cost"], value: $0) },
            run.errorCode.map { Fact(name: words["run.code"], value: $0) },
            record.forkedStep.map { Fact(name: words["runPage.forkedStep"], value: $0.grouped) },
        ].compactMap { $0 }
    }
}
