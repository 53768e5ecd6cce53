import Foundation
import Testing

@testable import Engine

/// Runs that people pause, and say something into.
@Suite(.timeLimit(.minutes(1))) struct PauseTests {
    /// A model that calls a tool `steps` times and then says what it was told by its person. `meanwhile` goes on in each call
    /// of the tool.
    private func shop(
        steps: Int,
        limits: RunLimits = .quick,
        meanwhile: @escaping @Sendable (Int) async throws -> Void
    ) throws -> Workshop {
        let models = StubModels { request, receive in
            let results = request.messages.count { if case .toolResult = $0 { true } else { false } }
            if results < steps {
                return try await receive(.toolCall(ToolCall(id: "x", name: "work", arguments: "{}")))
            }
            let said = request.messages.map { message in
                switch message {
                case .system(let text), .user(let text, _): text
                case .assistant: "call"
                case .toolResult: "result"
                }
            }
            try await receive(.text(said.joined(separator: " ")))
        }
        let tool = WorkTool(meanwhile: meanwhile)
        return Workshop(models: models, tools: try ToolCatalogue([tool]), limits: limits)
    }

    private func until(_ state: RunState, _ run: Run, _ shop: Workshop) async throws {
        while shop.journal.state(of: run.id) != state { try await Task.sleep(for: .milliseconds(5)) }
    }

    @Test func aRunRestsAfterItsStep() async throws {
        let (begun, goOn) = (Signal(), Signal())
        let shop = try shop(steps: 2) { number in
            guard number == 1 else { return }
            begun.ring()
            await goOn.wait()
        }
        try await shop.open {
            let run = shop.ask("Go", tools: ["work"])
            await begun.wait()
            shop.journal.pause(run.id)
            shop.worker.heed(RunWish(run: run.id, isPaused: true))
            goOn.ring()
            try await until(.paused, run, shop)
            while shop.worker.load > 0 { try await Task.sleep(for: .milliseconds(5)) }
            shop.journal.resume(run.id)
            shop.worker.wake()
            let log = try await shop.log(of: run)
            #expect(log.isDense)
            #expect(log.states == ["queued", "running", "paused", "running", "completed"])
            #expect(log.filter { $0.kind == .toolResult }.count == 2)
            #expect(log.text == "Go call result call result")
        }
    }

    @Test func aLongModelCallIsCutAndMadeAgain() async throws {
        let calls = Locked(0)
        let begun = Signal()
        let models = StubModels { request, receive in
            let number = calls.withLock { calls in
                calls += 1
                return calls
            }
            try await receive(.text("So far"))
            guard number == 1 else { return }
            begun.ring()
            try await Task.sleep(for: .seconds(60))
        }
        var limits = RunLimits.quick
        limits.pausePatience = .milliseconds(10)
        let shop = Workshop(models: models, limits: limits)
        try await shop.open {
            let run = shop.ask("Go")
            await begun.wait()
            shop.journal.pause(run.id)
            try await until(.paused, run, shop)
            shop.journal.resume(run.id)
            shop.worker.wake()
            let log = try await shop.log(of: run)
            #expect(log.isDense && log.text == "So far")
            #expect(calls.withLock { $0 } == 2)
            #expect(shop.journal.usage(of: run.id).map(\.succeeded) == [false, true])
            // Nobody tells what a call took that is cut: it is estimated, and not for nothing.
            #expect(shop.journal.usage(of: run.id).first?.cost ?? 0 > 0)
        }
    }

    @Test func aPausedRunCanBeStopped() async throws {
        let shop = try shop(steps: 1) { _ in }
        let run = shop.ask("Go", tools: ["work"])
        shop.journal.pause(run.id)
        #expect(shop.journal.state(of: run.id) == .paused)
        try await shop.open {
            shop.journal.requestCancellation(of: run.id)
            shop.worker.wake()
            let log = try await shop.log(of: run)
            #expect(log.states.last == "cancelled")
        }
    }

    @Test func whatIsSaidIntoARunIsReadAtItsNextStep() async throws {
        let run = Run.sample()
        let listener = Locked<Workshop?>(nil)
        let shop = try shop(steps: 2) { number in
            guard number == 1, let shop = listener.withLock({ $0 }) else { return }
            shop.journal.steer(run.id, "Be quick", temporaryID: "mine")
            shop.worker.heed(RunWish(run: run.id, isSteered: true))
        }
        listener.withLock { $0 = shop }
        shop.journal.enqueue(run, brief: .sample("Go", candidates: ["main"], tools: ["work"]))
        let log = try await shop.open { try await shop.log(of: run) }
        #expect(log.text == "Go call result Be quick call result")
        let heard = log.filter { $0.kind == .messageReceived && $0.data.contains(#""steers":true"#) }
        #expect(heard.count == 1)
        #expect(heard.first?.field("user_message_id") == SteeringMessage.id(after: run.userMessageID, number: 1).text)
        #expect(heard.first?.field("temp_message_id") == "mine")
    }

    /// It was taken in, and the process died before the log said so: another worker puts it at its place, and says it once.
    @Test func whatWasTakenInIsNotLost() async throws {
        let shop = try shop(steps: 1) { _ in }
        let (run, dead) = (Run.sample(), UUID.v7())
        shop.journal.enqueue(run, brief: .sample("Go", candidates: ["main"], tools: ["work"]))
        let claimed = try #require(try await shop.journal.claim(worker: dead, limit: 1, silence: .seconds(9)).first)
        shop.journal.steer(run.id, "Be quick", temporaryID: "mine")
        #expect(try await shop.journal.takeSteering(of: claimed, after: 0).map(\.content) == ["Be quick"])
        #expect(try await shop.journal.takeSteering(of: claimed, after: 0).isEmpty)
        shop.journal.forget(worker: dead)
        let log = try await shop.open { try await shop.log(of: run) }
        #expect(log.text == "Go Be quick call result")
        let received = log.filter { $0.kind == .messageReceived }
        #expect(received.count == 2 && received.last?.field("temp_message_id") == "mine")
    }

    @Test(arguments: [UUID(), UUID(uuidString: "01999999-0000-7000-8000-00000000ffff") ?? UUID()])
    func keysOfWhatIsSaidIntoARunAreInOrder(_ first: UUID) {
        let keys = [0, 1, 2, 300].map { SteeringMessage.id(after: first, number: $0) }
        #expect(keys[0] == first && keys == keys.sorted())
        #expect(Set(keys).count == 4)
    }
}

private struct WorkTool: Tool {
    let specification = ToolSpecification(
        name: "work",
        description: "Works.",
        schema: #"{"type":"object"}"#,
        level: .readOnly,
        effect: .pure
    )
    let meanwhile: @Sendable (Int) async throws -> Void
    private let calls = Locked(0)

    init(meanwhile: @escaping @Sendable (Int) async throws -> Void) { self.meanwhile = meanwhile }

    func perform(_ input: JSONValue, in context: ToolContext) async throws -> String {
        let number = calls.withLock { calls in
            calls += 1
            return calls
        }
        try await meanwhile(number)
        return "done"
    }
}
