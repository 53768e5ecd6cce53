import Engine
import Foundation

/// A finished run in one line, which opens to what is known of it.
struct RunLine: Sendable {
    let state: StateView
    let summary: String
    let sums: String
    let tools: [ToolLine]
    let hasTools: Bool
    let facts: [Fact]

    /// nil for the plain case, one attempt without tools: the line below the answer says all of it.
    init?(_ run: Run, metadata: AnswerMetadata, tools: [ToolLine], voice: Voice) {
        guard run.state.isFinal, run.state != .completed || run.attempt > 1 || !tools.isEmpty else { return nil }
        let words = voice.words
        state = StateView(run.state, voice: voice)
        self.tools = tools
        hasTools = !tools.isEmpty
        let attempts = words.count("run.attempts", max(1, run.attempt))
        summary = tools.isEmpty ? attempts : words.count("run.toolCalls", tools.count)
        sums = RunLine.sums(run, metadata: metadata, voice: voice)
        facts = [
            Fact(name: words["run.started"], value: TimeText.exact(run.createdAt, voice: voice)),
            run.finishedAt.map { Fact(name: words["run.ended"], value: TimeText.exact($0, voice: voice)) },
            Fact(name: words["run.state"], value: state.word + " · " + attempts),
            run.errorCode.map { Fact(name: words["run.code"], value: $0) },
            Fact(name: words["run.number"], value: run.id.text),
        ].compactMap { $0 }
    }

    private static func sums(_ run: Run, metadata: AnswerMetadata, voice: Voice) -> String {
        let seconds = run.finishedAt.map { $0.timeIntervalSince(run.createdAt) }
        let tokens = metadata.inputTokens.map { $0 + (metadata.outputTokens ?? 0) }.flatMap { $0 > 0 ? $0 : nil }
        return [
            seconds.map { voice.duration(max(0, $0)) },
            tokens.map { voice.words("quantity.tokens", ["n": voice.tokens($0)]) },
            metadata.money(voice),
        ].compactMap { $0 }.joined(separator: " · ")
    }
}

/// A thing and what it is.
struct Fact: Sendable {
    let name: String
    let value: String
}
