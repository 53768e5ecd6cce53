import Engine
import Foundation

/// One request to a server, before it is known who asks.
struct ServerCall: Sendable {
    var method: String
    var path: String
    /// Those that are nil are left out.
    var query: [(name: String, value: String?)] = []
    var body: [UInt8]?
    var headers: [(name: String, value: String)] = [("Accept", "application/json")]
    var idleTimeout = Duration.seconds(60)
    /// nil for streams.
    var totalTimeout: Duration? = .seconds(60)

    init(_ method: String, _ path: String, _ query: [(name: String, value: String?)] = []) {
        (self.method, self.path, self.query) = (method, path, query)
    }

    mutating func set(_ body: JSONValue) { set(Array(body.text.utf8), type: "application/json") }

    mutating func set(_ body: [UInt8], type: String) {
        self.body = body
        headers.append(("Content-Type", type))
    }

    /// Of path and query.
    var address: String {
        let fields = query.compactMap { field in
            field.value.map { "\(Self.encoded(field.name))=\(Self.encoded($0))" }
        }
        return fields.isEmpty ? path : path + "?" + fields.joined(separator: "&")
    }

    /// Everything as bytes but what RFC 3986 reserves for nothing: letters and digits of ASCII, `-`, `_`, `.` and `~`.
    static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"
    )
}
