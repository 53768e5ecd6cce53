import Engine
import Fetch
import Foundation

/// A request with places in it: `{"method", "url", "headers", "body", "answer"}`. Whom it goes to stands in the template; a call
/// decides neither host nor path, only what stands at a place.
struct HTTPTemplate: Sendable {
    private let method: String
    private let origin: String
    private let path: TextTemplate
    private let query: [TextTemplate]
    private let headers: [(name: String, value: TextTemplate)]
    private let body: JSONTemplate?
    /// Whether the body's values are escaped as a form's.
    private let isForm: Bool
    private var secretCount = 0
    let answer: JSONPath?

    private static let methods = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]
    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
    )

    /// Throws `ToolFailure` with what is wrong.
    init(_ definition: JSONValue) throws {
        method = definition["method"]?.string ?? "GET"
        guard Self.methods.contains(method) else {
            throw ToolFailure("The method is one of \(Self.methods.joined(separator: ", ")).")
        }
        let url = (definition["url"]?.string ?? "").trimmingCharacters(in: .whitespaces)
        let (origin, path, query) = try Self.split(url)
        self.origin = origin
        self.path = try TextTemplate(path)
        self.query = try query.map(TextTemplate.init)
        headers = try (definition["headers"]?.object ?? [:]).sorted { $0.key < $1.key }.map { name, value in
            guard let text = value.string else { throw ToolFailure("The header \(name) must be text.") }
            return (name, try TextTemplate(text))
        }
        let type = definition["headers"]?.object?.first { $0.key.lowercased() == "content-type" }?.value.string
        isForm = type?.lowercased().hasPrefix("application/x-www-form-urlencoded") == true
        body = try definition["body"].flatMap { $0 == .null || $0 == .string("") ? nil : try JSONTemplate($0) }
        answer = try definition["answer"]?.string.flatMap { $0.isEmpty ? nil : try JSONPath($0) }
        // What can be seen of it without a call is checked now.
        let empty = try rendered(TemplateValues(input: .object([:]), parameters: .object([:])))
        _ = try APIRequest(empty)
        secretCount = empty.text.ranges(of: "{{secret:").count
    }

    /// All that it wants of a call.
    var places: Set<TextTemplate.Place> {
        (query + headers.map(\.value)).reduce(path.places.union(body?.places ?? [])) { $0.union($1.places) }
    }

    /// As `APIRequest` reads it. Throws `ToolFailure` when a value cannot stand at its place.
    func request(_ values: TemplateValues) throws -> JSONValue {
        let request = try rendered(values)
        // Only the template names secrets, also where two values together would.
        guard request.text.ranges(of: "{{secret:").count <= secretCount else {
            throw ToolFailure("An input must not name a secret.")
        }
        return request
    }

    private func rendered(_ values: TemplateValues) throws -> JSONValue {
        var fields: [String: JSONValue] = ["method": .string(method), "url": .string(try url(values))]
        fields["headers"] = .object(
            try Dictionary(
                uniqueKeysWithValues: headers.map { name, value in
                    let text = value.filled(values)
                    guard !text.unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\t" }) else {
                        throw ToolFailure("The header \(name) would have more than one line.")
                    }
                    return (name, .string(text))
                }
            )
        )
        fields["body"] = body?.filled(values) { isForm ? Self.escaped($0) : $0 }
        return .object(fields)
    }

    private func url(_ values: TemplateValues) throws -> String {
        let path = path.filled(values, Self.escaped)
        for segment in path.split(separator: "/") where [".", ".."].contains(segment.removingPercentEncoding) {
            throw ToolFailure("\(segment) cannot stand in a path.")
        }
        // A field whose only value was left out is left out too.
        let items = query.filter { !$0.isEmptyField(values) }.map { $0.filled(values, Self.escaped) }
        return origin + path + (items.isEmpty ? "" : "?" + items.joined(separator: "&"))
    }

    private static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    /// Scheme and host, path, fields of the query.
    private static func split(_ url: String) throws -> (origin: String, path: String, query: [String]) {
        guard let scheme = url.range(of: "://"), ["http", "https"].contains(url[..<scheme.lowerBound].lowercased())
        else { throw ToolFailure("The address begins with https:// or http://.") }
        let end = url[scheme.upperBound...].firstIndex { "/?#".contains($0) } ?? url.endIndex
        let origin = String(url[..<end])
        guard !origin.contains("{") else {
            throw ToolFailure("The host stands in the address as it is, without places.")
        }
        guard !url.contains("#") else { throw ToolFailure("The address has no part after #.") }
        let parts = url[end...].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let query = parts.count > 1 ? parts[1].split(separator: "&").map(String.init) : []
        return (origin, parts.first.map { $0.isEmpty ? "/" : String($0) } ?? "/", query)
    }
}

extension TextTemplate {
    /// `name={{input.x}}` of an x that was left out.
    fileprivate func isEmptyField(_ values: TemplateValues) -> Bool {
        guard parts.count == 2, case .text(let name) = parts[0], name.hasSuffix("="), case .place(let place) = parts[1]
        else { return false }
        return values.value(place) == nil
    }
}

/// A JSON value with places in its texts. A text that is one place becomes the value itself, whatever it is; a member whose value
/// was left out is left out too.
indirect enum JSONTemplate: Sendable {
    case text(TextTemplate)
    case array([JSONTemplate])
    case object([String: JSONTemplate])
    case fixed(JSONValue)

    init(_ value: JSONValue) throws {
        switch value {
        case .string(let text): self = .text(try TextTemplate(text))
        case .array(let items): self = .array(try items.map(JSONTemplate.init))
        case .object(let members): self = .object(try members.mapValues(JSONTemplate.init))
        default: self = .fixed(value)
        }
    }

    var places: Set<TextTemplate.Place> {
        switch self {
        case .text(let text): text.places
        case .array(let items): items.reduce(into: []) { $0.formUnion($1.places) }
        case .object(let members): members.values.reduce(into: []) { $0.formUnion($1.places) }
        case .fixed: []
        }
    }

    /// `encode`: of what stands in a body that is one text.
    func filled(_ values: TemplateValues, _ encode: (String) -> String) -> JSONValue {
        if case .text(let text) = self { return .string(text.filled(values, encode)) }
        return filled(values) ?? .null
    }

    private func filled(_ values: TemplateValues) -> JSONValue? {
        switch self {
        case .text(let text): text.onlyPlace.map(values.value) ?? .string(text.filled(values))
        case .array(let items): .array(items.map { $0.filled(values) ?? .null })
        case .object(let members): .object(members.compactMapValues { $0.filled(values) })
        case .fixed(let value): value
        }
    }
}
