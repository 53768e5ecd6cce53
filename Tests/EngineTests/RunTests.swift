import Engine
import Foundation
import Testing

@Suite struct RunTests {
    private let greeter = StubModels { _, receive in
        for word in ["Good ", "morning", "."] { try await receive(.text(word)) }
        try await receive(.usage(TokenUsage(input: 1000, output: 500, cached: 0)))
        try await receive(.finish(.stop))
    }

    @Test func anAnswerIsLoggedFromTheQueueToItsEnd() async throws {
        let shop = Workshop(models: greeter)
        try await shop.open {
            let run = shop.ask("hello")
            let log = try await shop.log(of: run)
            #expect(log.isDense)
            #expect(log.states == ["queued", "running", "completed"])
            #expect(log.text == "Good morning.")
            #expect(log.isTextEnded)
            #expect(log.first(.messageComplete)?.field("final_content") == "Good morning.")
            let outcome = try #require(shop.journal.outcome(of: run.id))
            #expect(outcome.content == "Good morning.")
            #expect(outcome.usage.map(\.cost) == [Decimal(string: "0.005")])
            #expect(outcome.metadata.contains("\"total_tokens\":1500"))
        }
    }

    @Test func everyPlaceInTheLogGivesTheSameRest() async throws {
        let shop = Workshop(models: greeter)
        try await shop.open {
            let run = shop.ask("hello")
            let log = try await shop.log(of: run)
            for place in 0...log.count {
                #expect(try await shop.log(of: run, after: Int64(place)) == Array(log.dropFirst(place)))
            }
        }
    }

