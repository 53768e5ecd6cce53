import Foundation
import Testing

@testable import Engine

/// What becomes of a run when a provider does not answer as it should.
@Suite struct FailoverTests {
    private static func interrupted(after words: String) -> StubModels.Answer {
        { _, receive in
            try await receive(.text(words))
            throw ModelError(.interrupted, "The provider hung up.")
        }
    }

    @Test func anotherModelSaysAnewWhatOneBrokeOff() async throws {
        let shop = Workshop(
            models: StubModels([
                "main": Self.interrupted(after: "Half an"),
                "other": { _, receive in try await receive(.text("A whole answer.")) },
            ])
        )
        try await shop.open {
            let run = shop.ask("hello", candidates: ["main", "other"])
            let log = try await shop.log(of: run)
            #expect(log.isDense)
            #expect(log.text == "A whole answer.")
            #expect(log.states.last == "completed")
            #expect(log.filter { $0.kind == .agentStart }.count == 2)
            let outcome = shop.journal.outcome(of: run.id)
            #expect(outcome?.content == "A whole answer.")
            #expect(outcome?.usage.map(\.succeeded) == [false, true])
        }
    }

    @Test func theWordsStayWhenNobodyHasOthers() async throws {
        let shop = Workshop(
            models: StubModels([
                "main": Self.interrupted(after: "Half an"),
                "down": { _, _ in throw ModelError(.unavailable, "Down.") },
            ])
        )
        try await shop.open {
            let run = shop.ask("hello", candidates: ["main", "down"])
            let log = try await shop.log(of: run)
            #expect(log.text == "Half an")
            #expect(log.states.last == "failed")
            #expect(shop.journal.outcome(of: run.id)?.content == "Half an")
        }
    }

    @Test func stepsBeforeTheBreakStay() async throws {
        let shop = Workshop(
            models: StubModels([
                "main": { request, receive in
                    guard request.messages.count == 1 else {
                        try await receive(.text("And then"))
                        throw ModelError(.timeout, "Silence.")
                    }
                    try await receive(.text("First I dig."))
                    try await receive(.toolCall(ToolCall(id: "c", name: "dig", arguments: "{}")))
                },
                "other": { _, receive in try await receive(.text("Done.")) },
            ])
        )
        try await shop.open {
            let run = shop.ask("hello", candidates: ["main", "other"])
            let log = try await shop.log(of: run)
            #expect(log.text == "First I dig.\n\nDone.")
            #expect(shop.journal.outcome(of: run.id)?.content == "First I dig.\n\nDone.")
            #expect(log.last { $0.kind == .agentStart }?.data.contains("\"steps_kept\":1") == true)
        }
    }

    @Test func aProviderThatFailsAgainAndAgainIsPassedByAtOnce() async throws {
        let calls = Counter()
        let shop = Workshop(
            models: StubModels([
                "down": { _, _ in
                    _ = calls.next()
                    throw ModelError(.unavailable, "Down.")
                },
                "up": { _, receive in try await receive(.text("Here.")) },
            ])
        )
        let brief = RunBrief.sample("hello", candidates: ["down", "up"])
        try await shop.open {
            for _ in 0..<CircuitBreaker.threshold { _ = try await shop.log(of: shop.ask(brief)) }
            #expect(calls.value == CircuitBreaker.threshold)
            let log = try await shop.log(of: shop.ask(brief))
            #expect(log.text == "Here.")
            #expect(calls.value == CircuitBreaker.threshold)
            #expect(log.contains { $0.field("reason") == "breaker_open: down" })
            // With nobody else the error says why, and when to come again.
            let alone = RunBrief(
                agentName: "a",
                instruction: "",
                messages: [.user("x")],
                candidates: [brief.candidates[0]]
            )
            let end = try await shop.log(of: shop.ask(alone)).first(.error)
            #expect(end?.field("error_code") == "MODEL_UNAVAILABLE")
            #expect(end?.field("error_message")?.contains("down") == true)
            #expect(end?.data.contains("\"retry_after\":1") == true)
            #expect(shop.health.trouble(of: brief.candidates[0].providerID)?.nextTry != nil)
        }
    }

    @Test func whatAProviderAsksForHoldsForAllRuns() async throws {
        let calls = Counter()
        let shop = Workshop(
            models: StubModels([
                "busy": { _, _ in
                    _ = calls.next()
                    throw ModelError(.rateLimited, "Slow down.", retryAfter: 30)
                },
                "free": { _, receive in try await receive(.text("Here.")) },
            ])
        )
        let brief = RunBrief.sample("hello", candidates: ["busy", "free"])
        try await shop.open {
            _ = try await shop.log(of: shop.ask(brief))
            let log = try await shop.log(of: shop.ask(brief))
            #expect(log.contains { $0.field("reason") == "rate_limited: busy" })
            #expect(log.text == "Here.")
            #expect(calls.value == 1)
        }
    }

