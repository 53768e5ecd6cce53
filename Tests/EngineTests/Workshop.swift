import Engine
import Foundation
import Logging

/// A worker with its journal and readers, for as long as a test needs them.
struct Workshop {
    let journal: MemoryJournal
    let hub = EventHub()
    let models: StubModels
    let health = ProviderHealth()
    let worker: Worker

    init(
        journal: MemoryJournal = MemoryJournal(),
        models: StubModels,
        tools: ToolCatalogue = .empty,
        limits: RunLimits = .quick,
        capacity: Int = 1000
    ) {
        self.journal = journal
        self.models = models
        worker = Worker(
            journal: journal,
            models: models,
            tools: tools,
            hub: hub,
            capacity: capacity,
            limits: limits,
            health: health,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// Runs the worker while `body` runs.
    func open<Result: Sendable>(_ body: @Sendable () async throws -> Result) async throws -> Result {
        let work = Task { await worker.run() }
        defer { work.cancel() }
        let result = try await body()
        work.cancel()
        await work.value
        return result
    }

    /// A queued run whose person said `text`.
    @discardableResult
    func ask(_ text: String, candidates: [String] = ["main"], tools: [String] = []) -> Run {
        ask(.sample(text, candidates: candidates, tools: tools))
    }

    /// With models whose providers other runs have met.
    func ask(_ brief: RunBrief) -> Run {
        let run = Run.sample()
        journal.enqueue(run, brief: brief)
        worker.wake()
        return run
    }

    /// The whole log, once the run has ended.
    func log(of run: Run, after place: Int64 = 0) async throws -> [RunEvent] {
        var events: [RunEvent] = []
        for try await batch in hub.watch(run: run.id, after: place, from: journal) { events += batch }
        return events
    }
}

extension RunLimits {
    static var quick: RunLimits {
        var limits = RunLimits()
        limits.backoff = .milliseconds(1)
        return limits
    }
}

extension Run {
    static func sample() -> Run {
        Run(
            id: .v7(),
            organisationID: .v7(),
            userID: .v7(),
            conversationID: .v7(),
            agentID: .v7(),
            userMessageID: .v7(),
            messageID: .v7(),
            state: .queued,
            attempt: 0,
            createdAt: Date()
        )
    }
}

extension RunBrief {
    static func sample(_ text: String, candidates: [String], tools: [String] = []) -> RunBrief {
        RunBrief(
            agentName: "assistant",
            instruction: "Answer.",
            messages: [.user(text)],
            candidates: candidates.map {
                ModelCandidate(
                    modelID: .v7(),
                    name: $0,
                    endpoint: ProviderEndpoint(kind: .custom, baseURL: "http://127.0.0.1:9/v1"),
                    price: .init(input: 2, output: 6, currency: "USD")
                )
            },
            tools: tools
        )
    }
}

/// Models by name, each a closure.
struct StubModels: ModelSource {
    typealias Answer = @Sendable (ModelRequest, @Sendable (ModelPiece) async throws -> Void) async throws -> Void
    var answers: [String: Answer]

    init(_ answers: [String: Answer]) { self.answers = answers }
    init(_ answer: @escaping Answer) { answers = ["main": answer] }

    func model(named name: String, at endpoint: ProviderEndpoint) -> any Model {
        StubModel(answer: answers[name] ?? { _, _ in throw ModelError(.notFound, "No such model.") })
    }
    func probe(_ endpoint: ProviderEndpoint) async -> ProbeResult { ProbeResult(latency: 0, models: []) }
    func discover() async -> [DiscoveredProvider] { [] }
}

private struct StubModel: Model {
    let answer: StubModels.Answer
    func answer(_ request: ModelRequest, receive: @Sendable (ModelPiece) async throws -> Void) async throws {
        try await answer(request, receive)
    }
}

extension [RunEvent] {
    /// The text that a reader shows: the deltas after the last beginning.
    var text: String {
        let start = lastIndex { $0.kind == .agentStart } ?? 0
        return self[start...].filter { $0.kind == .contentStream }.compactMap { $0.field("content_delta") }.joined()
    }

    /// Whether all pieces of text but the last say that more may come, and that one that it is whole.
    var isTextEnded: Bool {
        let ends = filter { $0.kind == .contentStream }.map(\.isComplete)
        return ends.last == true && ends.dropLast().allSatisfy { $0 == false }
    }

    var states: [String] { filter { $0.kind == .runStatus }.compactMap { $0.field("state") } }
    func first(_ kind: RunEvent.Kind) -> RunEvent? { first { $0.kind == kind } }
    var isDense: Bool { map(\.sequence) == (1...Int64(Swift.max(1, count))).map { $0 } }
}

extension RunEvent {
    func field(_ name: String) -> String? { object?[name] as? String }

    /// nil where it does not say.
    var isComplete: Bool? { object?["is_complete"] as? Bool }

    private var object: [String: Any]? {
        try? JSONSerialization.jsonObject(with: Data(data.utf8)) as? [String: Any]
    }
}
