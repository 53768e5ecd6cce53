import Foundation

/// Takes `multipart/form-data` apart as it arrives. It keeps no more than a delimiter's length of what it has read, and of a
/// part's head at most `longestHead` bytes.
struct MultipartParser: Sendable {
    /// What was found, in order.
    enum Event: Sendable, Equatable {
        /// `fileName` is nil for a field, and empty for a file field that was left empty.
        case part(name: String, fileName: String?)
        case bytes([UInt8])
        case end
    }

    struct Malformed: Error, Equatable { let reason: String }

    private enum State { case body, delimiter, head, done }

    static let longestHead = 8192
    static let mostParts = 500

    private let delimiter: [UInt8]
    private var state = State.body
    /// What comes before the first delimiter belongs to no part.
    private var isInPart = false
    private var parts = 0
    /// The first delimiter has no line end before it; all others have.
    private var pending: [UInt8] = [13, 10]

    /// `contentType` is the request's header. Throws when it names no boundary.
    init(contentType: String) throws(Malformed) {
        let boundary = HeaderParameters(contentType)["boundary"] ?? ""
        let isPlain = boundary.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        guard (1...70).contains(boundary.utf8.count), isPlain else { throw Malformed(reason: "no boundary") }
        delimiter = [13, 10, 45, 45] + boundary.utf8
    }

    /// Whether the last delimiter has come: a body that ends before it was cut.
    var isComplete: Bool { state == .done }

    mutating func feed(_ bytes: some Collection<UInt8>) throws(Malformed) -> [Event] {
        var events: [Event] = []
        guard state != .done else { return events }
        pending += bytes
        while try step(&events) {}
        return events
    }

    /// Whether there may be more to find.
    private mutating func step(_ events: inout [Event]) throws(Malformed) -> Bool {
        switch state {
        case .body: return readBody(&events)
        case .delimiter: return try readDelimiterEnd()
        case .head: return try readHead(&events)
        case .done: return false
        }
    }

    private mutating func readBody(_ events: inout [Event]) -> Bool {
        let found = pending.firstIndex(of: delimiter)
        // Its last bytes may be the beginning of a delimiter.
        let end = found ?? max(0, pending.count - delimiter.count + 1)
        if isInPart, end > 0 { events.append(.bytes(Array(pending[..<end]))) }
        pending.removeFirst(found.map { $0 + delimiter.count } ?? end)
        guard found != nil else { return false }
        if isInPart { events.append(.end) }
        (isInPart, state) = (false, .delimiter)
        return true
    }

    /// Two dashes after the last delimiter, else a line end, before which some write blanks.
    private mutating func readDelimiterEnd() throws(Malformed) -> Bool {
        guard pending.count >= 2 else { return false }
        if pending.starts(with: [45, 45]) {
            (state, pending) = (.done, [])
            return false
        }
        guard let line = pending.firstIndex(of: 10) else {
            guard pending.count <= 200 else { throw Malformed(reason: "no line end after a delimiter") }
            return false
        }
        guard pending[..<line].allSatisfy({ $0 == 13 || $0 == 32 || $0 == 9 }) else {
            throw Malformed(reason: "a delimiter goes on")
        }
        pending.removeFirst(line + 1)
        parts += 1
        guard parts <= Self.mostParts else { throw Malformed(reason: "too many parts") }
        state = .head
        return true
    }

    private mutating func readHead(_ events: inout [Event]) throws(Malformed) -> Bool {
        let isEmpty = pending.starts(with: [13, 10])
        guard let end = isEmpty ? 0 : pending.firstIndex(of: [13, 10, 13, 10]) else {
            guard pending.count <= Self.longestHead else { throw Malformed(reason: "a head is too long") }
            return false
        }
        guard end <= Self.longestHead else { throw Malformed(reason: "a head is too long") }
        let head = String(decoding: pending[..<end], as: UTF8.self)
        pending.removeFirst(end + (isEmpty ? 2 : 4))
        let disposition = head.split(whereSeparator: \.isNewline).lazy.map(String.init)
            .first { $0.lowercased().hasPrefix("content-disposition:") }
        guard let disposition, case let parameters = HeaderParameters(disposition), let name = parameters["name"] else {
            throw Malformed(reason: "a part has no name")
        }
        events.append(
            .part(name: name, fileName: parameters["filename*"].flatMap(Self.extended) ?? parameters["filename"])
        )
        (isInPart, state) = (true, .body)
        return true
    }

    /// `UTF-8''a%20b`
    private static func extended(_ value: String) -> String? {
        let parts = value.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].lowercased() == "utf-8" else { return nil }
        return String(parts[2]).removingPercentEncoding
    }
}

/// The parameters of a header such as `form-data; name="file"; filename="a.txt"`.
struct HeaderParameters {
    private var values: [String: String] = [:]

    init(_ header: String) {
        var rest = header.unicodeScalars[...]
        rest = rest.drop { $0 != ";" }
        while rest.popFirst() != nil, values.count < 20 {
            rest = rest.drop { $0 == " " || $0 == "\t" }
            let name = String(String.UnicodeScalarView(rest.prefix { $0 != "=" && $0 != ";" }))
            rest = rest.drop { $0 != "=" && $0 != ";" }
            guard rest.first == "=" else { continue }
            rest.removeFirst()
            let value = rest.first == "\"" ? Self.quoted(&rest) : Self.token(&rest)
            let key = name.trimmingCharacters(in: .whitespaces).lowercased()
            if values[key] == nil { values[key] = value }
        }
    }

    subscript(_ name: String) -> String? { values[name] }

    private static func token(_ rest: inout Substring.UnicodeScalarView) -> String {
        let token = String(String.UnicodeScalarView(rest.prefix { $0 != ";" }))
        rest = rest.drop { $0 != ";" }
        return token.trimmingCharacters(in: .whitespaces)
    }

    /// Browsers write `%22` for a quotation mark, programs a backslash before it; before anything else it stands for itself.
    private static func quoted(_ rest: inout Substring.UnicodeScalarView) -> String {
        rest.removeFirst()
        var value = String.UnicodeScalarView()
        while let scalar = rest.popFirst(), scalar != "\"" {
            if scalar == "\\", let next = rest.first, next == "\"" || next == "\\" {
                value.append(rest.removeFirst())
            } else {
                value.append(scalar)
            }
        }
        rest = rest.drop { $0 != ";" }
        return String(value).replacing("%22", with: "\"").replacing("%0D%0A", with: " ")
    }
}

extension [UInt8] {
    /// Where these bytes stand first.
    fileprivate func firstIndex(of wanted: [UInt8]) -> Int? {
        guard let first = wanted.first, count >= wanted.count else { return nil }
        return withUnsafeBytes { bytes -> Int? in
            guard let base = bytes.baseAddress else { return nil }
            var place = 0
            while place + wanted.count <= bytes.count {
                guard let found = memchr(base + place, Int32(first), bytes.count - place - wanted.count + 1) else {
                    return nil
                }
                place = base.distance(to: found)
                if memcmp(base + place, wanted, wanted.count) == 0 { return place }
                place += 1
            }
            return nil
        }
    }
}
