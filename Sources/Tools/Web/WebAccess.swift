import Engine
package import Fetch
import Foundation

/// How tools reach the web: each request under the same bounds, and only where the server's operator lets them.
package struct WebAccess: Sendable {
    /// Of a response, however it was compressed.
    static let longestBody = 5 * 1024 * 1024
    /// Of one that is a document, which the sandbox reads.
    static let longestDocument = 32 * 1024 * 1024

    private let client: FetchClient
    private let addresses: AddressPolicy

    package init(client: FetchClient, addresses: AddressPolicy) {
        self.client = client
        self.addresses = addresses
    }

    /// The same without a limit to where it leads: for addresses that the server's operator chose.
    package var anywhere: WebAccess { WebAccess(client: client, addresses: .any) }

    /// What came back, whole.
    struct Answer: Sendable {
        /// After redirects.
        var url: String
        var status: Int
        var headers: FetchHeaders
        var body: [UInt8]
    }

    /// Sends a request of a model's; `readsDocuments`: these may be longer. Throws `ToolFailure` in words that it can act on.
    func send(_ request: FetchRequest, readsDocuments: Bool = false) async throws -> Answer {
        var request = request
        request.connectTimeout = .seconds(10)
        request.idleTimeout = .seconds(20)
        request.totalTimeout = .seconds(30)
        request.addresses = addresses
        request.acceptsCompression = true
        request.maximumBytes = readsDocuments ? Self.longestDocument : Self.longestBody
        if !request.headers.contains(where: { $0.name.lowercased() == "user-agent" }) {
            request.headers.append(("User-Agent", "Mozilla/5.0 (compatible; ALMA)"))
        }
        var limit = Self.longestBody
        do {
            let response = try await client.send(request)
            if readsDocuments, response.isDocument { limit = Self.longestDocument }
            return Answer(
                url: response.url,
                status: response.status,
                headers: response.headers,
                body: try await response.collect(upTo: limit)
            )
        } catch let error as FetchError {
            throw ToolFailure(error.words(limit: limit), isTransient: error.isTransient)
        }
    }

    /// An address as a model wrote it. Throws `ToolFailure`.
    static func address(_ url: String) throws -> WebAddress {
        do {
            return try WebAddress(completed(url))
        } catch {
            throw ToolFailure(error.words())
        }
    }

    /// An address as people and models write it: without its scheme, or with characters that have to be escaped.
    static func completed(_ url: String) -> String {
        let trimmed = url.trimmingCharacters(in: .whitespacesAndNewlines)
        let whole = trimmed.contains("://") ? trimmed : "https://" + trimmed
        guard let scheme = whole.range(of: "://"),
            let path = whole[scheme.upperBound...].firstIndex(where: { "/?#".contains($0) })
        else { return whole }
        let escaped = whole[path...].utf8.map { byte in
            byte > 0x20 && byte < 0x7F ? String(UnicodeScalar(byte)) : String(format: "%%%02X", byte)
        }
        return whole[..<path] + escaped.joined()
    }
}

extension FetchResponse {
    /// As its server says it; some say of every document that it is bytes.
    fileprivate var isDocument: Bool {
        let name = (headers["content-type"] ?? "").prefix { $0 != ";" }
        let type = name.trimmingCharacters(in: .whitespaces).lowercased()
        return type == "application/octet-stream" || DocumentKind(mediaType: type)?.isDocument == true
    }
}

extension FetchError {
    /// Whether the same request may come through a moment later.
    fileprivate var isTransient: Bool {
        switch code {
        case .dns, .refused, .unreachable, .timeout, .reset: true
        default: false
        }
    }

    /// `limit`: bytes that were allowed.
    fileprivate func words(limit: Int = WebAccess.longestBody) -> String {
        switch code {
        case .dns: "The name of the server in this address is not known. Check the address."
        case .refused, .unreachable: "There is no way to the server of this address: \(message)."
        case .tls: "No secure connection to this address could be made: \(message)."
        case .timeout: "The server of this address took too long to answer."
        case .reset: "The server of this address broke the connection off."
        case .tooLarge: "What is at this address is larger than \(limit / 1_048_576) MB."
        case .blockedAddress:
            "This address leads into a private or local network, where the tools of this server may not go."
        case .badURL:
            "This is not an address that can be fetched: it must be complete, begin with http:// or https://, and hold no user name."
        case .tooManyRedirects: "This address leads in circles: there were \(message)."
        case .protocolViolation: "The server of this address does not answer as a web server should."
        case .closed: "The server is shutting down."
        case .other: "The request failed: \(message)."
        }
    }
}
