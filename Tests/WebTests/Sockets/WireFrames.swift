import NIOCore
import Testing

/// A frame as a client sends it, or as none should.
struct ClientFrame: Sendable, CustomTestStringConvertible {
    let bytes: [UInt8]
    let testDescription: String

    init(_ opcode: UInt8, _ text: String = "", isFinal: Bool = true, reserved: UInt8 = 0, isMasked: Bool = true) {
        self.init(opcode, Array(text.utf8), isFinal: isFinal, reserved: reserved, isMasked: isMasked)
    }

    init(_ opcode: UInt8, _ content: [UInt8], isFinal: Bool = true, reserved: UInt8 = 0, isMasked: Bool = true) {
        let key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
        var bytes = [(isFinal ? 0x80 : 0) | reserved | opcode]
        let mask: UInt8 = isMasked ? 0x80 : 0
        switch content.count {
        case 0...125: bytes.append(mask | UInt8(content.count))
        case 126...65_535: bytes += [mask | 126, UInt8(content.count >> 8), UInt8(content.count & 0xFF)]
        default:
            bytes.append(mask | 127)
            for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(content.count >> shift & 0xFF)) }
        }
        if isMasked { bytes += key + content.enumerated().map { $1 ^ key[$0 & 3] } } else { bytes += content }
        self.bytes = bytes
        testDescription = "\(String(opcode, radix: 16)), \(content.count) bytes\(isFinal ? "" : ", more to come")"
    }

    static func text(_ text: String) -> ClientFrame { ClientFrame(0x1, text) }
    static func binary(_ bytes: [UInt8]) -> ClientFrame { ClientFrame(0x2, bytes) }
    static func close(_ code: UInt16) -> ClientFrame { ClientFrame(0x8, [UInt8(code >> 8), UInt8(code & 0xFF)]) }
}

/// A frame as a server sends it: whole and unmasked.
struct ServerFrame {
    enum Kind: UInt8 { case text = 0x1, close = 0x8, ping, pong }

    let kind: Kind?
    let content: [UInt8]

    /// Takes the next one out of what has come; nil until all of it is there.
    init?(_ bytes: inout ByteBuffer) {
        var rest = bytes
        guard let first = rest.readInteger(as: UInt8.self), let short = rest.readInteger(as: UInt8.self) else {
            return nil
        }
        let length: Int? =
            switch short {
            case 126: rest.readInteger(as: UInt16.self).map(Int.init)
            case 127: rest.readInteger(as: UInt64.self).map(Int.init)
            default: Int(short)
            }
        guard let length, let content = rest.readBytes(length: length) else { return nil }
        (kind, self.content) = (first & 0xF0 == 0x80 ? Kind(rawValue: first & 0x0F) : nil, content)
        bytes = rest
    }

    var text: String { String(decoding: content, as: UTF8.self) }

    /// Of a goodbye; nil when it has none.
    var code: UInt16? { content.count < 2 ? nil : UInt16(content[0]) << 8 | UInt16(content[1]) }
    var reason: String { String(decoding: content.dropFirst(2), as: UTF8.self) }
}
