package import Foundation

/// A run that goes on from a step of another one: it begins with what the other one has done up to there, so that none of
/// it is done or paid for again, and nothing with an effect happens twice.
package struct RunFork: Sendable {
    package let original: UUID
    /// How many finished steps are kept.
    package let step: Int
    package let changes: RunChanges
    /// The agent that went on after that step, and goes on now.
    package let agent: UUID
    /// What a person had said last by then.
    package let question: UUID
    private let kept: [RunReplay.Step]

    /// Why it cannot be: the field that is wrong, and what about it.
    package struct Misfit: Error, Sendable, Equatable {
        package var field: String
        package var message: String
    }

    /// `replay` is what the log of `original` holds.
    package init(of original: Run, _ replay: RunReplay, after step: Int, changes: RunChanges) throws(Misfit) {
        let finished = replay.finishedSteps.count
        guard (0...finished).contains(step) else {
            throw Misfit(field: "step", message: "Use a number from 0 to \(finished): so many steps are finished.")
        }
        let kept = Array(replay.steps.prefix(step))
        for result in changes.toolResults where !kept.contains(where: { $0.results[result.callID] != nil }) {
            throw Misfit(
                field: "tool_result",
                message: "None of the steps that are kept has the call \(result.callID)."
            )
        }
        self.original = original.id
        self.step = step
        self.changes = changes
        self.kept = kept
        question =
            replay.questions.filter { $0.key <= step }.max { $0.key < $1.key }?.value ?? original.userMessageID
        agent = replay.agents[step] ?? original.agentID
    }

    /// What is different, as it is kept.
    package var changesJSON: String { changes.json(of: agent) }

    /// What stands in the log of `run` after the message: that it waits, then what is kept, marked as copied.
    package func events(for run: Run) -> [(kind: RunEvent.Kind, data: String)] {
        let forked = EventData(run: run).forked(from: original, step: step, changes: changesJSON)
        return [(.runStatus, forked)] + kept.enumerated().flatMap { events(of: $1, number: $0 + 1, for: run) }
    }

    private func events(
        of step: RunReplay.Step,
        number: Int,
        for run: Run
    ) -> [(kind: RunEvent.Kind, data: String)] {
        let data = EventData(run: run, isCopied: true)
        let unknown = UsageRecord(
            modelID: run.id,
            modelName: "",
            tokens: TokenUsage(input: 0, output: 0),
            responseTime: 0,
            succeeded: true
        )
        var events: [(kind: RunEvent.Kind, data: String)] = []
        if !step.text.isEmpty { events.append((.contentStream, data.content(step.text))) }
        events.append((.usage, data.usage(step.usage ?? unknown, step: number)))
        events += step.calls.map { (.toolCall, data.toolCall($0)) }
        for call in step.calls {
            guard var result = step.results[call.id] else { continue }
            let change = changes.toolResults.last { $0.callID == call.id }
            if let change {
                result = .init(content: change.content, isError: false, time: result.time, isChanged: true)
            }
            var outcome: ToolOutcome = result.isError ? .failure(result.content) : .success(result.content)
            outcome.keptBytes = result.keptBytes
            events.append(
                (.toolResult, data.toolResult(call, outcome, seconds: result.time, isChanged: result.isChanged))
            )
        }
        return events
    }
}

extension RunReplay {
    /// Those that nothing is missing of: a run can go on after each of them.
    package var finishedSteps: [Step] { Array(steps.prefix { $0.unfinished.isEmpty }) }
}
