import Foundation
import Testing

@testable import Engine

/// Tool calls that wait for a person.
@Suite(.timeLimit(.minutes(1))) struct ApprovalTests {
    private let person = UUID.v7()

    private func approval(_ call: String, _ isApproved: Bool, edited: String? = nil) -> CallAnswer {
        CallAnswer(
            callID: call,
            decision: isApproved ? .approved : .denied,
            editedInput: edited,
            decidedBy: person,
            decidedAt: Date()
        )
    }

    /// A model that digs twice in one answer, and then says what came of it.
    private func shop(_ journal: MemoryJournal, _ tool: DigTool) throws -> Workshop {
        let models = StubModels { request, receive in
            let results = request.messages.compactMap { message in
                if case .toolResult(_, _, let content, _) = message { content } else { nil }
            }
            guard results.isEmpty else { return try await receive(.text(results.joined(separator: " | "))) }
            try await receive(.text("I dig."))
            try await receive(.toolCall(ToolCall(id: "a", name: "dig", arguments: #"{"depth":1}"#)))
            try await receive(.toolCall(ToolCall(id: "b", name: "dig", arguments: #"{"depth":2}"#)))
        }
        return Workshop(journal: journal, models: models, tools: try ToolCatalogue([tool]))
    }

    private func waiting(_ journal: MemoryJournal, _ run: Run) async throws -> [ToolCall] {
        while journal.asked(of: run.id).isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        return journal.asked(of: run.id)
    }

    @Test func aRunRestsUntilEveryCallIsAnswered() async throws {
        let (journal, tool) = (MemoryJournal(), DigTool())
        let shop = try shop(journal, tool)
        try await shop.open {
            let run = shop.ask("Go", tools: ["dig"])
            let calls = try await waiting(journal, run)
            #expect(calls.map(\.arguments) == [#"{"depth":1}"#, #"{"depth":2}"#])
            #expect(tool.dug.withLock { $0 }.isEmpty)
            // A run that rests is in nobody's hands.
            while shop.worker.load > 0 { try await Task.sleep(for: .milliseconds(5)) }
            journal.decide(approval(calls[0].id, true, edited: #"{"depth":7}"#), run: run.id)
            shop.worker.wake()
            #expect(!journal.asked(of: run.id).isEmpty)
            journal.decide(approval(calls[1].id, false), run: run.id)
            shop.worker.wake()
            let log = try await shop.log(of: run)
            #expect(log.isDense)
            #expect(log.states == ["queued", "running", "waiting", "running", "completed"])
            #expect(tool.dug.withLock { $0 } == ["7"])
            #expect(log.text.hasPrefix("I dig.\n\ndug 7 | The person did not allow this call."))
            #expect(log.filter { $0.kind == .approvalRequest }.count == 2)
            let resolved = log.filter { $0.kind == .approvalResolved }
            #expect(Set(resolved.compactMap { $0.field("decision") }) == ["approved", "denied"])
            #expect(log.filter { $0.kind == .toolCall }.count == 2)
        }
    }

    @Test func aNoStandsWhenTheToolIsAllowedMeanwhile() async throws {
        let (journal, tool) = (MemoryJournal(), DigTool())
        let shop = try shop(journal, tool)
        try await shop.open {
            let run = shop.ask("Go", tools: ["dig"])
            let calls = try await waiting(journal, run)
            journal.decide(approval(calls[0].id, false), run: run.id)
            // "Always" was said to the second one.
            journal.setPolicy(ToolPolicy(rules: [.init(toolName: "dig", decision: .allow)]), run: run.id)
            journal.decide(approval(calls[1].id, true), run: run.id)
            shop.worker.wake()
            let log = try await shop.log(of: run)
            #expect(log.states.last == "completed")
            #expect(tool.dug.withLock { $0 } == ["2"])
        }
    }

    @Test func aRestingRunThatIsStoppedKeepsItsWords() async throws {
        let (journal, tool) = (MemoryJournal(), DigTool())
        let shop = try shop(journal, tool)
        try await shop.open {
            let run = shop.ask("Go", tools: ["dig"])
            _ = try await waiting(journal, run)
            journal.requestCancellation(of: run.id)
            shop.worker.wake()
            let log = try await shop.log(of: run)
            #expect(log.states.last == "cancelled")
            #expect(journal.outcome(of: run.id)?.content == "I dig.")
            #expect(tool.dug.withLock { $0 }.isEmpty)
        }
    }

    /// The wish reaches the worker in the moment in which it takes the run up: what was said is read all the same.
    @Test func whatWasSaidIsKeptHoweverSoonItIsStopped() async throws {
        let journal = MemoryJournal()
        let shop = try shop(journal, DigTool())
        try await shop.open {
            let run = shop.ask("Go", tools: ["dig"])
            _ = try await waiting(journal, run)
            let stopping = Task {
                while !Task.isCancelled {
                    shop.worker.cancel(run: run.id)
                    await Task.yield()
                }
            }
            defer { stopping.cancel() }
            journal.requestCancellation(of: run.id)
            shop.worker.wake()
            let log = try await shop.log(of: run)
            #expect(log.states.last == "cancelled")
            #expect(journal.outcome(of: run.id)?.content == "I dig." && log.text == "I dig.")
        }
    }

    @Test(
        arguments: [
            (rules: [], level: ToolLevel.privileged, expected: ToolPolicy.Decision.ask),
            (rules: [], level: .readOnly, expected: .allow),
            (rules: [.init(level: .readOnly, decision: .ask)], level: .readOnly, expected: .ask),
            (rules: [.init(toolName: "dig", decision: .allow)], level: .privileged, expected: .allow),
            (
                rules: [.init(level: .privileged, decision: .deny), .init(toolName: "dig", decision: .allow)],
                level: .privileged, expected: .deny
            ),
            (
                rules: [
                    .init(toolName: "dig", decision: .ask), .init(userID: UUID(), toolName: "dig", decision: .allow),
                ],
                level: .readOnly, expected: .allow
            ),
            (rules: [.init(agentID: UUID(), toolName: "dig", decision: .deny)], level: .readOnly, expected: .allow),
            // Who wants to be asked is, whatever the organisation allows everybody;
            (
                rules: [
                    .init(toolName: "dig", decision: .allow), .init(userID: UUID(), level: .privileged, decision: .ask),
                ],
                level: .privileged, expected: .ask
            ),
            // but not whoever wants less than the organisation.
            (
                rules: [
                    .init(toolName: "dig", decision: .ask), .init(userID: UUID(), level: .privileged, decision: .allow),
                ],
                level: .privileged, expected: .ask
            ),
            (
                rules: [
                    .init(userID: UUID(), level: .privileged, decision: .ask),
                    .init(userID: UUID(), toolName: "dig", decision: .allow),
                ],
                level: .privileged, expected: .allow
            ),
            (
                rules: [
                    .init(userID: UUID(), isOrganisations: true, toolName: "dig", decision: .deny),
                    .init(userID: UUID(), toolName: "dig", decision: .allow),
                ],
                level: .readOnly, expected: .deny
            ),
            (
                rules: [
                    .init(toolName: "dig", decision: .ask),
                    .init(userID: UUID(), isOrganisations: true, toolName: "dig", decision: .allow),
                ],
                level: .readOnly, expected: .allow
            ),
        ] as [(rules: [ToolPolicy.Rule], level: ToolLevel, expected: ToolPolicy.Decision)]
    )
    func policy(rules: [ToolPolicy.Rule], level: ToolLevel, expected: ToolPolicy.Decision) {
        let tool = ToolSpecification(name: "dig", description: "", schema: "{}", level: level, effect: .pure)
        #expect(ToolPolicy(rules: rules).decision(on: tool, agent: UUID()) == expected)
    }
}

/// Leaves holes.
private struct DigTool: Tool {
    let specification = ToolSpecification(
        name: "dig",
        description: "Digs.",
        schema: #"{"type":"object","properties":{"depth":{"type":"integer"}},"required":["depth"]}"#,
        level: .privileged,
        effect: .effectful
    )
    let dug = Locked<[String]>([])

    func perform(_ input: JSONValue, in context: ToolContext) async throws -> String {
        let depth = input["depth"]?.text ?? ""
        dug.withLock { $0.append(depth) }
        return "dug \(depth)"
    }
}
