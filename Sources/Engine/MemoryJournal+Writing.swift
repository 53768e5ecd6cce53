package import Foundation

extension MemoryJournal {
    package func claimWriting(worker: UUID, limit: Int, silence: Duration) async throws -> [WritingTask] {
        try access { state in
            var tasks: [WritingTask] = []
            for (conversation, entry) in state.writing where !entry.isDone && tasks.count < limit {
                let sign = entry.owner.flatMap { state.signs[$0] }
                guard sign.map({ $0.duration(to: .now) > silence }) ?? true else { continue }
                state.writing[conversation]?.owner = worker
                state.writing[conversation]?.task.attempt += 1
                if let task = state.writing[conversation]?.task { tasks.append(task) }
            }
            return tasks
        }
    }

    package func brief(for task: WritingTask) async throws -> WritingBrief {
        try access { state in
            guard let entry = state.entries[task.run.id] else { throw MissingRun() }
            let messages = entry.brief.messages + [.assistant(text: entry.outcome?.content ?? "", toolCalls: [])]
            return WritingBrief(
                messages: messages,
                ids: messages.map { _ in UUID.v7() },
                summary: entry.brief.context.summary,
                candidates: entry.brief.candidates,
                hasBudgets: !state.budgets.isEmpty
            )
        }
    }

    package func finish(_ task: WritingTask, _ notes: WrittenNotes, by worker: UUID) async throws {
        try access { state in
            state.pay(notes.usage, of: task.run.id)
            guard state.writing[task.run.conversationID]?.owner == worker else { return }
            state.writing[task.run.conversationID]?.owner = nil
            state.writing[task.run.conversationID]?.notes.append(notes)
            state.writing[task.run.conversationID]?.isDone = notes.isDone
            if notes.title != nil { state.writing[task.run.conversationID]?.task.wants.remove(.title) }
        }
    }
}

/// A run that this journal has never seen.
struct MissingRun: Error {}
