import Crypto
import Engine
import Foundation
import HTTPTypes
import Hummingbird

/// `GET /openapi.json`: the document, made when it is asked for the first time and kept.
struct OpenAPIRoute: Sendable {
    private let document: OpenAPIDocument
    private let made = Locked<(text: String, tag: String)?>(nil)

    init(document: OpenAPIDocument) { self.document = document }

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let (text, tag) = rendered()
        var headers: HTTPFields = [.eTag: tag, .cacheControl: "public, no-cache"]
        if request.headers[.ifNoneMatch].map({ EntityTag.matches(tag, in: $0) }) == true {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentType] = "application/json; charset=utf-8"
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: .init(string: text)))
    }

    private func rendered() -> (text: String, tag: String) {
        if let made = made.withLock({ $0 }) { return made }
        let text = document.text
        let new = (text: text, tag: EntityTag.of(text))
        made.withLock { $0 = new }
        return new
    }
}

/// What tells two versions of an answer apart.
enum EntityTag {
    static func of(_ text: String) -> String { of(digest: SHA256.hash(data: Data(text.utf8))) }

    static func of(bytes: [UInt8]) -> String { of(digest: SHA256.hash(data: bytes)) }

    /// Of bytes whose digest is known.
    static func of(digest: some Sequence<UInt8>) -> String {
        "\"" + digest.prefix(12).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() + "\""
    }

    /// Of what is known by its place, its length and its time: nobody has looked at the bytes.
    static func weak(_ text: String) -> String { "W/" + of(text) }

    /// Of something that is used without being changed: its own tag stands before a dot, that of all that is told of it
    /// behind.
    static func of(_ text: String, counted whole: String) -> String { "\(of(text).dropLast()).\(whole.dropFirst())" }

    /// Whether a list such as that of `If-Match` has the thing, however much it was used since.
    static func matchesUnchanged(_ tag: String, in list: String) -> Bool {
        if matches(tag, in: list) { return true }
        guard let dot = tag.firstIndex(of: ".") else { return false }
        return list.split(separator: ",").contains { entry in
            let plain = entry.trimmingPrefix { $0 == " " }.trimmingPrefix("W/")
            return plain.hasPrefix(tag[...dot])
        }
    }

    /// Whether a list such as that of `If-None-Match` has the tag, or all of them: `*`.
    static func matches(_ tag: String, in list: String) -> Bool {
        list.split(separator: ",").contains { entry in
            let text = entry.trimmingPrefix { $0 == " " }.reversed().drop { $0 == " " }.reversed()
            let plain = String(text)
            return plain == "*" || opaque(plain) == opaque(tag)
        }
    }

    /// It without the sign of a weak one.
    private static func opaque(_ tag: String) -> Substring { tag.trimmingPrefix("W/") }
}

extension Response {
    /// With what tells its version from others, where the one who asks may hold it against what they have.
    func tagged(_ tag: @autoclosure () -> String, _ context: WebContext) -> Response {
        guard context.isTagged else { return self }
        var response = self
        response.headers[.eTag] = tag()
        return response
    }
}
