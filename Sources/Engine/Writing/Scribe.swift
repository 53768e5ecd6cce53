package import Foundation
package import Logging

/// Writes titles and summaries while nobody waits, a few at a time. A task is a row until it is done: what a crash cuts
/// short, the next one takes up.
package final class Scribe: Sendable {
    /// At once in this process: it must never be in the way of answers.
    private static let capacity = 2
    private static let pollInterval = Duration.seconds(5)
    static let answerBytes = 32 * 1024

    private let worker: UUID
    /// How long a worker may be silent before its tasks are taken up.
    private let silence: Duration
    private let journal: any WritingJournal
    private let writer: NoteWriter
    private let logger: Logger
    private let bell = Signal()

    /// `worker` is the one whose signs of life count for the scribe's, too.
    package init(
        worker: UUID,
        silence: Duration = .seconds(10),
        journal: any WritingJournal,
        models: any ModelSource,
        limits: RunLimits = RunLimits(),
        logger: Logger
    ) {
        self.worker = worker
        self.silence = silence
        self.journal = journal
        self.logger = logger
        writer = NoteWriter(journal: journal, models: models, limits: limits)
    }

    /// There is something to write.
    package func wake() { bell.ring() }

    /// Until the task is cancelled.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.poll() }
            while !Task.isCancelled {
                let tasks = await claim()
                if tasks.isEmpty { await bell.wait() } else { await write(tasks) }
            }
            group.cancelAll()
        }
    }

    private func poll() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.pollInterval)
            bell.ring()
        }
    }

    private func claim() async -> [WritingTask] {
        do {
            return try await journal.claimWriting(worker: worker, limit: Self.capacity, silence: silence)
        } catch {
            if !Task.isCancelled {
                logger.warning("What is to be written cannot be read", metadata: ["error": "\(error)"])
            }
            return []
        }
    }

    private func write(_ tasks: [WritingTask]) async {
        await withDiscardingTaskGroup { group in
            for task in tasks { group.addTask { await self.write(task) } }
        }
    }

    private func write(_ task: WritingTask) async {
        var notes = WrittenNotes()
        do {
            notes = try await writer.write(task)
        } catch {
            guard !Task.isCancelled else { return }
            logger.warning("What is to be written about cannot be read", metadata: ["error": "\(error)"])
        }
        await store(notes, of: task)
    }

    /// What cannot be stored is written anew, but what it cost is not forgotten.
    private func store(_ notes: WrittenNotes, of task: WritingTask) async {
        // A task that was cancelled cannot ask the database, and what was paid must be stored all the same.
        await Task { [journal, worker, logger] in
            var paid = WrittenNotes()
            paid.usage = notes.usage
            for notes in [notes, paid, WrittenNotes()] {
                if await Self.store(notes, of: task, in: journal, worker, logger) { return }
            }
        }.value
    }

    /// Tries for a while; what is not stored then is taken up anew. False when the journal refuses it for good.
    private static func store(
        _ notes: WrittenNotes,
        of task: WritingTask,
        in journal: any WritingJournal,
        _ worker: UUID,
        _ logger: Logger
    ) async -> Bool {
        var delay = Duration.milliseconds(100)
        for _ in 0..<10 {
            do {
                try await journal.finish(task, notes, by: worker)
                return true
            } catch {
                logger.warning("A title or summary was not stored", metadata: ["error": "\(error)"])
                if let failure = error as? any JournalFailure, !failure.isTransient { return false }
                try? await Task.sleep(for: delay)
                delay = min(delay * 2, .seconds(2))
            }
        }
        return true
    }
}