    @Test func thePauseDoublesWithJitterAndIsNeverShorterThanWhatWasAskedFor() {
        var limits = RunLimits()
        limits.backoff = .milliseconds(500)
        func pause(_ round: Int, _ retryAfter: Int? = nil, jitter: Double = 1) -> Duration {
            limits.pause(before: round, retryAfter: retryAfter, jitter: jitter)
        }
        #expect((1...4).map { pause($0) } == [500, 1000, 2000, 4000].map { .milliseconds($0) })
        #expect(pause(2, jitter: 0.5) == .milliseconds(500))
        #expect(RunLimits.jitter == 0.5...1)
        #expect(pause(1, 3) == .seconds(3) && pause(1, 3, jitter: 0.5) == .seconds(3))
        #expect(pause(4, 3) == .seconds(4))
    }

    @Test func whoIsAskedToWaitWaitsAndIsAnswered() async throws {
        let calls = Locked<[ContinuousClock.Instant]>([])
        let shop = Workshop(
            models: StubModels { _, receive in
                let isFirst = calls.withLock { calls in
                    calls.append(.now)
                    return calls.count == 1
                }
                if isFirst { throw ModelError(.rateLimited, "Slow down.", retryAfter: 1) }
                try await receive(.text("Here."))
            }
        )
        try await shop.open {
            let log = try await shop.log(of: shop.ask("hello"))
            #expect(log.text == "Here.")
            #expect(log.contains { $0.field("reason") == "retry: MODEL_RATE_LIMITED" })
        }
        let times = calls.withLock { $0 }
        #expect(times.count == 2 && times[0].duration(to: times[1]) >= .seconds(1))
    }

    @Test func aKeyThatIsRefusedOpensNothing() async throws {
        let calls = Counter()
        let shop = Workshop(
            models: StubModels { _, _ in
                _ = calls.next()
                throw ModelError(.unauthorized, "The key was refused.")
            }
        )
        let brief = RunBrief.sample("hello", candidates: ["main"])
        try await shop.open {
            for _ in 0..<8 { _ = try await shop.log(of: shop.ask(brief)) }
            #expect(calls.value == 8)
        }
    }

    @Test func anAgentThatWasReplacedIsSaid() async throws {
        let shop = Workshop(models: StubModels { _, receive in try await receive(.text("Here.")) })
        let (run, other) = (Run.sample(), UUID.v7())
        shop.journal.enqueue(run, brief: .sample("hello", candidates: ["main"]))
        shop.journal.replaceAgent(of: run.id, by: other)
        try await shop.open {
            let log = try await shop.log(of: run)
            #expect(log.contains { $0.field("reason") == "agent_replaced" && $0.field("agent_id") == other.text })
            #expect(log.states.last == "completed")
        }
    }

    @Test func noMoreCallsAtOnceThanAProviderAllows() async throws {
        let (atWork, most) = (Gauge(), 3)
        let shop = Workshop(
            models: StubModels { _, receive in
                atWork.enter()
                for _ in 0..<50 { await Task.yield() }
                try await receive(.text("x"))
                atWork.leave()
            }
        )
        var brief = RunBrief.sample("hello", candidates: ["main"])
        brief.candidates[0].limit = ProviderLimit(concurrent: most)
        let limited = brief
        try await shop.open {
            let runs = (0..<12).map { _ in shop.ask(limited) }
            for run in runs {
                let log = try await shop.log(of: run)
                #expect(log.states.last == "completed")
            }
            #expect((1...most).contains(atWork.highest))
        }
    }

    @Test func whoFindsNoPlaceAsksAnotherModel() async throws {
        var limits = RunLimits.quick
        limits.providerImpatience = .zero
        let shop = Workshop(
            models: StubModels([
                "main": { _, receive in try await receive(.text("Main.")) },
                "other": { _, receive in try await receive(.text("Other.")) },
            ]),
            limits: limits
        )
        var brief = RunBrief.sample("hello", candidates: ["main", "other"])
        brief.candidates[0].limit = ProviderLimit(perMinute: 1)
        let limited = brief
        try await shop.open {
            let (first, second) = (try await shop.log(of: shop.ask(limited)), try await shop.log(of: shop.ask(limited)))
            #expect(first.text == "Main.")
            #expect(second.text == "Other.")
        }
    }
}

/// How many are in at once.
private final class Gauge: @unchecked Sendable {
    // Every access goes through the lock.
    private let lock = NSLock()
    private var inside = 0
    private var most = 0

    func enter() {
        lock.withLock {
            inside += 1
            most = max(most, inside)
        }
    }

    func leave() { lock.withLock { inside -= 1 } }

    var highest: Int { lock.withLock { most } }
}
