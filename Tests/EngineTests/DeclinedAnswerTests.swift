import Foundation
import Testing

@testable import Engine

/// A model that declines, in words that its vendor tells apart from an answer.
@Suite struct DeclinedAnswerTests {
    @Test func isWhatTheReaderReads() async throws {
        let shop = Workshop(
            models: StubModels { _, receive in
                try await receive(.refusal("I will not "))
                try await receive(.refusal("say that."))
                try await receive(.finish(.stop))
            }
        )
        try await shop.open {
            let run = shop.ask("hello")
            let log = try await shop.log(of: run)
            #expect(log.text == "I will not say that.")
            #expect(log.states.last == "completed")
            #expect(shop.journal.outcome(of: run.id)?.content == "I will not say that.")
        }
    }

    /// Of a provider that does not say what it took.
    @Test func isPaid() throws {
        let candidate = ModelCandidate(
            modelID: .v7(),
            name: "a",
            endpoint: ProviderEndpoint(kind: .custom, baseURL: "http://127.0.0.1"),
            price: ModelCandidate.Price(input: 1, output: 100, currency: "USD")
        )
        let meter = ModelMeter(candidate, limit: 1024)
        try meter.take(.refusal("I will not say that."))
        let record = meter.record(for: ModelRequest(instruction: "", messages: [.user("Hi")]))
        #expect(meter.hasWords && record.tokens.output > 0 && record.cost ?? 0 > 0)
        // Whoever asks for a text, as for a title, got none.
        #expect(meter.text.isEmpty)
        #expect(throws: ModelError.self) {
            try meter.take(.refusal(String(repeating: "n", count: 600)))
            try meter.take(.text(String(repeating: "y", count: 600)))
        }
    }
}
