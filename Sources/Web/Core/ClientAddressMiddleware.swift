import HTTPTypes
package import Hummingbird

/// Finds out where a request comes from when proxies stand in between. Each proxy adds to the right of
/// `X-Forwarded-For` whom it has spoken to, so the right-most address that is none of ours is the one that was really
/// seen; what stands further left is whatever the client wrote.
struct ClientAddressMiddleware: RouterMiddleware {
    let trusted: [AddressRange]

    func handle(
        _ request: Request,
        context: WebContext,
        next: @concurrent (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        guard !trusted.isEmpty, let peer = context.remoteAddress else { return try await next(request, context) }
        var context = context
        context.remoteAddress = client(of: peer, forwarded: request.headers[values: .forwardedFor])
        return try await next(request, context)
    }

    /// `forwarded` are the header's values in their order.
    func client(of peer: String, forwarded: [String]) -> String {
        var address = peer
        for entry in forwarded.joined(separator: ",").split(separator: ",").reversed().prefix(100) {
            guard isTrusted(address) else { break }
            // A proxy that writes something else has seen nobody that we could name.
            guard let next = Self.address(in: entry) else { break }
            address = next
        }
        return address
    }

    private func isTrusted(_ address: String) -> Bool { trusted.contains { $0.contains(address) } }

    /// Without blanks, a port, or the brackets of IPv6.
    private static func address(in entry: Substring) -> String? {
        var text = entry.drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        if text.first == "[", let end = text.firstIndex(of: "]") {
            text = text[text.index(after: text.startIndex)..<end]
        } else if text.count(where: { $0 == ":" }) == 1 {
            text = text.prefix { $0 != ":" }
        }
        return AddressRange.bytes(of: String(text)) == nil ? nil : String(text)
    }
}
