/// A zip archive as it is written, entry by entry, without compression and without knowing sizes in advance. Up to 4 GB, as
/// the format has it without extensions.
struct ZipWriter: Sendable {
    private struct Entry {
        var name: [UInt8]
        var crc: UInt32
        var size: UInt32
        var place: UInt32
    }

    private var entries: [Entry] = []
    private var place: UInt32 = 0
    private var name: [UInt8] = []
    private var begin: UInt32 = 0
    private var size: UInt32 = 0
    private var crc: UInt32 = 0xFFFF_FFFF

    /// What goes before a file's bytes.
    mutating func begin(_ path: String) -> [UInt8] {
        (name, begin, size, crc) = (Array(path.utf8.prefix(60_000)), place, 0, 0xFFFF_FFFF)
        // 0x0808: names are UTF-8, and sizes come behind.
        let head =
            Self.bytes(0x0403_4B50) + Self.half(20) + Self.half(0x0808) + Self.half(0) + Self.time + Self.bytes(0)
            + Self.bytes(0) + Self.bytes(0) + Self.half(name.count) + Self.half(0) + name
        place += UInt32(head.count)
        return head
    }

    /// The bytes as they go out.
    mutating func add(_ bytes: [UInt8]) -> [UInt8] {
        crc = Self.checksum(bytes, crc)
        size += UInt32(bytes.count)
        place += UInt32(bytes.count)
        return bytes
    }

    /// What goes behind a file's bytes.
    mutating func end() -> [UInt8] {
        let tail = Self.bytes(0x0807_4B50) + Self.bytes(~crc) + Self.bytes(size) + Self.bytes(size)
        entries.append(Entry(name: name, crc: ~crc, size: size, place: begin))
        place += UInt32(tail.count)
        return tail
    }

    /// The table of contents.
    func finish() -> [UInt8] {
        var list: [UInt8] = []
        for entry in entries {
            list +=
                Self.bytes(0x0201_4B50) + Self.half(0x031E) + Self.half(20) + Self.half(0x0808) + Self.half(0)
                + Self.time
            list +=
                Self.bytes(entry.crc) + Self.bytes(entry.size) + Self.bytes(entry.size) + Self.half(entry.name.count)
            // A regular file that its owner may change.
            list += Self.half(0) + Self.half(0) + Self.half(0) + Self.half(0) + Self.bytes(0o100644 << 16)
            list += Self.bytes(entry.place) + entry.name
        }
        return list + Self.bytes(0x0605_4B50) + Self.half(0) + Self.half(0) + Self.half(entries.count)
            + Self.half(entries.count) + Self.bytes(UInt32(list.count)) + Self.bytes(place) + Self.half(0)
    }

    /// 1 January 1980: what is in it matters, not when it was packed.
    private static let time: [UInt8] = [0, 0, 0x21, 0]

    private static func bytes(_ value: UInt32) -> [UInt8] {
        [UInt8(value & 0xFF), UInt8(value >> 8 & 0xFF), UInt8(value >> 16 & 0xFF), UInt8(value >> 24)]
    }

    private static func half(_ value: Int) -> [UInt8] { [UInt8(value & 0xFF), UInt8(value >> 8 & 0xFF)] }

    static func checksum(_ bytes: [UInt8]) -> UInt32 { ~checksum(bytes, 0xFFFF_FFFF) }

    private static func checksum(_ bytes: [UInt8], _ before: UInt32) -> UInt32 {
        bytes.reduce(before) { crc, byte in table[Int((crc ^ UInt32(byte)) & 0xFF)] ^ (crc >> 8) }
    }

    private static let table: [UInt32] = (0..<256).map { number in
        (0..<8).reduce(UInt32(number)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }
}
