/// Takes an event stream apart, however it was cut into chunks (HTML Living Standard, 9.2.6).
///
/// What a client that reconnects has to know is told beside the events. An event that the end of the stream cuts off is
/// dropped, as the standard says.
package struct ServerSentEventParser: Sendable {
    /// The id of the newest whole event that had one; empty before.
    package private(set) var lastEventID = ""
    /// Milliseconds that the server asks to wait before the next connection.
    package private(set) var retry: Int?
    private let limit: Int
    private var nextEventID: String?
    /// The beginning of a line whose end has not come.
    private var line: [UInt8] = []
    private var name = ""
    private var data: [UInt8] = []
    private var hasData = false
    private var endedWithReturn = false
    private var isAtStart = true

    /// `limit`: the most bytes of a line, and of an event.
    package init(limit: Int = 256 * 1024) { self.limit = limit }

    /// Hands over each event that these bytes complete. Throws `tooLarge` when a limit is passed.
    package mutating func feed(_ bytes: [UInt8], _ each: (ServerSentEvent) throws -> Void) throws {
        try bytes.withUnsafeBufferPointer { try feed($0, each) }
    }

    private mutating func feed(_ bytes: UnsafeBufferPointer<UInt8>, _ each: (ServerSentEvent) throws -> Void) throws {
        var start = 0
        for index in 0..<bytes.count {
            let byte = bytes[index]
            guard byte == lineFeed || byte == carriageReturn else { continue }
            defer { start = index + 1 }
            // The second half of a CR LF, perhaps in another chunk.
            if byte == lineFeed, endedWithReturn, start == index, line.isEmpty {
                endedWithReturn = false
                continue
            }
            endedWithReturn = byte == carriageReturn
            try end(UnsafeBufferPointer(rebasing: bytes[start..<index]), each)
        }
        guard start < bytes.count else { return }
        endedWithReturn = false
        try check(line.count + bytes.count - start)
        line.append(contentsOf: bytes[start...])
    }

    /// A line is complete: `rest` and what was kept of it before.
    private mutating func end(_ rest: UnsafeBufferPointer<UInt8>, _ each: (ServerSentEvent) throws -> Void) throws {
        if line.isEmpty { return try take(rest, each) }
        try check(line.count + rest.count)
        line.append(contentsOf: rest)
        let whole = line
        line.removeAll(keepingCapacity: true)
        try whole.withUnsafeBufferPointer { try take($0, each) }
    }

    private mutating func take(_ line: UnsafeBufferPointer<UInt8>, _ each: (ServerSentEvent) throws -> Void) throws {
        var line = line
        if isAtStart {
            isAtStart = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line = UnsafeBufferPointer(rebasing: line[3...]) }
        }
        guard !line.isEmpty else { return try dispatch(each) }
        if line.hasField("data") {
            try check(data.count + line.count)
            if hasData { data.append(lineFeed) }
            hasData = true
            data.append(contentsOf: line.fieldValue("data"))
        } else if line.hasField("event") {
            name = String(decoding: line.fieldValue("event"), as: UTF8.self)
        } else if line.hasField("id") {
            let id = String(decoding: line.fieldValue("id"), as: UTF8.self)
            if !id.contains("\0") { nextEventID = id }
        } else if line.hasField("retry") {
            retry =
                Int(String(decoding: line.fieldValue("retry"), as: UTF8.self)).flatMap { $0 < 0 ? nil : $0 } ?? retry
        }
    }

    private mutating func dispatch(_ each: (ServerSentEvent) throws -> Void) throws {
        // Also of an event without data: by it a server says where it is.
        if let nextEventID { lastEventID = nextEventID }
        nextEventID = nil
        guard hasData else {
            name = ""
            return
        }
        let event = ServerSentEvent(name: name, data: data)
        name = ""
        data = []
        hasData = false
        try each(event)
    }

    private func check(_ size: Int) throws {
        guard size <= limit else { throw FetchError(.tooLarge, "an event is larger than \(limit) bytes") }
    }
}

private let lineFeed: UInt8 = 0x0A
private let carriageReturn: UInt8 = 0x0D

extension UnsafeBufferPointer<UInt8> {
    /// Whether this line is the field `name`: followed by a colon, or alone.
    fileprivate func hasField(_ name: StaticString) -> Bool {
        let length = name.utf8CodeUnitCount
        guard count >= length, count == length || self[length] == 0x3A else { return false }
        for index in 0..<length where self[index] != name.utf8Start[index] { return false }
        return true
    }

    /// What stands behind the colon and one blank.
    fileprivate func fieldValue(_ name: StaticString) -> Slice<UnsafeBufferPointer<UInt8>> {
        let colon = name.utf8CodeUnitCount
        guard count > colon + 1 else { return self[count...] }
        return self[(colon + 1 + (self[colon + 1] == 0x20 ? 1 : 0))...]
    }
}
