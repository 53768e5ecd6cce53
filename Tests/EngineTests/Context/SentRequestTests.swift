import Foundation
import Testing

@testable import Engine

/// What is kept of model calls tells exactly what was sent.
@Suite(.timeLimit(.minutes(1))) struct SentRequestTests {
    private let history: [ModelMessage] = [
        .user("Früher"), .assistant(text: "Ja", toolCalls: []), .user("Und jetzt? 桥"),
    ]

    private func fitted(_ steps: [ModelMessage], notes: ModelMessage? = nil) -> FittedRequest {
        let before = notes.map { [$0] } ?? []
        return FittedRequest(
            request: ModelRequest(instruction: "Answer.", messages: before + history + steps, temperature: 0.5),
            history: before.count..<before.count + history.count,
            answerTokens: 1000
        )
    }

    private func alone(_ text: String) -> FittedRequest {
        let request = ModelRequest(instruction: "", messages: [.user(text)])
        return FittedRequest(request: request, history: 0..<0, answerTokens: 1000)
    }

    /// As the store puts it together again.
    private func messages(_ body: String, history: [ModelMessage]) throws -> [JSONValue] {
        try (JSONValue(parsing: "[" + body.dropLast() + "]").array ?? []).flatMap { item in
            guard let count = item["history"]?.int else { return [item] }
            return try history.suffix(count).map { try JSONValue(parsing: $0.json) }
        }
    }

    @Test func theNextStepIsKeptAsWhatItAdds() throws {
        let call = ToolCall(id: "call_1", name: "look", arguments: #"{"at":"桥"}"#)
        let step: [ModelMessage] = [
            .assistant(text: "", toolCalls: [call]),
            .toolResult(callID: "call_1", toolName: "look", content: "an arch \"of\" stone \u{1}", isError: false),
        ]
        let answer = AnswerInProgress()
        let first = answer.sends(fitted([]), isTurn: true)
        let second = answer.sends(fitted(step), isTurn: true)
        #expect(first.prefixBytes == 0)
        #expect(second.prefixBytes == first.suffix.utf8.count)
        #expect(!second.suffix.contains("jetzt"))
        let body = String(
            decoding: Array(first.suffix.utf8.prefix(second.prefixBytes)) + second.suffix.utf8,
            as: UTF8.self
        )
        #expect(
            try messages(body, history: history).map(\.text)
                == (history + step).map { try JSONValue(parsing: $0.json).text }
        )
        #expect(first.preamble == second.preamble)
        #expect(first.preamble.contains(#""temperature":0.5"#))
    }

    @Test func notesAndTasksAreKeptThemselves() throws {
        let notes = ModelMessage.user("Notes")
        let turn = AnswerInProgress().sends(fitted([], notes: notes), isTurn: true)
        #expect(turn.suffix == notes.json + #",{"history":3},"#)
        let task = AnswerInProgress().sends(fitted([]), isTurn: false)
        #expect(task.suffix == history.map { $0.json + "," }.joined())
    }

    @Test func prefixesEndBetweenCharacters() {
        // 桥 and 桦 begin with the same two bytes... the cut must be before both.
        let (one, other) = (alone("桥"), alone("桦"))
        let body = SentRequest.body(of: one, isTurn: true)
        let sent = SentRequest(other.request, body: SentRequest.body(of: other, isTurn: true), after: body)
        #expect(
            String(decoding: body.utf8.prefix(sent.prefixBytes), as: UTF8.self) + sent.suffix
                == SentRequest.body(of: other, isTurn: true)
        )
        #expect(!sent.suffix.contains("\u{FFFD}"))
    }

    @Test func everyCallOfARunIsKept() async throws {
        let models = StubModels([
            "m0": { _, _ in throw ModelError(.unauthorized, "No.") },
            "m1": { _, receive in try await receive(.text("Yes")) },
        ])
        let shop = Workshop(models: models)
        let run = shop.ask("Go", candidates: ["m0", "m1"])
        _ = try await shop.open { try await shop.log(of: run) }
        let usage = shop.journal.usage(of: run.id)
        #expect(usage.map(\.modelName) == ["m0", "m1"])
        #expect(usage.allSatisfy { $0.request?.preamble.contains("Answer.") == true })
        #expect(usage.map { $0.request?.prefixBytes } == [0, 14])
    }
}
