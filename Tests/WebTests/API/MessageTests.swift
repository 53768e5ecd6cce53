import Engine
import Foundation
import HTTPTypes
import Testing

@testable import Web

@Suite struct MessageTests {
    @Test func answersWithTheFinishedMessage() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            try await ada.addModel()
            let id = try await ada.newConversation()
            let sent = try await ada.post("/v1/conversations/\(id)/messages", #"{"content":"good morning"}"#)
            #expect(sent.status == 201)
            #expect(sent.string("data.role") == "assistant")
            #expect(sent.string("data.content") == "good morning ")
            #expect(sent.string("data.model_metadata.model") == "large")
            #expect(sent.number("data.model_metadata.usage.total_tokens") == 12)

            let messages = try await ada.get("/v1/conversations/\(id)/messages?order=asc")
            #expect(messages.string("data.0.role") == "user")
            #expect(messages.string("data.1.content") == "good morning ")
            #expect(messages.number("pagination.total") == 2)
        }
    }

    @Test func streamsTheLogAndResumesAnywhere() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            try await ada.addModel()
            let id = try await ada.newConversation()
            let streamed = try await ada.post(
                "/v1/conversations/\(id)/messages",
                #"{"content":"one two three"}"#,
                headers: [.accept: "text/event-stream"]
            )
            let frames = Frame.all(in: streamed.text)
            #expect(frames.map(\.id) == (1...frames.count).map(String.init))
            #expect(frames.first?.type == "message_received")
            let said = try await ada.get("/v1/conversations/\(id)/messages?order=asc")
            #expect(frames.first?.string("message_id") == said.string("data.0.message_id"))
            #expect(frames.first?.string("answer_message_id") == said.string("data.1.message_id"))
            #expect(frames.last?.type == "run_status")
            #expect(frames.last?.string("state") == "completed")
            let text = frames.filter { $0.type == "content_stream" }.compactMap { $0.string("content_delta") }.joined()
            #expect(text == "one two three ")
            // Of all pieces the last one alone, which adds nothing, says that this was it.
            let pieces = frames.filter { $0.type == "content_stream" }
            let ends = pieces.compactMap { $0["is_complete"] as? Bool }
            #expect(ends == pieces.dropLast().map { _ in false } + [true] && pieces.count > 1)
            #expect(pieces.last?.string("content_delta") == "")
            #expect(frames.first { $0.type == "message_complete" }?.string("final_content") == text)

            let run = frames.first?.string("run_id") ?? ""
            for place in 0...frames.count {
                let rest = try await ada.get("/v1/runs/\(run)/events", headers: [.lastEventID: String(place)])
                #expect(Frame.all(in: rest.text) == Array(frames.dropFirst(place)))
            }
        }
    }

    @Test func answersLaterAndStops() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            try await ada.addModel()
            let id = try await ada.newConversation()
            let accepted = try await ada.post(
                "/v1/conversations/\(id)/messages",
                #"{"content":"wait"}"#,
                headers: [.prefer: "respond-async"]
            )
            #expect(accepted.status == 202)
            let run = accepted.string("data.run_id") ?? ""
            #expect(accepted.headers[.location] == "/v1/runs/\(run)")
            let second = try await ada.post("/v1/conversations/\(id)/messages", #"{"content":"hello"}"#)
            #expect(second.status == 409)

            #expect(try await ada.post("/v1/runs/\(run)/cancellation").status == 202)
            let log = try await ada.get("/v1/runs/\(run)/events")
            #expect(Frame.all(in: log.text).last?.string("state") == "cancelled")
            #expect(try await ada.get("/v1/runs/\(run)").string("data.state") == "cancelled")
        }
    }

    @Test func aRepeatedKeyIsTheSameMessage() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            try await ada.addModel()
            let id = try await ada.newConversation()
            let headers: HTTPFields = [.idempotencyKey: "k-1"]
            let first = try await ada.post("/v1/conversations/\(id)/messages", #"{"content":"once"}"#, headers: headers)
            let again = try await ada.post("/v1/conversations/\(id)/messages", #"{"content":"once"}"#, headers: headers)
            #expect(first.status == 201 && again.status == 200)
            #expect(first.string("data.message_id") == again.string("data.message_id"))
            #expect(try await ada.get("/v1/conversations/\(id)/messages").number("pagination.total") == 2)
            let other = try await ada.post(
                "/v1/conversations/\(id)/messages",
                #"{"content":"twice"}"#,
                headers: headers
            )
            #expect(other.status == 409 && other.string("error.details.0.field") == "Idempotency-Key")
        }
    }

    /// The key is named as what it is, wherever it was used before: the caller sent a header.
    @Test func aUsedKeyOfAMessageThatWaitsIsNamedAlike() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            try await ada.addModel()
            let path = "/v1/conversations/\(try await ada.newConversation())/messages"
            let begun = try await ada.post(path, #"{"content":"wait"}"#, headers: [.prefer: "respond-async"])
            let key: HTTPFields = [.idempotencyKey: "k-1"]
            let said = try await ada.post(path, #"{"content":"later","mode":"queue"}"#, headers: key)
            #expect(said.status == 202 && said.string("data.status") == "waiting", "\(said.text)")
            #expect(said.keys("data").contains("message_id") && said["data.message_id"] == nil, "it has none yet")
            let other = try await ada.post(path, #"{"content":"other","mode":"queue"}"#, headers: key)
            #expect(other.status == 409 && other.string("error.details.0.field") == "Idempotency-Key", "\(other.text)")
            #expect(try await ada.post("/v1/runs/\(begun.string("data.run_id") ?? "")/cancellation").status == 202)
        }
    }

    @Test func aFailureKeepsTheTextAndCanBeTriedAgain() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            try await ada.addModel()
            let id = try await ada.newConversation()
            let sent = try await ada.post("/v1/conversations/\(id)/messages", #"{"content":"fail"}"#)
            #expect(sent.status == 502)
            #expect(sent.string("error.code") == "MODEL_INTERRUPTED")
            let messages = try await ada.get("/v1/conversations/\(id)/messages")
            #expect(messages.string("data.1.content") == "So far")
            let run = messages.string("data.1.run_id") ?? ""
            let retry = try await ada.post("/v1/runs/\(run)/retries")
            #expect(retry.status == 202)
            #expect(retry.string("data.run_id") != run)
        }
    }

    @Test func aProvidersLimitIsOneToTheCaller() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            try await ada.addModel()
            let id = try await ada.newConversation()
            let sent = try await ada.post("/v1/conversations/\(id)/messages", #"{"content":"limit"}"#)
            #expect(sent.status == 429 && sent.headers[.retryAfter] == "7")
            #expect(sent.string("error.code") == "MODEL_RATE_LIMITED")
            let run = try await ada.get("/v1/conversations/\(id)/messages").string("data.1.run_id")
            #expect(sent.string("error.details.0.field") == "run_id" && run != nil)
            #expect(sent.string("error.details.0.message") == run)
        }
    }

    @Test(arguments: [
        ("BUDGET_EXCEEDED", WebError.Code.rateLimited), ("MODEL_RATE_LIMITED", .rateLimited),
        ("MODEL_NOT_CONFIGURED", .conflict), ("MODEL_UNREACHABLE", .unavailable), ("MODEL_TIMEOUT", .badGateway),
        ("CONTEXT_TOO_LONG", .badRequest), ("RUN_FAILED", .internalError),
    ])
    func aFailedRunIsAnErrorOfItsKind(_ code: String, _ expected: WebError.Code) {
        let data = #"{"error_code":"\#(code)","error_message":"Why","retry_after":3}"#
        let error = WebError(failed: RunEvent(sequence: 1, kind: .error, data: data, timestamp: .now))
        #expect(error.code == expected && error.specificCode == code && error.message == "Why")
    }

    @Test func saysWhatToDoWithoutAModel() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let id = try await ada.newConversation()
            let sent = try await ada.post("/v1/conversations/\(id)/messages", #"{"content":"hello"}"#)
            #expect(sent.status == 409)
            #expect(sent.string("error.code") == "MODEL_NOT_CONFIGURED")
        }
    }

    @Test(arguments: [#"{"content":""}"#, #"{"content":"   "}"#, #"{}"#])
    func refusesAnEmptyMessage(body: String) async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let id = try await ada.newConversation()
            let sent = try await ada.post("/v1/conversations/\(id)/messages", body)
            #expect(sent.status == 422)
            #expect(sent.string("error.details.0.field") == "content")
        }
    }
}
