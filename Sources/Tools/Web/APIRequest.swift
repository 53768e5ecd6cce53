import Engine
import Fetch
import Foundation

/// A request as a model wrote it.
struct APIRequest: Sendable {
    let address: WebAddress
    private let method: String
    private let headers: [(name: String, value: String)]
    private let body: JSONValue?

    private static let reading: Set<String> = ["GET", "HEAD", "OPTIONS"]
    /// curl's own to write.
    private static let ownHeaders: Set<String> = [
        "host", "content-length", "transfer-encoding", "connection", "expect", "upgrade", "te", "trailer",
        "accept-encoding",
    ]

    static func isReading(_ input: JSONValue) -> Bool { reading.contains(method(of: input)) }

    private static func method(of input: JSONValue) -> String { input["method"]?.string ?? "GET" }

    /// Throws `ToolFailure`.
    init(_ input: JSONValue) throws {
        let url = input["url"]?.string ?? ""
        guard !SecretReferences.isIn(url) else {
            throw ToolFailure(
                "A secret does not go into an address, where others could read it. Put it into a header or the body."
            )
        }
        address = try WebAccess.address(url)
        method = Self.method(of: input)
        headers = (input["headers"]?.object ?? [:]).compactMap { name, value in value.string.map { (name, $0) } }
            .sorted { $0.name < $1.name }
        if let own = headers.first(where: {
            Self.ownHeaders.contains($0.name.lowercased()) || $0.name.lowercased().hasPrefix("proxy-")
        }) {
            throw ToolFailure("The header \(own.name) cannot be set.")
        }
        body = input["body"].flatMap { $0 == .null || $0 == .string("") ? nil : $0 }
        guard body == nil || !["GET", "HEAD"].contains(method) else { throw ToolFailure("\(method) has no body.") }
    }

    /// Where references to secrets may stand.
    var texts: [String] { headers.map(\.value) + (body.map { [$0.string ?? $0.text] } ?? []) }

    func filled(by references: SecretReferences) -> FetchRequest {
        var headers = headers.map { (name: $0.name, value: references.filled($0.value)) }
        let content = body.map { references.filled($0) }
        let text = content.map { $0.string ?? $0.text }
        let hasType = headers.contains { $0.name.lowercased() == "content-type" }
        if let content, !hasType { headers.append(("Content-Type", Self.type(of: content))) }
        // A redirect could take a body with a secret elsewhere; and what changes something is sent where it was meant to go.
        let mayMove = Self.reading.contains(method) && references.used.isEmpty
        return FetchRequest(
            method: method,
            url: address.text,
            headers: headers,
            body: text.map { Array($0.utf8) },
            maximumRedirects: mayMove ? 5 : 0
        )
    }

    /// Models write JSON into strings too.
    private static func type(of content: JSONValue) -> String {
        guard let text = content.string, (try? JSONValue(parsing: text))?.isContainer != true else {
            return "application/json"
        }
        return "text/plain; charset=utf-8"
    }
}

extension JSONValue {
    fileprivate var isContainer: Bool { array != nil || object != nil }
}
