import Engine

/// Takes a stream of bytes apart into lines, none longer than a limit.
struct MCPLines: Sendable {
    /// Of one message.
    static let longest = 4 << 20

    private var rest: [UInt8] = []

    /// The lines that these bytes complete. Throws `MCPFailure` when one has no end.
    mutating func take(_ bytes: [UInt8]) throws -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var start = bytes.startIndex
        while let end = bytes[start...].firstIndex(of: 0x0A) {
            lines.append(rest + bytes[start..<end])
            rest = []
            start = end + 1
        }
        rest += bytes[start...]
        guard rest.count <= Self.longest, lines.allSatisfy({ $0.count <= Self.longest }) else {
            throw MCPFailure(.connection, "The server sent a message of more than \(Self.longest >> 20) MB.")
        }
        return lines
    }
}
