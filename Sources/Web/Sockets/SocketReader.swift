import NIOCore
import NIOWebSocket

/// Reads a client's frames as they come, whatever pieces the network cuts them into, and puts messages together.
///
/// NIO's own decoder hands a frame out when all of it has come; here a frame that breaks the rules, text that is no UTF-8
/// and a message that gets too long are refused at the byte that shows it. Feed it, then ask for what there is until there
/// is nothing more.
struct SocketReader {
    /// In bytes, of a whole message.
    let limit: Int

    private var bytes = ByteBuffer()
    private var frame: Frame?
    /// The message that goes on, its frames so far.
    private var message: Message?

    private struct Frame {
        var opcode: WebSocketOpcode
        var isFinal: Bool
        var remaining: Int
        var mask: SocketMask
    }

    private struct Message {
        var isText: Bool
        var content = ByteBuffer()
        var check = UTF8Check()
    }

    init(limit: Int) { self.limit = limit }

    mutating func feed(_ more: inout ByteBuffer) {
        if bytes.readableBytes == 0 { bytes = more } else { bytes.writeBuffer(&more) }
    }

    /// nil: the rest has not come yet. Throws what the socket must be closed with; there is nothing to be read after that.
    mutating func next() throws(SocketEnd) -> SocketInput? {
        while true {
            if frame == nil {
                frame = try head()
                guard frame != nil else { return nil }
            }
            guard let opcode = frame?.opcode else { return nil }
            let input = try opcode.isControlOpcode ? control() : data()
            if input != nil || frame != nil { return input }
        }
    }

    // MARK: - Heads

    private mutating func head() throws(SocketEnd) -> Frame? {
        let start = bytes.readerIndex
        guard let first = bytes.readInteger(as: UInt8.self), let second = bytes.readInteger(as: UInt8.self) else {
            bytes.moveReaderIndex(to: start)
            release()
            return nil
        }
        let (opcode, isFinal) = try Self.check(first: first, second: second, isInMessage: message != nil)
        guard let length = try length(second & 0x7F), let mask = bytes.readInteger(as: UInt32.self) else {
            bytes.moveReaderIndex(to: start)
            return nil
        }
        if !opcode.isControlOpcode {
            guard length <= limit - (message?.content.readableBytes ?? 0) else { throw .tooLarge(limit) }
            if message == nil { message = Message(isText: opcode == .text) }
        }
        return Frame(opcode: opcode, isFinal: isFinal, remaining: length, mask: SocketMask(mask))
    }

    /// What two bytes are enough to see.
    private static func check(
        first: UInt8,
        second: UInt8,
        isInMessage: Bool
    ) throws(SocketEnd) -> (WebSocketOpcode, isFinal: Bool) {
        let isFinal = first & 0x80 != 0
        guard first & 0x70 == 0 else { throw .broken("No extension was agreed on.") }
        guard let opcode = WebSocketOpcode(encodedWebSocketOpcode: first & 0x0F),
            [.continuation, .text, .binary, .connectionClose, .ping, .pong].contains(opcode)
        else { throw .broken("There is no such kind of frame.") }
        guard second & 0x80 != 0 else { throw .broken("A client's frames are masked.") }
        if opcode.isControlOpcode {
            guard isFinal else { throw .broken("A control frame is one frame.") }
            guard second & 0x7F <= 125 else { throw .broken("A control frame has at most 125 bytes.") }
        } else if (opcode == .continuation) != isInMessage {
            throw .broken(isInMessage ? "Another message is not finished." : "There is nothing to continue.")
        }
        return (opcode, isFinal)
    }

    private mutating func length(_ short: UInt8) throws(SocketEnd) -> Int? {
        switch short {
        case 126:
            guard let length = bytes.readInteger(as: UInt16.self) else { return nil }
            guard length > 125 else { throw .broken("This length is written longer than it is.") }
            return Int(length)
        case 127:
            guard let length = bytes.readInteger(as: UInt64.self) else { return nil }
            guard length > UInt16.max, length <= UInt64(Int.max) else { throw .broken("This is no length.") }
            return Int(length)
        default: return Int(short)
        }
    }

    /// An idle socket holds no buffer.
    private mutating func release() { if bytes.readableBytes == 0 { bytes = ByteBuffer() } }

    // MARK: - What is in them

    private mutating func control() throws(SocketEnd) -> SocketInput? {
        guard let frame, var content = bytes.readSlice(length: frame.remaining) else { return nil }
        var mask = frame.mask
        mask.lift(from: &content)
        self.frame = nil
        switch frame.opcode {
        case .ping: return .ping(content)
        case .pong: return .pong
        default: return try .close(Self.code(of: content))
        }
    }

    private static func code(of content: ByteBuffer) throws(SocketEnd) -> UInt16? {
        var content = content
        guard content.readableBytes > 0 else { return nil }
        guard let code = content.readInteger(as: UInt16.self) else { throw .broken("Half a code is none.") }
        guard
            [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014].contains(code)
                || (3000...4999).contains(code)
        else { throw .broken("This code is not to be sent.") }
        var check = UTF8Check()
        guard check.feed(content.readableBytesView), check.isComplete else { throw .notUTF8 }
        return code
    }

    /// As much of the frame as has come; a message once it is whole.
    private mutating func data() throws(SocketEnd) -> SocketInput? {
        guard var frame, var message else { return nil }
        // Taken out, so that what is added is added where it lies.
        (self.frame, self.message) = (nil, nil)
        let count = min(frame.remaining, bytes.readableBytes)
        if var part = bytes.readSlice(length: count), count > 0 {
            frame.mask.lift(from: &part)
            frame.remaining -= count
            if message.isText, !message.check.feed(part.readableBytesView) { throw .notUTF8 }
            if message.content.readableBytes == 0 { message.content = part } else { message.content.writeBuffer(&part) }
        }
        guard frame.remaining == 0 else {
            (self.frame, self.message) = (frame, message)
            release()
            return nil
        }
        guard frame.isFinal else {
            self.message = message
            return nil
        }
        guard message.isText else { return .binary(message.content) }
        guard message.check.isComplete else { throw .notUTF8 }
        return .text(String(buffer: message.content))
    }
}

/// The key that a frame's bytes are masked with, and how far it has come in it.
struct SocketMask {
    private var key: (UInt8, UInt8, UInt8, UInt8)

    init(_ key: UInt32) {
        self.key = (UInt8(key >> 24), UInt8(key >> 16 & 0xFF), UInt8(key >> 8 & 0xFF), UInt8(key & 0xFF))
    }

    /// Eight bytes at a time: a message may have a megabyte.
    mutating func lift(from buffer: inout ByteBuffer) {
        let key = self.key
        let count = buffer.readableBytes
        buffer.withUnsafeMutableReadableBytes { bytes in
            let half = UInt64(key.0) | UInt64(key.1) << 8 | UInt64(key.2) << 16 | UInt64(key.3) << 24
            let word = (half | half << 32).littleEndian
            var index = 0
            while index + 8 <= count {
                let value = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                bytes.storeBytes(of: value ^ word, toByteOffset: index, as: UInt64.self)
                index += 8
            }
            while index < count {
                bytes[index] ^= [key.0, key.1, key.2, key.3][index & 3]
                index += 1
            }
        }
        for _ in 0..<(count & 3) { self.key = (self.key.1, self.key.2, self.key.3, self.key.0) }
    }
}
