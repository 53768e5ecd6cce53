import Engine
import Foundation

/// A step of a run: what the model said, which tools it called, what they answered.
struct StepView: Sendable {
    let title: String
    let text: String
    let hasText: Bool
    let sums: String
    let isCopied: Bool
    let calls: [Call]

    struct Call: Sendable {
        let name: String
        let input: String
        let result: String
        let state: StateView
        let time: String
        let isChanged: Bool
    }

    static func all(of story: RunStory, voice: Voice) -> [StepView] {
        story.replay.steps.enumerated().map { StepView($1, number: $0 + 1, voice: voice) }
    }

    init(_ step: RunReplay.Step, number: Int, voice: Voice) {
        title = voice.words("step.title", ["n": number.grouped])
        text = step.text.trimmingCharacters(in: .whitespacesAndNewlines)
        hasText = !text.isEmpty
        isCopied = step.isCopied
        let usage = step.usage
        sums = [
            usage.map { voice.words("quantity.tokens", ["n": voice.tokens($0.tokens.input + $0.tokens.output)]) },
            usage?.cost.map { voice.money($0, currency: usage?.currency ?? "USD") },
        ].compactMap { $0 }.joined(separator: " · ")
        calls = step.calls.map { Call($0, step.results[$0.id], voice: voice) }
    }
}

extension StepView.Call {
    fileprivate init(_ call: ToolCall, _ result: RunReplay.Result?, voice: Voice) {
        let (words, icons) = (voice.words, voice.icons)
        name = call.name
        input = call.input
        self.result = result?.content ?? ""
        time = result.map { voice.duration($0.time) } ?? ""
        isChanged = result?.isChanged ?? false
        state =
            switch result?.isError {
            case nil: StateView(kind: "", sign: icons("ring"), word: words["step.unfinished"])
            case true?: StateView(kind: "fail", sign: icons("cross"), word: words["tool.failed"])
            case false?: StateView(kind: "done", sign: icons("tick"), word: words["tool.done"])
            }
    }
}
