/// An outbound HTTP request with the limits under which it is made.
package struct FetchRequest: Sendable {
    package var method: String
    /// `http` or `https`, without user and password.
    package var url: String
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]?
    /// From the start until the connection stands, TLS included.
    package var connectTimeout: Duration
    /// The longest silence of the upstream, also before its first byte. Time in which the reader is slow does not count.
    package var idleTimeout: Duration
    /// From the start until the last byte; nil for streams.
    package var totalTimeout: Duration?
    /// The most bytes of the response's body.
    package var maximumBytes: Int?
    package var addresses: AddressPolicy
    package var maximumRedirects: Int
    /// Whether the body may come compressed; what is read is the body itself.
    package var acceptsCompression: Bool

    /// A name and its addresses as `CURLOPT_RESOLVE` takes them; nil asks the system.
    var resolution: String?

    package init(
        method: String = "GET",
        url: String,
        headers: [(name: String, value: String)] = [],
        body: [UInt8]? = nil,
        connectTimeout: Duration = .seconds(10),
        idleTimeout: Duration = .seconds(60),
        totalTimeout: Duration? = nil,
        maximumBytes: Int? = nil,
        addresses: AddressPolicy = .any,
        maximumRedirects: Int = 0,
        acceptsCompression: Bool = false
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.connectTimeout = connectTimeout
        self.idleTimeout = idleTimeout
        self.totalTimeout = totalTimeout
        self.maximumBytes = maximumBytes
        self.addresses = addresses
        self.maximumRedirects = maximumRedirects
        self.acceptsCompression = acceptsCompression
    }

    /// A line break or a NUL in a header would let its value write headers of its own.
    var hasCleanHeaders: Bool {
        let isUnsafe: (UInt8) -> Bool = { $0 == 0x0A || $0 == 0x0D || $0 == 0 }
        guard !method.isEmpty, !method.utf8.contains(where: { isUnsafe($0) || $0 == 0x20 }) else { return false }
        return headers.allSatisfy { header in
            !header.name.isEmpty
                && !header.name.utf8.contains { isUnsafe($0) || $0 <= 0x20 || $0 == 0x3A || $0 == 0x3B }
                && !header.value.utf8.contains(where: isUnsafe)
        }
    }
}
