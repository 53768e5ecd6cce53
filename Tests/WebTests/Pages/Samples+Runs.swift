import Engine
import Foundation
import Storage

@testable import Web

extension Samples {
    var runPages: [(name: String, view: any View)] {
        let story = story(forkedFrom: id(80))
        let header = RunHeader(story, choices: Choices(agents: [], models: []), voice: voice)
        let steps = StepView.all(of: story, voice: voice)
        return [
            ("run-turn", runPage(.completed, ofTurn: true)),
            ("run-compare", comparison(header, steps, second: "The same line\nMore than before")),
            ("run-compare-same", comparison(header, [], second: "The same line\n\(Samples.hostile)")),
            ("run-fork", fork(of: story)),
        ]
    }

    private func comparison(_ header: RunHeader, _ steps: [StepView], second: String) -> CompareView {
        CompareView(
            page: frame(voice.words["compare.title"], .conversations),
            sides: [.init(header: header, steps: steps), .init(header: header, steps: [])],
            lines: LineDifference.lines("The same line\n\(Samples.hostile)", second)
        )
    }

    private func fork(of story: RunStory) -> ForkView {
        ForkView(
            page: frame(voice.words["fork.title"], .conversations),
            origin: ForkOrigin(
                story: story,
                step: 1,
                input: Samples.hostile,
                instruction: "Be brief.",
                calls: story.replay.steps[0].calls,
                results: story.replay.steps[0].results
            ),
            typed: nil,
            problem: voice.words["composer.busy"],
            steps: StepView.all(of: story, voice: voice),
            models: choices.models,
            voice: voice
        )
    }

    private func story(forkedFrom original: UUID?) -> RunStory {
        let usage =
            #"{"model":"atlas","tokens":{"prompt_tokens":900,"completion_tokens":12},"cost":0.02,"step":1,"copied":true}"#
        let events: [(RunEvent.Kind, String)] = [
            (.contentStream, #"{"content_delta":"I look at the file first."}"#), (.usage, usage),
            (.toolCall, #"{"call_id":"1","tool_name":"read_file","tool_input":{"path":"a.py"}}"#),
            (.toolCall, #"{"call_id":"2","tool_name":"run_command","tool_input":{"command":"ls"}}"#),
            (.toolResult, #"{"call_id":"1","success":true,"result":"x = 1","execution_time":0.2,"changed":true}"#),
            (.toolResult, #"{"call_id":"2","success":false,"error":"no such command","execution_time":1.5}"#),
            (.usage, #"{"model":"atlas","tokens":{"prompt_tokens":950,"completion_tokens":9},"cost":null,"step":2}"#),
            (.toolCall, #"{"call_id":"3","tool_name":"run_command","tool_input":{"command":"pwd"}}"#),
        ]
        var replay = RunReplay()
        for (index, event) in events.enumerated() {
            replay.feed(RunEvent(sequence: Int64(index + 1), kind: event.0, data: event.1, timestamp: voice.now))
        }
        let record = RunRecord(
            run: run(.failed, error: "MODEL_TIMEOUT"),
            startedAt: ago(4),
            forkedFrom: original,
            forkedStep: 1,
            changes: "{}",
            calls: 2,
            tokens: TokenUsage(input: 950, output: 9),
            costs: ["USD": 0.061]
        )
        return RunStory(record: record, replay: replay)
    }
}
