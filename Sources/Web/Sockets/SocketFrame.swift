import NIOCore
import NIOWebSocket

/// Frames as a server sends them: whole and unmasked.
enum SocketFrame {
    static func text(_ text: String) -> ByteBuffer {
        frame(.text, ByteBuffer(string: text))
    }

    static func ping() -> ByteBuffer { frame(.ping, ByteBuffer()) }

    static func pong(_ content: ByteBuffer) -> ByteBuffer { frame(.pong, content) }

    static func close(_ code: UInt16?, _ reason: String = "") -> ByteBuffer {
        var content = ByteBuffer()
        if let code {
            content.writeInteger(code)
            content.writeString(String(reason.prefix(100)))
        }
        return frame(.connectionClose, content)
    }

    private static func frame(_ opcode: WebSocketOpcode, _ content: ByteBuffer) -> ByteBuffer {
        var content = content
        var frame = ByteBuffer()
        frame.reserveCapacity(content.readableBytes + 10)
        frame.writeInteger(0x80 | UInt8(webSocketOpcode: opcode))
        switch content.readableBytes {
        case 0...125: frame.writeInteger(UInt8(content.readableBytes))
        case 126...Int(UInt16.max):
            frame.writeInteger(UInt8(126))
            frame.writeInteger(UInt16(content.readableBytes))
        default:
            frame.writeInteger(UInt8(127))
            frame.writeInteger(UInt64(content.readableBytes))
        }
        frame.writeBuffer(&content)
        return frame
    }
}
