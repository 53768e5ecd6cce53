import Engine
import Fetch
import Foundation
import Providers

/// What came of one question: the pieces up to the end or the failure.
struct Outcome: Sendable {
    var pieces: [ModelPiece] = []
    var error: ModelError?

    var text: String {
        pieces.map { if case .text(let text) = $0 { text } else { "" } }.joined()
    }

    var refusal: String {
        pieces.map { if case .refusal(let text) = $0 { text } else { "" } }.joined()
    }

    var reasoning: String {
        pieces.map { if case .reasoning(let text) = $0 { text } else { "" } }.joined()
    }

    var toolCalls: [ToolCall] {
        pieces.compactMap { if case .toolCall(let call) = $0 { call } else { nil } }
    }

    var usage: TokenUsage? {
        for case .usage(let usage) in pieces.reversed() { return usage }
        return nil
    }

    var finishes: [FinishReason] {
        pieces.compactMap { if case .finish(let reason) = $0 { reason } else { nil } }
    }
}

extension Model {
    func outcome(_ request: ModelRequest = ModelRequest(instruction: "", messages: [.user("Hello")])) async -> Outcome {
        let collector = Collector()
        do {
            try await answer(request) { collector.add($0) }
            return collector.outcome(nil)
        } catch {
            return collector.outcome(error as? ModelError ?? ModelError(.rejected, "not a ModelError: \(error)"))
        }
    }
}

/// Takes pieces from wherever they are received.
final class Collector: @unchecked Sendable {
    // `@unchecked`: `lock` guards `pieces`.
    private let lock = NSLock()
    private var pieces: [ModelPiece] = []

    func add(_ piece: ModelPiece) { lock.withLock { pieces.append(piece) } }

    func outcome(_ error: ModelError?) -> Outcome { Outcome(pieces: lock.withLock { pieces }, error: error) }
}

extension ProviderModels {
    static func test(_ limits: CallLimits = CallLimits()) -> ProviderModels {
        ProviderModels(client: FetchClient(), environment: [:], limits: limits)
    }
}

extension ScriptedServer {
    /// Answers each request with these bytes and closes.
    init(bytes: [UInt8]) throws {
        try self.init { peer in
            _ = peer.request()
            peer.send(bytes)
        }
    }

    /// Answers each request with an event stream of these lines and closes.
    init(stream: String) throws {
        try self.init(bytes: Array((ScriptedServer.streamHead + stream).utf8))
    }

    static let streamHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"

    func model(
        _ kind: ProviderKind,
        key: String? = "sk-test-key",
        limits: CallLimits = CallLimits()
    ) -> any Model {
        ProviderModels.test(limits).model(named: "m", at: endpoint(kind, key: key))
    }

    func endpoint(_ kind: ProviderKind, key: String? = "sk-test-key") -> ProviderEndpoint {
        ProviderEndpoint(kind: kind, baseURL: url + "/v1", apiKey: key.map { Secret($0) }, isTrusted: true)
    }
}
