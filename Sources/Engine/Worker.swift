package import Foundation
package import Logging

/// Takes up runs and works on them, many at once, until its task is cancelled. What it then holds goes back to the
/// queue unfinished, for another worker or the next start.
package final class Worker: Sendable {
    private static let heartbeat = Duration.milliseconds(500)
    private static let pollInterval = Duration.milliseconds(500)
    /// How often it looks whether the journal thinks that it has runs which it does not have.
    private static let reviewInterval = Duration.seconds(5)

    package let id = UUID.v7()
    private let journal: any Journal
    private let models: any ModelSource
    private let tools: ToolCatalogue
    private let pictures: any PictureSource
    private let cache = ToolCache()
    private let log: EventLog
    private let capacity: Int
    private let silence: Duration
    private let limits: RunLimits
    private let health: ProviderHealth
    private let logger: Logger
    private let work = Signal()
    private let runs = Locked<[UUID: RunHandle]>([:])
    private let scribe: Scribe?
    private let lastSign = Locked(ContinuousClock.now)
    private let lastReview = Locked<ContinuousClock.Instant?>(nil)

    /// `silence` is how long the others wait after a worker's last sign of life before they take its runs over.
    package init(
        journal: any Journal,
        models: any ModelSource,
        tools: ToolCatalogue = .empty,
        pictures: any PictureSource = NoPictures(),
        hub: EventHub,
        capacity: Int,
        silence: Duration = .seconds(10),
        limits: RunLimits = RunLimits(),
        health: ProviderHealth = ProviderHealth(),
        logger: Logger
    ) {
        self.journal = journal
        self.models = models
        self.tools = tools
        self.pictures = pictures
        self.capacity = capacity
        self.silence = silence
        self.limits = limits
        self.health = health
        self.logger = logger
        log = EventLog(journal: journal, hub: hub, logger: logger)
        scribe =
            limits.writesInBackground
            ? Scribe(worker: id, silence: silence, journal: journal, models: models, limits: limits, logger: logger)
            : nil
    }

    /// A run waits in the queue.
    package func wake() { work.ring() }

    /// Stops a run if this worker holds it; its end is in the log a moment later.
    package func cancel(run: UUID) { runs.withLock { $0[run] }?.stop(.cancelled) }

    /// How many runs it holds.
    package var load: Int { runs.withLock { $0.count } }

    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.keepAlive() }
            group.addTask { await self.guardItself() }
            group.addTask { await self.pollQueue() }
            group.addTask { [scribe] in await scribe?.run() }
            // Writing must outlive the runs, so that their last events are stored.
            let writing = Task { await self.log.run() }
            await withDiscardingTaskGroup { await self.claimUntilCancelled(&$0) }
            writing.cancel()
            await writing.value
        }
        await retire()
    }

    private func claimUntilCancelled(_ group: inout DiscardingTaskGroup) async {
        while !Task.isCancelled {
            let free = capacity - load
            let claimed = free > 0 ? await claim(free) : []
            for one in claimed { start(one, in: &group) }
            if claimed.isEmpty || load >= capacity { await work.wait() }
        }
        for handle in runs.withLock({ Array($0.values) }) { handle.stop(.handedBack) }
    }

    private func claim(_ limit: Int) async -> [ClaimedRun] {
        do {
            return try await journal.claim(worker: id, limit: limit, silence: silence, held: reviewed())
        } catch {
            if !Task.isCancelled { logger.warning("The queue cannot be read", metadata: ["error": "\(error)"]) }
            return []
        }
    }

    /// What it holds, from time to time; nil otherwise.
    private func reviewed() -> [UUID]? {
        let isDue = lastReview.withLock { last in
            guard last.map({ $0.duration(to: .now) > Self.reviewInterval }) ?? true else { return false }
            last = .now
            return true
        }
        return isDue ? runs.withLock { Array($0.keys) } : nil
    }

    private func start(_ claimed: ClaimedRun, in group: inout DiscardingTaskGroup) {
        let handle = RunHandle()
        let id = claimed.run.id
        runs.withLock { $0[id] = handle }
        let execution = RunExecution(
            claimed: claimed,
            journal: journal,
            models: models,
            tools: tools,
            cache: cache,
            pictures: pictures,
            log: log,
            handle: handle,
            limits: limits,
            health: health,
            writingIsWanted: { [scribe] in scribe?.wake() },
            logger: logger
        )
        group.addTask {
            // A task of its own, so that one run can be stopped alone. It is awaited here, and so never outlives us.
            let task = Task { await execution.perform() }
            handle.started(task)
            await withTaskCancellationHandler {
                await task.value
            } onCancel: {
                handle.stop(.handedBack)
            }
            // A run that rested may be in our hands again.
            self.runs.withLock { if $0[id] === handle { $0[id] = nil } }
            self.work.ring()
        }
    }
}

// MARK: - Signs of life

extension Worker {
    private func keepAlive() async {
        while !Task.isCancelled {
            let asked = ContinuousClock.now
            if let wishes = try? await journal.heartbeat(worker: id) {
                lastSign.withLock { $0 = asked }
                for wish in wishes { heed(wish) }
            }
            try? await Task.sleep(for: Self.heartbeat)
        }
    }

    /// Beside the sign of life, which may hang for as long as the journal does.
    private func guardItself() async {
        while !Task.isCancelled {
            fenceItself()
            try? await Task.sleep(for: Self.heartbeat)
        }
    }

    /// Does what people want of a run, if this worker holds it.
    package func heed(_ wish: RunWish) {
        guard let handle = runs.withLock({ $0[wish.run] }) else { return }
        if wish.isSteered { handle.steer() }
        if wish.isPaused { handle.pause() }
        if wish.isCancelled { handle.stop(.cancelled) }
    }

    /// Nobody has heard of us for so long that the others may take over: better to stop than to work twice.
    private func fenceItself() {
        let silent = lastSign.withLock { $0.duration(to: .now) }
        guard silent > silence * 0.8 else { return }
        for handle in runs.withLock({ Array($0.values) }) { handle.stop(.handedBack) }
    }

    private func pollQueue() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.pollInterval)
            work.ring()
        }
    }

    private func retire() async {
        // The task is cancelled by now, and the last word must still be said.
        await Task { [journal, id, logger] in
            do {
                try await journal.retire(worker: id)
            } catch {
                logger.warning(
                    "The worker could not sign off; its runs wait a little longer",
                    metadata: ["error": "\(error)"]
                )
            }
        }.value
    }
}
