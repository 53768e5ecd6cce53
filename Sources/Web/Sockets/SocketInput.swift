import NIOCore
import NIOWebSocket

/// What a client's bytes come to.
enum SocketInput: Sendable, Equatable {
    case text(String)
    case binary(ByteBuffer)
    case ping(ByteBuffer)
    case pong
    /// The code is nil when the client gave none.
    case close(UInt16?)
}

/// What a client says, in its order, as far as the task has to know.
enum SocketWord: Sendable {
    case text(String)
    /// After this nothing is heard.
    case end(SocketEnd)
}

/// With what a socket is closed: RFC 6455, 7.4.
struct SocketEnd: Error, Sendable, Equatable {
    /// nil when a client gave none.
    var code: UInt16?
    /// At most 123 bytes.
    var reason: String
    /// Whether the client has said its goodbye: then this is all that was missing.
    var isAnswer = false

    private init(_ code: WebSocketErrorCode, _ reason: String) {
        (self.code, self.reason) = (UInt16(webSocketErrorCode: code), reason)
    }

    private init(answer code: UInt16?) { (self.code, reason, isAnswer) = (code, "", true) }

    /// The client's own code.
    static func answer(_ code: UInt16?) -> SocketEnd { SocketEnd(answer: code) }

    /// 1001: the server ends, or has taken the client for gone.
    static func away(_ reason: String) -> SocketEnd { SocketEnd(.goingAway, reason) }
    /// 1002
    static func broken(_ reason: String) -> SocketEnd { SocketEnd(.protocolError, reason) }
    /// 1003
    static let notText = SocketEnd(.unacceptableData, "Send text messages.")
    /// 1007
    static let notUTF8 = SocketEnd(.dataInconsistentWithMessage, "This is not UTF-8.")
    /// 1008
    static func refused(_ reason: String) -> SocketEnd { SocketEnd(.policyViolation, reason) }
    /// 1009
    static func tooLarge(_ limit: Int) -> SocketEnd {
        SocketEnd(.messageTooLarge, "A message has at most \(limit) bytes.")
    }
    /// 1011
    static let failed = SocketEnd(.unexpectedServerError, "Something failed on the server.")
}
