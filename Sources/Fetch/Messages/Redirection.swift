/// One hop of a request. Redirects are followed here and not by curl, which would take keys in headers other than
/// `Authorization` along to another host.
struct Redirection {
    private(set) var request: FetchRequest
    private(set) var address: WebAddress
    private var followed = 0

    init(request: FetchRequest, address: WebAddress) {
        self.request = request
        self.address = address
    }

    /// Its name has these addresses, and no others are asked for.
    mutating func resolve(_ addresses: [String]) {
        let list = addresses.map { $0.contains(":") ? "[\($0)]" : $0 }.joined(separator: ",")
        request.resolution = "\(address.host):\(address.port):\(list)"
    }

    /// The next hop, or nil when this answer is the final one.
    func following(_ head: ResponseHead) throws(FetchError) -> Redirection? {
        guard request.maximumRedirects > 0, [301, 302, 303, 307, 308].contains(head.status),
            let location = head.headers["location"]
        else { return nil }
        guard followed < request.maximumRedirects else {
            throw FetchError(.tooManyRedirects, "more than \(request.maximumRedirects) redirects")
        }
        var next = self
        next.followed += 1
        next.address = try address.following(location)
        next.request.url = next.address.text
        if head.status == 303 || (head.status < 303 && request.method == "POST") { next.dropBody() }
        if next.address.origin != address.origin { next.keepHarmlessHeaders() }
        return next
    }

    private mutating func dropBody() {
        request.method = request.method == "HEAD" ? "HEAD" : "GET"
        request.body = nil
        request.headers.removeAll { $0.name.lowercased().hasPrefix("content-") }
    }

    /// Which header carries a key is the caller's knowledge, so only those that never do go along.
    private mutating func keepHarmlessHeaders() {
        let harmless: Set<String> = ["accept", "accept-language", "content-type", "user-agent"]
        request.headers.removeAll { !harmless.contains($0.name.lowercased()) }
    }
}
