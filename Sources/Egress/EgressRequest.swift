import Fetch
import NIOCore

/// What a program asks of the proxy, read strictly: whatever two readers could understand in two ways is refused.
struct EgressRequest: Sendable {
    static let largestHead = 32 << 10

    let address: WebAddress
    /// The host and port, for people.
    let place: String
    /// What the program is told before its tunnel begins; nil of a plain request.
    let greeting: ByteBuffer?
    /// What the server is sent in the head's place; nil of a tunnel.
    let head: ByteBuffer?
    /// How much of what follows belongs to it; nil for a tunnel, where everything does.
    let bodyBytes: Int?

    /// Takes the head out of the buffer; nil while it is not whole. Throws `EgressRefusal`.
    init?(_ buffer: inout ByteBuffer) throws(EgressRefusal) {
        guard let end = buffer.readableBytesView.firstRange(of: Array("\r\n\r\n".utf8)) else {
            guard buffer.readableBytes <= Self.largestHead else { throw .headTooLarge }
            return nil
        }
        let length = end.upperBound - buffer.readerIndex
        guard length <= Self.largestHead, let text = buffer.readString(length: length) else { throw .headTooLarge }
        // Each line's end is one character.
        var lines = text.dropLast(2).split(separator: "\r\n", omittingEmptySubsequences: false)
        guard !text.utf8.contains(where: { ($0 < 0x20 && $0 != 0x0D && $0 != 0x0A && $0 != 0x09) || $0 > 0x7E }),
            !lines.contains(where: { $0.unicodeScalars.contains { $0 == "\r" || $0 == "\n" } })
        else { throw EgressRefusal(.badRequest, "The request holds characters that it may not.") }
        let words = lines.removeFirst().split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 3, words[2] == "HTTP/1.1" || words[2] == "HTTP/1.0",
            !words[0].isEmpty, words[0].allSatisfy({ $0.isASCII && $0.isLetter })
        else { throw EgressRefusal(.badRequest, "This is no request to a proxy.") }
        let headers = try lines.map { line throws(EgressRefusal) in try Header(line) }
        if words[0] == "CONNECT" {
            try self.init(tunnelTo: words[1])
        } else {
            try self.init(method: words[0], target: words[1], headers)
        }
    }

    private init(tunnelTo authority: String) throws(EgressRefusal) {
        let isPlain = authority.utf8.allSatisfy { byte in
            (0x30...0x3A).contains(byte) || (0x41...0x5B).contains(byte) || byte == 0x5D
                || (0x61...0x7A).contains(byte) || [0x2D, 0x2E, 0x5F].contains(byte)
        }
        guard isPlain, let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]"),
            let port = Int(authority[authority.index(after: colon)...]), 1...65_535 ~= port,
            let address = try? WebAddress("https://\(authority)/"), address.port == port
        else { throw EgressRefusal(.badRequest, "A tunnel leads to a name and a port.") }
        self.address = address
        place = address.place
        greeting = ByteBuffer(string: "HTTP/1.1 200 Connection established\r\n\r\n")
        (head, bodyBytes) = (nil, nil)
    }

    private init(method: String, target: String, _ headers: [Header]) throws(EgressRefusal) {
        guard target.lowercased().hasPrefix("http://"), let address = try? WebAddress(target), address.scheme == "http"
        else { throw EgressRefusal(.badRequest, "A plain request needs an address that begins with http://.") }
        guard !headers.contains(where: { $0.name == "transfer-encoding" }) else {
            throw EgressRefusal(.lengthRequired, "Without TLS a body needs its length.")
        }
        let lengths = headers.filter { $0.name == "content-length" }.map { Int($0.value) }
        guard lengths.count <= 1, let length = lengths.first ?? 0, length >= 0 else {
            throw EgressRefusal(.badRequest, "The length of the body is not clear.")
        }
        let named = headers.filter { $0.name == "connection" }.flatMap { $0.value.lowercased().split(separator: ",") }
            .map { $0.trimming(" \t") }
        let passed = headers.filter { !Header.ofThisHop.contains($0.name) && !named.contains($0.name) }
        var head = "\(method) \(Self.path(of: target)) HTTP/1.1\r\nHost: \(address.authority)\r\n"
        for header in passed { head += "\(header.name): \(header.value)\r\n" }
        self.address = address
        place = address.place
        greeting = nil
        self.head = ByteBuffer(string: head + "Connection: close\r\n\r\n")
        bodyBytes = length
    }

    /// What the server itself is asked for: without its name, and without what browsers keep to themselves.
    private static func path(of target: String) -> String {
        let rest = target.dropFirst("http://".count).prefix { $0 != "#" }
        let path = rest.drop { $0 != "/" && $0 != "?" }
        return path.hasPrefix("/") ? String(path) : "/\(path)"
    }

    private struct Header {
        /// Between the program and us, or said anew.
        static let ofThisHop: Set<String> = [
            "connection", "proxy-connection", "keep-alive", "te", "trailer", "upgrade", "proxy-authorization", "host",
            "expect",
        ]

        let name: String
        let value: String

        init(_ line: Substring) throws(EgressRefusal) {
            guard let colon = line.firstIndex(of: ":"), colon != line.startIndex,
                line[..<colon].allSatisfy({
                    $0.isASCII && ($0.isLetter || $0.isNumber || "!#$%&'*+-.^_`|~".contains($0))
                })
            else { throw EgressRefusal(.badRequest, "A header is not as it should be.") }
            name = line[..<colon].lowercased()
            value = line[line.index(after: colon)...].trimming(" \t")
        }
    }
}

/// Why a program is turned away.
struct EgressRefusal: Error {
    enum Status: String {
        case badRequest = "400 Bad Request"
        case forbidden = "403 Forbidden"
        case lengthRequired = "411 Length Required"
        case headTooLarge = "431 Request Header Fields Too Large"
        case badGateway = "502 Bad Gateway"
    }

    static let headTooLarge = EgressRefusal(.headTooLarge, "The head of the request is too large.")

    let status: Status
    let words: String

    init(_ status: Status, _ words: String) {
        self.status = status
        self.words = words
    }

    var answer: ByteBuffer {
        ByteBuffer(
            string: """
                HTTP/1.1 \(status.rawValue)\r\nContent-Type: text/plain; charset=utf-8\r
                Content-Length: \(words.utf8.count + 1)\r\nConnection: close\r\n\r\n\(words)\n
                """
        )
    }
}

extension WebAddress {
    /// As a list of hosts and people write it.
    fileprivate var place: String { "\(host):\(port)" }
    fileprivate var authority: String { port == 80 ? host : place }
}

extension StringProtocol {
    fileprivate func trimming(_ blanks: String) -> String {
        var rest = self[...]
        while let first = rest.first, blanks.contains(first) { rest.removeFirst() }
        while let last = rest.last, blanks.contains(last) { rest.removeLast() }
        return String(rest)
    }
}
