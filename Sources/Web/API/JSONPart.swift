import Foundation
import Hummingbird
import NIOCore

/// JSON objects whose fields are the caller's own: checked to be objects, otherwise kept as they are.
enum JSONPart {
    /// The body itself.
    static func object(of body: ByteBuffer) throws(WebError) -> String {
        let data = Data(body.readableBytesView)
        guard let value = try? JSONSerialization.jsonObject(with: data), value is [String: Any] else {
            throw WebError(.badRequest, "The body must be a JSON object.")
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// The field `name` of the body; nil when it is missing or null.
    static func object(_ name: String, of body: ByteBuffer) throws(WebError) -> String? {
        try change(of: name, in: body) ?? nil
    }

    /// The field `name` of the body; nil when it is missing, `.some(nil)` when it is null.
    static func change(of name: String, in body: ByteBuffer) throws(WebError) -> String?? {
        let data = Data(body.readableBytesView)
        guard let fields = try? JSONSerialization.jsonObject(with: data) as? [String: Any], let value = fields[name]
        else { return nil }
        if value is NSNull { return .some(nil) }
        guard value is [String: Any], let json = try? JSONSerialization.data(withJSONObject: value) else {
            throw .invalid(name, "This field must be an object.")
        }
        return String(decoding: json, as: UTF8.self)
    }

    /// A stored object as the data of an answer.
    static func fields(of json: String) -> JSONObject {
        guard let fields = try? JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any] else {
            return JSONObject()
        }
        return JSONObject {
            for name in fields.keys.sorted() { $0.raw(name, text(fields[name] ?? NSNull())) }
        }
    }

    private static func text(_ value: Any) -> String? {
        (try? JSONSerialization.data(withJSONObject: value, options: [.fragmentsAllowed, .sortedKeys]))
            .map { String(decoding: $0, as: UTF8.self) }
    }
}
