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

/// Why a socket ends from our side: RFC 6455, 7.4.
struct SocketEnd: Error, Sendable, Equatable {
    var code: UInt16
    /// At most 123 bytes.
    var reason: String

    private init(_ code: WebSocketErrorCode, _ reason: String) {
        (self.code, self.reason) = (UInt16(webSocketErrorCode: code), reason)
    }

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
