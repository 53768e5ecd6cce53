import Foundation
import Testing

@testable import Engine

/// What the journal refuses for good ends one run and holds up no other.
@Suite(.timeLimit(.minutes(1))) struct RefusalTests {
    @Test func anUpstreamsNumbersCannotOverflow() {
        let usage = TokenUsage(input: .max, output: .max, cached: .max)
        #expect(usage.input + usage.output == 2 * TokenUsage.most)
        #expect(usage.cached == usage.input)
        #expect(TokenUsage(input: -5, output: -1, cached: 3) == TokenUsage(input: 0, output: 0))
        #expect(TokenUsage(input: 5, output: 1, cached: 9).cached == 5)
    }

    @Test(arguments: ["\u{FEFF}{}", "{\u{0}}\u{0}", "{\"a\":1}}", "[1]", "", "{\"a\":\"\\ud800\"}"])
    func argumentsAreJSONThatEverybodyReads(arguments: String) throws {
        let input = ToolCall(id: "c", name: "t", arguments: arguments).input
        #expect(!input.utf8.contains(0) && !input.hasPrefix("\u{FEFF}"))
        #expect(throws: Never.self) { try JSONValue(parsing: input) }
    }

    /// Whether the refusal comes while the model speaks or after it has finished.
    @Test(arguments: [100, 0])
    func aRunThatCannotBeStoredEndsAndTheOthersGoOn(pause: Int) async throws {
        let journal = MemoryJournal()
        let models = StubModels { request, receive in
            try await receive(.text(request.messages == [.user("poison")] ? "poison" : "good"))
            try await Task.sleep(for: .milliseconds(pause))
            try await receive(.text(" and on"))
        }
        journal.refuse { $0.contains("\"content_delta\":\"poison") }
        let shop = Workshop(journal: journal, models: models)
        try await shop.open {
            let bad = shop.ask("poison")
            let others = (0..<5).map { _ in shop.ask("hello") }
            for run in others {
                let log = try await shop.log(of: run)
                #expect(log.text == "good and on")
                #expect(log.isDense)
            }
            let log = try await shop.log(of: bad)
            #expect(log.isDense)
            #expect(log.states.last == "failed")
            #expect(log.first(.error)?.field("error_code") == "RUN_FAILED")
        }
    }

    @Test func anEndThatIsRefusedIsStoredWithoutWhatIsRefused() async throws {
        let journal = MemoryJournal()
        journal.refuse { $0.contains("final_content") }
        let shop = Workshop(journal: journal, models: StubModels { _, receive in try await receive(.text("words")) })
        try await shop.open {
            let log = try await shop.log(of: shop.ask("hello"))
            #expect(log.isDense)
            #expect(log.states.last == "failed")
        }
    }

    @Test func thoughtsHaveAnEndToo() async throws {
        var limits = RunLimits.quick
        limits.answerBytes = 1000
        let shop = Workshop(
            models: StubModels { _, receive in
                for _ in 0..<1000 { try await receive(.reasoning(String(repeating: "x", count: 100))) }
            },
            limits: limits
        )
        try await shop.open {
            let log = try await shop.log(of: shop.ask("hello"))
            #expect(log.first(.error)?.field("error_message")?.contains("thought longer than") == true)
        }
    }
}
