import Foundation
import Testing

@testable import Engine

/// Questions of agents to their person.
@Suite(.timeLimit(.minutes(1))) struct QuestionTests {
    private static let choices = #"{"question":"Which colour?","choices":["red","blue"]}"#

    /// A model that asks, and then says what it was told.
    private func shop(_ journal: MemoryJournal, _ question: String = choices) throws -> Workshop {
        let models = StubModels { request, receive in
            if case .toolResult(_, _, let content, let isError) = request.messages.last {
                return try await receive(.text((isError ? "No: " : "") + content))
            }
            try await receive(.toolCall(ToolCall(id: "q", name: "ask_person", arguments: question)))
        }
        return Workshop(journal: journal, models: models, tools: try ToolCatalogue([AskTool()]))
    }

    private func asked(_ shop: Workshop, _ run: Run) async throws -> CallRequest {
        while shop.journal.requests(of: run.id).isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        return shop.journal.requests(of: run.id)[0]
    }

    private func reply(_ decision: CallAnswer.Decision, _ text: String? = nil, to request: CallRequest) -> CallAnswer {
        CallAnswer(
            callID: request.call.id,
            kind: request.kind,
            decision: decision,
            text: text,
            decidedBy: decision == .expired ? nil : .v7(),
            decidedAt: Date()
        )
    }

    @Test(
        arguments: [
            (.answered, "blue", "blue"), (.denied, nil, "No: The person does not want to answer"),
            (.expired, nil, "No: Nobody answered in time"),
        ] as [(CallAnswer.Decision, String?, String)]
    )
    func anAnswerIsTheResult(decision: CallAnswer.Decision, text: String?, expected: String) async throws {
        let shop = try shop(MemoryJournal())
        try await shop.open {
            let run = shop.ask("Go", tools: ["ask_person"])
            let request = try await asked(shop, run)
            #expect(request.kind == .question)
            shop.journal.decide(reply(decision, text, to: request), run: run.id)
            shop.worker.wake()
            let log = try await shop.log(of: run)
            #expect(log.states == ["queued", "running", "waiting", "running", "completed"])
            #expect(log.text.hasPrefix(expected))
            #expect(log.first(.approvalRequest)?.field("kind") == "question")
            #expect(log.first(.approvalResolved)?.field("decision") == decision.rawValue)
            #expect(log.first(.approvalResolved)?.field("answer") == text)
        }
    }

    /// To approve a question before it is asked would be to ask twice; a "deny" still holds.
    @Test func aQuestionIsNotApproved() async throws {
        let (journal, person) = (MemoryJournal(), UUID())
        let shop = try shop(journal)
        try await shop.open {
            let run = shop.ask("Go", tools: ["ask_person"])
            let request = try await asked(shop, run)
            let rules = [ToolPolicy.Rule(userID: person, level: .readOnly, decision: .ask)]
            journal.setPolicy(ToolPolicy(rules: rules), run: run.id)
            journal.decide(reply(.answered, "red", to: request), run: run.id)
            shop.worker.wake()
            let log = try await shop.log(of: run)
            #expect(log.text == "red")
        }
    }

    @Test func timeRunsOutWhereThePolicySaysSo() async throws {
        let journal = MemoryJournal()
        let shop = try shop(journal)
        let run = Run.sample()
        var brief = RunBrief.sample("Go", candidates: ["main"], tools: ["ask_person"])
        brief.policy = ToolPolicy(
            rules: [.init(toolName: "ask_person", decision: .allow, expiresAfter: 60)],
            expiresAfter: 5
        )
        journal.enqueue(run, brief: brief)
        try await shop.open {
            let request = try await asked(shop, run)
            let seconds = try #require(request.expiresAt).timeIntervalSinceNow
            #expect(seconds > 30 && seconds <= 60)
        }
    }

    @Test(
        arguments: [
            (choices, "blue", true), (choices, "green", false), (choices, "", false),
            (#"{"question":"Why?"}"#, "Because.", true), (#"{"question":"Why?"}"#, "  ", false),
            (#"{"question":"Why?","choices":["a"],"allows_free_text":true}"#, "b", true),
            (#"{"question":"Why?"}"#, String(repeating: "x", count: 20_000), false),
        ]
    )
    func anAnswerIsOneOfTheChoices(question: String, answer: String, isFine: Bool) throws {
        let question = try #require(PersonQuestion(JSONValue(parsing: question)))
        #expect((question.complaint(about: answer) == nil) == isFine)
    }
}

private struct AskTool: Tool {
    let specification = ToolSpecification(
        name: "ask_person",
        description: "Asks.",
        schema: PersonQuestion.schema,
        level: .readOnly,
        effect: .pure,
        asksPerson: true
    )

    func perform(_ input: JSONValue, in context: ToolContext) async throws -> String { context.answer ?? "nobody" }
}
