package import Foundation

extension UUID {
    /// A new time-ordered key (RFC 9562, version 7): 48 bits of milliseconds, 12 of their fraction (6.2, method 3),
    /// then randomness. Those that one process makes are in the order in which it made them.
    package static func v7() -> UUID {
        v7(
            tick: lastTick.withLock { last in
                last = max(tick(of: Date()), last + 1)
                return last
            }
        )
    }

    package static func v7(at time: Date) -> UUID { v7(tick: tick(of: time)) }

    private static let lastTick = Locked<UInt64>(0)

    /// In 4096ths of a millisecond.
    private static func tick(of time: Date) -> UInt64 { UInt64(max(0, time.timeIntervalSince1970 * 4_096_000)) }

    private static func v7(tick: UInt64) -> UUID {
        var generator = SystemRandomNumberGenerator()
        let high = (tick >> 12) << 16 | 0x7000 | (tick & 0x0FFF)
        let low = (generator.next() & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
        func byte(_ word: UInt64, _ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: word >> (56 - 8 * index)) }
        return UUID(
            uuid: (
                byte(high, 0), byte(high, 1), byte(high, 2), byte(high, 3),
                byte(high, 4), byte(high, 5), byte(high, 6), byte(high, 7),
                byte(low, 0), byte(low, 1), byte(low, 2), byte(low, 3),
                byte(low, 4), byte(low, 5), byte(low, 6), byte(low, 7)
            )
        )
    }

    /// The form that our addresses, JSON and SQL use: lower case with dashes.
    package var text: String { uuidString.lowercased() }
}
