import Engine
import Fetch

/// A vendor's protocol: how a question is written, and how an answer is read.
protocol Dialect: Sendable {
    associatedtype Decoder: AnswerDecoder

    var endpoint: ProviderEndpoint { get }

    /// Address, headers and body of a call. Throws when the endpoint cannot be called at all.
    func call(_ request: ModelRequest) throws(ModelError) -> FetchRequest
    func decoder() -> Decoder
}

extension FetchRequest {
    /// JSON goes out, an event stream shall come back.
    static let streamHeaders: [(name: String, value: String)] = [
        ("Content-Type", "application/json"), ("Accept", "text/event-stream"),
    ]
}

/// Reads one answer. It collects pieces, which the caller takes whenever it likes.
protocol AnswerDecoder: Sendable {
    var pieces: PieceQueue { get set }
    /// The model has said why it stopped; what may follow is only about cost.
    var hasFinished: Bool { get }
    /// The protocol says that nothing follows.
    var isDone: Bool { get }

    mutating func take(_ event: ServerSentEvent) throws
    /// An answer that came as one document although a stream was asked for.
    mutating func takeWhole(_ document: [UInt8]) throws
    /// The connection has ended; throws `interrupted` when the answer had not.
    mutating func end() throws(ModelError)
}

/// Pieces on their way to the engine. Text that arrived together is handed over together.
struct PieceQueue: Sendable {
    private(set) var pieces: [ModelPiece] = []

    mutating func append(_ piece: ModelPiece) {
        switch (pieces.last, piece) {
        case (_, .text("")), (_, .refusal("")), (_, .reasoning("")): return
        case (.text(let begun), .text(let more)): pieces[pieces.count - 1] = .text(begun + more)
        case (.refusal(let begun), .refusal(let more)): pieces[pieces.count - 1] = .refusal(begun + more)
        case (.reasoning(let begun), .reasoning(let more)): pieces[pieces.count - 1] = .reasoning(begun + more)
        default: pieces.append(piece)
        }
    }

    mutating func takeAll() -> [ModelPiece] {
        defer { pieces = [] }
        return pieces
    }
}
