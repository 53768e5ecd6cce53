import CCurl

/// A checked `http` or `https` URL. curl's parser is the only one, so that what is checked is what is connected to.
package struct WebAddress: Sendable, Equatable {
    package let text: String
    /// In small letters; an IPv6 address in brackets.
    package let host: String
    package let scheme: String
    package let port: Int

    /// Scheme, host and port: headers that carry a right go no further than this.
    package var origin: String { "\(scheme)://\(host):\(port)" }

    package init(_ text: String) throws(FetchError) {
        try self.init(text, relativeTo: nil)
    }

    /// Where a `Location` header leads from here.
    func following(_ location: String) throws(FetchError) -> WebAddress {
        try WebAddress(location, relativeTo: self)
    }

    private init(_ text: String, relativeTo base: WebAddress?) throws(FetchError) {
        guard let handle = curl_url() else { throw FetchError(.other, "out of memory") }
        defer { curl_url_cleanup(handle) }
        let isClean = !text.utf8.contains { $0 <= 0x20 || $0 == 0x7F }
        guard isClean,
            base.map({ curl_url_set(handle, CURLUPART_URL, $0.text, 0) == CURLUE_OK }) ?? true,
            curl_url_set(handle, CURLUPART_URL, text, UInt32(CURLU_DISALLOW_USER)) == CURLUE_OK,
            let whole = Self.part(CURLUPART_URL, of: handle),
            let scheme = Self.part(CURLUPART_SCHEME, of: handle),
            let host = Self.part(CURLUPART_HOST, of: handle), !host.isEmpty,
            let port = Self.part(CURLUPART_PORT, of: handle, UInt32(CURLU_DEFAULT_PORT)).flatMap({ Int($0) })
        else { throw FetchError(.badURL, "this is not a complete http or https address") }
        guard scheme == "http" || scheme == "https" else {
            throw FetchError(.badURL, "only http and https addresses can be fetched")
        }
        self.text = whole
        self.host = host.lowercased()
        self.scheme = scheme
        self.port = port
    }

    private static func part(_ part: CURLUPart, of handle: OpaquePointer, _ flags: UInt32 = 0) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(handle, part, &text, flags) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
