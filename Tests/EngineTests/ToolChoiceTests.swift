import Foundation
import Testing

@testable import Engine

/// Of many tools a short call picks those that fit.
@Suite(.timeLimit(.minutes(1))) struct ToolChoiceTests {
    private static let names = (1...50).map { "tool_\($0)" }

    private func shop(_ choice: @escaping @Sendable () async throws -> String, offers: Locked<[[String]]>) throws
        -> Workshop
    {
        let models = StubModels { request, receive in
            if request.instruction.hasPrefix(WritingPrompt.opening) {
                try await receive(.usage(TokenUsage(input: 100, output: 9)))
                return try await receive(.text(try await choice()))
            }
            offers.withLock { $0.append(request.tools.map(\.name)) }
            try await receive(.text("Done."))
        }
        var limits = RunLimits.quick
        limits.writesInBackground = false
        return Workshop(models: models, tools: try ToolCatalogue(Self.names.map(NamedTool.init)), limits: limits)
    }

    @Test func onlyThoseThatFitAreShownAndTheCallIsPaid() async throws {
        let offers = Locked<[[String]]>([])
        let shop = try shop({ #"```json ["tool_7","tool_3","no_such","tool_7"] ```"# }, offers: offers)
        let (run, log) = try await shop.open {
            let run = shop.ask("Go", tools: Self.names)
            return (run, try await shop.log(of: run))
        }
        #expect(offers.withLock { $0 } == [["tool_3", "tool_7"]])
        #expect(shop.journal.usage(of: run.id).count == 2)
        let usage = log.filter { $0.kind == .usage }
        #expect(usage.first?.data.contains(#""chosen_tools":["tool_7","tool_3"]"#) == true)
        #expect(log.text == "Done." && log.states.last == "completed")
    }

    @Test(arguments: ["none of them", "[]", #"["no_such"]"#, "fail"])
    func whereNothingCanBeChosenAllAreThere(answer: String) async throws {
        let offers = Locked<[[String]]>([])
        let shop = try shop(
            {
                if answer == "fail" { throw ModelError(.unavailable, "Away.") }
                return answer
            },
            offers: offers
        )
        let log = try await shop.open { try await shop.log(of: shop.ask("Go", tools: Self.names)) }
        #expect(offers.withLock { $0 }.first?.count == Self.names.count)
        #expect(log.first(.usage)?.data.contains(#""chosen_tools":[]"#) == true)
        #expect(log.states.last == "completed")
    }

    @Test func fewToolsNeedNoChoice() async throws {
        let offers = Locked<[[String]]>([])
        let shop = try shop({ "[]" }, offers: offers)
        let log = try await shop.open { try await shop.log(of: shop.ask("Go", tools: Array(Self.names.prefix(20)))) }
        #expect(offers.withLock { $0 }.first?.count == 20)
        #expect(log.filter { $0.kind == .usage }.count == 1)
    }

    /// The first worker dies after the choice; the second does not choose again.
    @Test func aChoiceStaysThroughACrash() async throws {
        let offers = Locked<[[String]]>([])
        let choices = Locked(0)
        let shop = try shop(
            {
                choices.withLock { $0 += 1 }
                return #"["tool_1"]"#
            },
            offers: offers
        )
        let run = Run.sample()
        shop.journal.enqueue(run, brief: .sample("Go", candidates: ["main"], tools: Self.names))
        let dead = UUID.v7()
        let claimed = try #require(try await shop.journal.claim(worker: dead, limit: 1, silence: .seconds(10)).first)
        let data = EventData(run: run)
        let record = UsageRecord(
            modelID: .v7(),
            modelName: "main",
            tokens: .init(input: 7, output: 3),
            responseTime: 1,
            succeeded: true
        )
        let events = [
            (RunEvent.Kind.agentStart, data.agentStart(name: "assistant", attempt: 1)),
            (.usage, data.usage(record, chosenTools: ["tool_9"])),
        ]
        let batch = EventBatch(
            run: run.id,
            epoch: claimed.epoch,
            events: events.enumerated().map {
                RunEvent(sequence: Int64($0.offset) + 3, kind: $0.element.0, data: $0.element.1, timestamp: Date())
            },
            usage: [record]
        )
        _ = try await shop.journal.append([batch])
        shop.journal.forget(worker: dead)
        let log = try await shop.open { try await shop.log(of: run) }
        #expect(log.states.last == "completed")
        #expect(offers.withLock { $0 } == [["tool_9"]] && choices.withLock { $0 } == 0)
    }

    @Test func skillsAreNamedAndNoMore() {
        let notes = [SkillNote(name: "release-notes", description: "How we write them.")]
        #expect(notes.introduction.contains("- release-notes: How we write them.") && [SkillNote]().introduction == "")
    }
}

private struct NamedTool: Tool {
    let specification: ToolSpecification

    init(_ name: String) {
        specification = ToolSpecification(
            name: name,
            description: "Does \(name).",
            schema: #"{"type":"object"}"#,
            level: .readOnly,
            effect: .pure
        )
    }

    func perform(_ input: JSONValue, in context: ToolContext) async throws -> String { "" }
}
