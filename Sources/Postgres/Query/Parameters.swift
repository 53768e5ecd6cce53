import Foundation

/// The values of one query in PostgreSQL's text form, each ended by a zero byte, in one buffer as libpq wants them.
struct Parameters: Sendable {
    /// Where a value begins (nil: null) and where its `$n` stands in the text of the query.
    struct Entry {
        var start: Int?
        var placeholder: Int
    }

    private(set) var entries: [Entry] = []
    /// PostgreSQL's text cannot hold a zero byte, and libpq would silently cut there.
    private(set) var holdZeroByte = false
    private var bytes: [UInt8] = []

    mutating func append(_ value: borrowing some Bindable, placeholder: Int) {
        let start = bytes.count
        guard value.appendText(to: &bytes) else { return entries.append(Entry(start: nil, placeholder: placeholder)) }
        holdZeroByte = holdZeroByte || bytes.holdsZero(from: start)
        bytes.append(0)
        entries.append(Entry(start: start, placeholder: placeholder))
    }

    mutating func append(_ index: Int, of other: Parameters, placeholder: Int) {
        let following = other.entries[(index + 1)...].lazy.compactMap(\.start).first ?? other.bytes.count
        let start = other.entries[index].start.map { start in
            defer { bytes.append(contentsOf: other.bytes[start..<following]) }
            return bytes.count
        }
        entries.append(Entry(start: start, placeholder: placeholder))
        holdZeroByte = holdZeroByte || other.holdZeroByte
    }

    /// The form that libpq takes: one pointer a value, nil for null; valid inside `body` only.
    func withPointers<Answer>(_ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Answer) -> Answer {
        guard !entries.isEmpty else { return body(nil) }
        return bytes.withUnsafeBytes { bytes in
            withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: entries.count) { pointers in
                for (index, entry) in entries.enumerated() {
                    let pointer = entry.start.flatMap { bytes.baseAddress?.advanced(by: $0) }
                    pointers.initializeElement(at: index, to: pointer?.assumingMemoryBound(to: CChar.self))
                }
                return body(UnsafePointer(pointers.baseAddress))
            }
        }
    }
}

extension [UInt8] {
    fileprivate func holdsZero(from start: Int) -> Bool {
        withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress, start < buffer.count else { return false }
            return memchr(base + start, 0, buffer.count - start) != nil
        }
    }
}
