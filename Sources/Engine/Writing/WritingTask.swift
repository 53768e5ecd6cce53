package import Foundation

/// What is to be written about a conversation when nobody waits for it: its title, and the summary of its older part.
package struct WritingTask: Sendable, Equatable {
    /// The turn after which it was asked for: its models write, and it is charged.
    package var run: Run
    package var wants: Writing
    /// From 1.
    package var attempt: Int

    package init(run: Run, wants: Writing, attempt: Int) {
        self.run = run
        self.wants = wants
        self.attempt = attempt
    }
}

/// The kinds of it.
package struct Writing: OptionSet, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    package static let title = Writing(rawValue: 1)
    package static let summary = Writing(rawValue: 2)
}

/// What the writer has to know.
package struct WritingBrief: Sendable {
    /// The way to the turn's answer, oldest first.
    package var messages: [ModelMessage]
    /// Of the messages, one by one.
    package var ids: [UUID]
    package var summary: RunContext.Summary?
    package var candidates: [ModelCandidate]
    /// Whether its organisation has any budget.
    package var hasBudgets: Bool

    package init(
        messages: [ModelMessage],
        ids: [UUID],
        summary: RunContext.Summary?,
        candidates: [ModelCandidate],
        hasBudgets: Bool = false
    ) {
        self.messages = messages
        self.ids = ids
        self.summary = summary
        self.candidates = candidates
        self.hasBudgets = hasBudgets
    }
}

/// What came of it.
package struct WrittenNotes: Sendable {
    package var title: String?
    /// What the conversation is about, in a sentence or two; at most 500 characters.
    package var line: String?
    package var summary: Summary?
    /// All calls, failed ones too.
    package var usage: [UsageRecord] = []
    /// Nothing is left to do; otherwise it is tried again later.
    package var isDone = false
    /// The server stopped meanwhile: somebody else goes on at once.
    package var isCutShort = false

    package struct Summary: Sendable, Equatable {
        package var upTo: UUID
        package var text: String
        package var model: String

        package init(upTo: UUID, text: String, model: String) {
            self.upTo = upTo
            self.text = text
            self.model = model
        }
    }

    package init() {}
}

/// Where such tasks are kept: `Storage`'s, or the one in memory for tests.
package protocol WritingJournal: BudgetJournal {
    /// Takes up to `limit` tasks that are due, or whose worker is silent for longer than `silence`.
    func claimWriting(worker: UUID, limit: Int, silence: Duration) async throws -> [WritingTask]

    func brief(for task: WritingTask) async throws -> WritingBrief

    /// Stores what was written and what it cost in one transaction, and takes the task away, or lays what is left of it
    /// back for later when it is not done. A title that somebody has given meanwhile stays. When the task is another
    /// worker's by now, only what it cost is stored.
    func finish(_ task: WritingTask, _ notes: WrittenNotes, by worker: UUID) async throws
}

extension RunBrief {
    /// What a turn leaves to be written: nothing where no model could write it.
    func writing(_ limits: RunLimits) -> Writing {
        let writers = candidates.writers
        guard limits.writesInBackground, !writers.isEmpty else { return [] }
        let plan = SummaryPlan(
            messages,
            covered: context.summary?.covers ?? 0,
            window: writers.window(otherwise: limits.defaultWindow)
        )
        return (needsTitle ? [.title] : [] as Writing).union(plan.end == nil ? [] : .summary)
    }
}
