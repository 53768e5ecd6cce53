import Engine
import Foundation

/// What a client says: `{"type", "data", "timestamp"}`, as the protocol has it and as the API has what it has not.
enum SocketMessage: Sendable {
    /// Its `message_id` is the client's own name for it: the same name is the same message, however often it comes.
    case userMessage(NewMessage)
    case ping
    case cancel(OfRun)
    case pause(OfRun)
    case resume(OfRun)
    case approvalResponse(ApprovalResponse)
    case dispatchPending(OfPending)
    case discardPending(OfPending)

    var isPing: Bool { if case .ping = self { true } else { false } }

    /// Without an id, the run that is under way.
    struct OfRun: Decodable, Sendable {
        var runId: UUID?
    }

    struct ApprovalResponse: Decodable, Sendable {
        var runId: UUID
        var callId: String
        var decision: String?
        var answer: String?
        var note: String?
        var toolInput: JSONValue?
        var remember: Bool?
    }

    struct OfPending: Decodable, Sendable {
        var pendingId: UUID
    }

    init(_ text: String) throws {
        struct Head: Decodable { var type: String }
        let bytes = Data(text.utf8)
        switch try JSONInput.decode(Head.self, from: bytes).type {
        case "user_message": self = .userMessage(try Self.data(bytes))
        case "ping": self = .ping
        case "cancel": self = .cancel(try Self.optionalData(bytes))
        case "pause": self = .pause(try Self.optionalData(bytes))
        case "resume": self = .resume(try Self.optionalData(bytes))
        case "approval_response": self = .approvalResponse(try Self.data(bytes))
        case "dispatch_pending": self = .dispatchPending(try Self.data(bytes))
        case "discard_pending": self = .discardPending(try Self.data(bytes))
        default:
            throw WebError.invalid(
                "type",
                "Use user_message, ping, cancel, pause, resume, approval_response, dispatch_pending or discard_pending."
            )
        }
    }

    /// The client's own name for what could not be read.
    static func name(in text: String) -> String? {
        struct Named: Decodable {
            struct Part: Decodable { var messageId: String? }
            var data: Part
        }
        return (try? JSONInput.decode(Named.self, from: Data(text.utf8)))?.data.messageId
    }

    private static func data<Part: Decodable>(_ bytes: Data) throws -> Part {
        try JSONInput.decode(Body<Part>.self, from: bytes).data
    }

    private static func optionalData(_ bytes: Data) throws -> OfRun {
        struct Body: Decodable { var data: OfRun? }
        return try JSONInput.decode(Body.self, from: bytes).data ?? OfRun()
    }

    private struct Body<Part: Decodable>: Decodable { var data: Part }
}