    @Test func twoHundredRunsKeepTheirOrder() async throws {
        let words = (0..<100).map { "\($0) " }
        let shop = Workshop(
            models: StubModels { _, receive in
                for word in words {
                    try await receive(.text(word))
                    await Task.yield()
                }
            }
        )
        try await shop.open {
            let runs = (0..<200).map { _ in shop.ask("count") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for run in runs {
                    group.addTask {
                        let log = try await shop.log(of: run)
                        #expect(log.isDense)
                        #expect(log.text == words.joined())
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func manyReadersSeeTheSame() async throws {
        let shop = Workshop(models: greeter)
        try await shop.open {
            let run = shop.ask("hello")
            let logs = try await withThrowingTaskGroup(of: [RunEvent].self) { group in
                for _ in 0..<20 { group.addTask { try await shop.log(of: run) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(logs.map { $0.map(\.json) }).count == 1)
        }
    }

    @Test func theSecondCandidateAnswersForTheFirst() async throws {
        let shop = Workshop(
            models: StubModels([
                "down": { _, _ in throw ModelError(.unavailable, "Down.") },
                "up": { _, receive in try await receive(.text("Here.")) },
            ])
        )
        try await shop.open {
            let log = try await shop.log(of: shop.ask("hello", candidates: ["down", "up"]))
            #expect(log.text == "Here.")
            #expect(log.contains { $0.field("reason") == "fallback: up" })
        }
    }

    @Test func whatMayPassIsTriedThreeTimes() async throws {
        let tries = Counter()
        let shop = Workshop(
            models: StubModels { _, receive in
                if tries.next() < 3 { throw ModelError(.rateLimited, "Slow down.", retryAfter: 0) }
                try await receive(.text("At last."))
            }
        )
        try await shop.open {
            let log = try await shop.log(of: shop.ask("hello"))
            #expect(log.text == "At last.")
            #expect(tries.value == 3)
        }
    }

    @Test func whatCannotPassIsNotTriedAgain() async throws {
        let tries = Counter()
        let shop = Workshop(
            models: StubModels { _, _ in
                _ = tries.next()
                throw ModelError(.unauthorized, "The key was refused.")
            }
        )
        try await shop.open {
            let log = try await shop.log(of: shop.ask("hello"))
            #expect(log.states.last == "failed")
            #expect(log.first(.error)?.field("error_code") == "MODEL_UNAUTHORIZED")
            #expect(tries.value == 1)
        }
    }

    @Test func wordsThatCameStayWhenTheModelFails() async throws {
        let shop = Workshop(
            models: StubModels { _, receive in
                try await receive(.text("Half an"))
                throw ModelError(.interrupted, "The provider hung up.")
            }
        )
        try await shop.open {
            let run = shop.ask("hello")
            let log = try await shop.log(of: run)
            #expect(log.text == "Half an" && log.isTextEnded)
            #expect(log.states.last == "failed")
            #expect(shop.journal.outcome(of: run.id)?.content == "Half an")
        }
    }

    @Test func anEmptyAnswerAndNoModelAreSaid() async throws {
        let shop = Workshop(models: StubModels { _, _ in })
        try await shop.open {
            let empty = try await shop.log(of: shop.ask("hello"))
            #expect(empty.first(.error)?.field("error_code") == "MODEL_EMPTY_ANSWER")
            let none = try await shop.log(of: shop.ask("hello", candidates: []))
            #expect(none.first(.error)?.field("error_code") == "MODEL_NOT_CONFIGURED")
        }
    }

    @Test func aToolThatIsNotThereGoesBackToTheModel() async throws {
        let shop = Workshop(
            models: StubModels { request, receive in
                // An agent without tools talks to a provider that is offered none: the result comes as plain words.
                if case .user(let content, _) = request.messages.last, content.hasPrefix("[result of dig]") {
                    try await receive(.text("I was told: \(content)"))
                } else {
                    try await receive(.toolCall(ToolCall(id: "c1", name: "dig", arguments: "{\"depth\":1}")))
                }
            }
        )
        try await shop.open {
            let log = try await shop.log(of: shop.ask("hello"))
            #expect(log.first(.toolCall)?.field("tool_name") == "dig")
            #expect(log.first(.toolResult) != nil)
            #expect(log.text.contains("no tool called dig"))
        }
    }

    @Test func aServerThatEndsSendsItsReadersAway() async throws {
        let shop = Workshop(models: StubModels { _, _ in })
        let run = Run.sample()
        let reader = Task { try await shop.log(of: run) }
        while shop.hub.waiting == 0 { await Task.yield() }
        shop.hub.endReading()
        #expect(try await reader.value.isEmpty)
    }

    @Test func anAnswerThatTakesTooLongIsStopped() async throws {
        var limits = RunLimits.quick
        limits.time = .milliseconds(50)
        let shop = Workshop(
            models: StubModels { _, receive in
                try await receive(.text("Well"))
                // For ever, as far as the test is concerned: it is cut.
                try await Task.sleep(for: .seconds(600))
            },
            limits: limits
        )
        try await shop.open {
            let run = shop.ask("hello")
            let log = try await shop.log(of: run)
            #expect(log.first(.error)?.field("error_code") == "RUN_TIMEOUT")
            #expect(log.states.last == "failed")
            #expect(shop.journal.outcome(of: run.id)?.errorCode == "RUN_TIMEOUT")
        }
    }

    @Test func stopMeansStop() async throws {
        let shop = Workshop(
            models: StubModels { _, receive in
                try await receive(.text("One"))
                try await Task.sleep(for: .seconds(60))
            }
        )
        try await shop.open {
            // The quickest of several: a busy machine delays some.
            var quickest = Duration.seconds(60)
            for _ in 0..<5 where quickest >= .seconds(1) {
                quickest = min(quickest, try await Self.timeToStop(in: shop))
            }
            #expect(quickest < .seconds(1))
        }
    }

    /// From the stop of a run that is in the midst of its answer to the end of its log.
    private static func timeToStop(in shop: Workshop) async throws -> Duration {
        let run = shop.ask("hello")
        for try await events in shop.hub.watch(run: run.id, after: 0, from: shop.journal)
        where events.contains(where: { $0.kind == .contentStream }) { break }
        return try await ContinuousClock().measure {
            shop.worker.cancel(run: run.id)
            let log = try await shop.log(of: run)
            #expect(log.states.last == "cancelled")
            #expect(log.text == "One")
        }
    }
}

/// Counts calls, from one.
final class Counter: @unchecked Sendable {
    // Every access goes through the lock.
    private let lock = NSLock()
    private var count = 0

    func next() -> Int {
        lock.withLock {
            count += 1; return count
        }
    }
    var value: Int { lock.withLock { count } }
}
