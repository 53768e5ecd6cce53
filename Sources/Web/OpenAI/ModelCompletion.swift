import Engine
import HTTPTypes
import Hummingbird
import NIOCore
import Storage

/// A chat completion by a model: the gateway. Nothing is kept of it but what it cost.
struct ModelCompletion: Sendable {
    let services: WebServices
    let input: ChatInput
    let route: GatewayRoute
    let caller: GatewayCaller

    /// The whole answer. Whoever leaves before it is there does not pay for its rest.
    func whole(_ context: WebContext) async throws -> Response {
        let answer = Locked(ChatAnswer())
        let ended = try await services.presence.working(for: context.channel) {
            try await services.gateway.answer(input.request, along: route, for: caller) { piece, _ in
                answer.withLock { $0.take(piece) }
            }
        }
        let document = answer.withLock { answer in
            answer.document(ChatHead(), model: ended.model, finish: ended.finish, tokens: ended.usage.tokens)
        }
        return .openAI(document, context)
    }

    /// Written as it comes. What fails before the first piece is the answer to the request.
    func write(to handover: Handover) async throws {
        let head = ChatHead()
        let state = Locked((chunks: ChatChunks?.none, calls: 0))
        let ended = try await services.gateway.answer(input.request, along: route, for: caller) { piece, model in
            switch piece {
            case .usage, .finish: return
            case .text, .refusal, .reasoning, .toolCall: break
            }
            let (chunks, isFirst, index) = state.withLock { state in
                let isFirst = state.chunks == nil
                let chunks = state.chunks ?? ChatChunks(head, model: model, includesUsage: input.includesUsage)
                state.chunks = chunks
                let index = state.calls
                if case .toolCall = piece { state.calls += 1 }
                return (chunks, isFirst, index)
            }
            try await handover.write { buffer in
                if isFirst { chunks.begin(with: piece, &buffer) }
                chunks.write(piece, index: index, to: &buffer)
            }
        }
        try await handover.write { buffer in
            let begun = state.withLock { $0.chunks }
            let chunks = begun ?? ChatChunks(head, model: ended.model, includesUsage: input.includesUsage)
            if begun == nil { chunks.begin(&buffer) }
            chunks.end(ended.finish, tokens: ended.usage.tokens, &buffer)
        }
    }
}

extension ChatChunks {
    /// The first one of an answer that begins with this.
    func begin(with piece: ModelPiece, _ buffer: inout ByteBuffer) {
        if case .refusal = piece { beginRefusal(&buffer) } else { begin(&buffer) }
    }

    /// `index`: among the calls.
    func write(_ piece: ModelPiece, index: Int, to buffer: inout ByteBuffer) {
        switch piece {
        case .text(let delta): text(delta, &buffer)
        case .refusal(let delta): refusal(delta, &buffer)
        case .reasoning(let delta): reasoning(delta, &buffer)
        case .toolCall(let made): call(made, index: index, &buffer)
        case .usage, .finish: break
        }
    }
}

extension Response {
    static func openAI(_ json: String, _ context: WebContext) -> Response {
        var headers: HTTPFields = [.contentType: "application/json"]
        if context.isTagged { headers[.eTag] = EntityTag.of(json) }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(string: json)))
    }
}
