import Foundation

/// Whom an address belongs to, as far as limits are concerned. A household or a rented server has a whole /64 of IPv6, with more
/// addresses than can be counted: they count as one.
package enum CallerNetwork {
    /// `2001:db8:1:2::/64` of an address of IPv6, the address itself of IPv4, however it is written; what is neither stays.
    package static func of(_ address: String) -> String {
        var six = in6_addr()
        // A link's own addresses name it behind a per cent sign.
        let plain = String(address.prefix { $0 != "%" })
        guard inet_pton(AF_INET6, plain, &six) == 1 else { return address }
        let bytes = withUnsafeBytes(of: &six) { Array($0) }
        if bytes.prefix(10).allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF {
            return bytes.suffix(4).map(String.init).joined(separator: ".")
        }
        let groups = (0..<4).map { String(Int(bytes[$0 * 2]) << 8 | Int(bytes[$0 * 2 + 1]), radix: 16) }
        return groups.joined(separator: ":") + "::/64"
    }
}
