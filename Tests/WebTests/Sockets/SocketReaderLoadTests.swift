import NIOCore
import Testing

@testable import Web

/// Autobahn's cases of much and of many: what comes through, in whatever frames and pieces, is what was sent.
@Suite struct SocketReaderLoadTests {
    private static let size = 1 << 22
    private static let key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
    private static let star = UInt8(ascii: "*")

    @Test(arguments: [64, 256, 1024, 4096, 1 << 14, 1 << 16, 1 << 18, 1 << 20, 1 << 22])
    func muchInFrames(_ frameSize: Int) {
        for kind in [UInt8(0x1), 0x2] {
            #expect(read(Self.bytes(kind, Self.size, in: frameSize), pieces: 1 << 16) == [said(kind, Self.size)])
        }
    }

    @Test(arguments: [64, 128, 256, 512, 1024, 2048])
    func muchInPieces(_ pieces: Int) {
        for kind in [UInt8(0x1), 0x2] {
            #expect(read(Self.bytes(kind, 1 << 20, in: 1 << 20), pieces: pieces) == [said(kind, 1 << 20)])
        }
    }

    @Test(arguments: [0, 16, 64, 256, 1024, 4096])
    func many(_ size: Int) {
        for kind in [UInt8(0x1), 0x2] {
            let one = Self.bytes(kind, size, in: max(size, 1))
            let all = Array([[UInt8]](repeating: one, count: 1000).joined())
            #expect(read(all, pieces: 1 << 16) == Array(repeating: said(kind, size), count: 1000))
        }
    }

    @Test func framesAsAClientCutsThemByItself() {
        for pieces in [1300, 1 << 16] {
            #expect(read(Self.bytes(0x1, 65_536, in: 1300), pieces: pieces) == [said(0x1, 65_536)])
        }
    }

    // MARK: -

    /// A message of stars, cut into frames of which each begins where its mask does.
    private static func bytes(_ kind: UInt8, _ size: Int, in frameSize: Int) -> [UInt8] {
        var content = key.map { $0 ^ star }
        while content.count < frameSize { content += content }
        var bytes: [UInt8] = []
        var start = 0
        repeat {
            let count = min(frameSize, size - start)
            bytes.append((start + count == size ? 0x80 : 0) | (start == 0 ? kind : 0x0))
            switch count {
            case 0...125: bytes.append(0x80 | UInt8(count))
            case 126...65_535: bytes += [0x80 | 126, UInt8(count >> 8), UInt8(count & 0xFF)]
            default:
                bytes.append(0x80 | 127)
                bytes += stride(from: 56, through: 0, by: -8).map { UInt8(count >> $0 & 0xFF) }
            }
            bytes += key
            bytes += content[..<count]
            start += count
        } while start < size
        return bytes
    }

    private func said(_ kind: UInt8, _ size: Int) -> SocketInput {
        let stars = ByteBuffer(repeating: Self.star, count: size)
        return kind == 0x1 ? .text(String(buffer: stars)) : .binary(stars)
    }

    private func read(_ bytes: [UInt8], pieces: Int) -> [SocketInput] {
        var reader = SocketReader(limit: 1 << 24)
        var inputs: [SocketInput] = []
        do throws(SocketEnd) {
            for start in stride(from: 0, to: bytes.count, by: pieces) {
                var piece = ByteBuffer(bytes: bytes[start..<min(start + pieces, bytes.count)])
                reader.feed(&piece)
                while let input = try reader.next() { inputs.append(input) }
            }
        } catch {
            Issue.record("\(error)")
        }
        return inputs
    }
}
