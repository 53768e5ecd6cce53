import Glibc

/// An IP address as a connection uses it, after every spelling of it has been resolved.
package enum NetworkAddress: Equatable, Sendable {
    case v4(UInt32)
    case v6(high: UInt64, low: UInt64)

    /// nil for a family that is neither.
    package init?(_ socketAddress: UnsafeRawPointer) {
        switch Int32(socketAddress.load(as: sa_family_t.self)) {
        case AF_INET:
            self = .v4(UInt32(bigEndian: socketAddress.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
        case AF_INET6:
            self.init(v6: socketAddress + 8)
        default:
            return nil
        }
    }

    /// From the text of `inet_ntop`; a zone after `%` is left out.
    package init?(text: String) {
        var v4 = in_addr()
        var v6 = in6_addr()
        let plain = String(text.prefix { $0 != "%" })
        if inet_pton(AF_INET, plain, &v4) == 1 {
            self = .v4(UInt32(bigEndian: v4.s_addr))
        } else if inet_pton(AF_INET6, plain, &v6) == 1 {
            self = withUnsafeBytes(of: &v6) { NetworkAddress(v6: $0.baseAddress!) }
        } else {
            return nil
        }
    }

    private init(v6 bytes: UnsafeRawPointer) {
        self = .v6(
            high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
            low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        )
    }

    /// The usual form.
    package var text: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        switch self {
        case .v4(let address):
            var bytes = address.bigEndian
            inet_ntop(AF_INET, &bytes, &text, socklen_t(text.count))
        case .v6(let high, let low):
            var bytes = [high.bigEndian, low.bigEndian]
            inet_ntop(AF_INET6, &bytes, &text, socklen_t(text.count))
        }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Whether it belongs to the public internet, by IANA's special-purpose registries.
    var isPublic: Bool {
        switch self {
        case .v4(let address):
            return !Self.specialV4.contains { address >> (32 - $0.length) == $0.prefix >> (32 - $0.length) }
        case .v6(let high, let low):
            // NAT64 carries an IPv4 address in its last 32 bits: that is where the packets go.
            if high == 0x0064_ff9b_0000_0000, low >> 32 == 0 {
                return NetworkAddress.v4(UInt32(truncatingIfNeeded: low)).isPublic
            }
            // Only 2000::/3 is given out. Loopback, mapped, unique local, link-local and multicast lie outside.
            guard high >> 61 == 0b001 else { return false }
            return !Self.specialV6.contains { high >> (64 - $0.length) == $0.prefix >> (64 - $0.length) }
        }
    }

    private static let specialV4: [(prefix: UInt32, length: UInt32)] = [
        (0x0000_0000, 8),  // this network, unspecified
        (0x0A00_0000, 8),  // private
        (0x6440_0000, 10),  // carrier-grade NAT
        (0x7F00_0000, 8),  // loopback
        (0xA9FE_0000, 16),  // link-local, cloud metadata
        (0xA83F_8110, 32),  // public, but Azure's metadata and agent within its machines
        (0xAC10_0000, 12),  // private
        (0xC000_0000, 24),  // protocol assignments
        (0xC000_0200, 24),  // documentation
        (0xC058_6300, 24),  // 6to4 relays
        (0xC0A8_0000, 16),  // private
        (0xC612_0000, 15),  // benchmarking
        (0xC633_6400, 24),  // documentation
        (0xCB00_7100, 24),  // documentation
        (0xE000_0000, 4),  // multicast
        (0xF000_0000, 4),  // reserved, broadcast
    ]

    private static let specialV6: [(prefix: UInt64, length: UInt64)] = [
        (0x2001_0000_0000_0000, 23),  // protocol assignments, Teredo
        (0x2001_0db8_0000_0000, 32),  // documentation
        (0x2002_0000_0000_0000, 16),  // 6to4: an IPv4 address in disguise
        (0x3fff_0000_0000_0000, 20),  // documentation
    ]
}
