import Engine
import Foundation
import Hummingbird
import Logging
import Storage

/// A parameter of a query as the reference shows it.
struct QueryField: Sendable {
    let name: String
    let schema: Schema

    static let page = [
        QueryField(name: "page", schema: .integer(1...1_000_000).about("Which page, from 1.")),
        QueryField(name: "per_page", schema: .integer(1...100).about("How many there are on a page.")),
    ]
}

/// A parameter of a query: what it is called, what it may be, and how it is read.
struct QueryParameter<Value: Sendable>: Sendable {
    let field: QueryField
    fileprivate let read: @Sendable (QueryReader) throws(WebError) -> Value?

    private init(
        _ name: String,
        _ schema: Schema,
        _ about: String,
        _ read: @escaping @Sendable (QueryReader) throws(WebError) -> Value?
    ) {
        field = QueryField(name: name, schema: schema.about(about))
        self.read = read
    }
}

extension QueryParameter<String> {
    static func text(_ name: String, _ about: String, _ schema: Schema = .text) -> Self {
        Self(name, schema, about) { query throws(WebError) in query.text(name) }
    }
}

extension QueryParameter<Bool> {
    static func flag(_ name: String, _ about: String) -> Self {
        Self(name, .boolean, about) { query throws(WebError) in try query.flag(name) }
    }
}

extension QueryParameter<UUID> {
    static func identifier(_ name: String, _ about: String) -> Self {
        Self(name, .uuid, about) { query throws(WebError) in try query.identifier(name) }
    }
}

extension QueryParameter<Int> {
    static func number(_ name: String, in range: ClosedRange<Int>, _ about: String) -> Self {
        Self(name, .integer(range), about) { query throws(WebError) in try query.number(name, in: range) }
    }
}

extension QueryParameter where Value: CaseIterable & RawRepresentable<String> {
    static func choice(_ name: String, _ about: String) -> Self {
        Self(name, .choice(Value.self), about) { query throws(WebError) in
            guard let text = query.text(name) else { return nil }
            guard let value = Value(rawValue: text) else {
                throw .invalid(name, "Use one of \(Value.allCases.map(\.rawValue).joined(separator: ", ")).")
            }
            return value
        }
    }
}

extension WebContext {
    /// What the query says of a parameter that the endpoint has declared; nil when it says nothing. One that the endpoint has
    /// not declared is our mistake, which no caller can mend.
    func query<Value>(_ parameter: QueryParameter<Value>, of request: Request) throws(WebError) -> Value? {
        try declared(parameter.field.name)
        let reader = QueryReader(request)
        try reader.check(parameter.field.name, mayBeEmpty: parameter.field.schema.mayBeEmpty)
        return try parameter.read(reader)
    }

    /// The page that the query asks for.
    func page(of request: Request, defaultSize: Int = 20) throws(WebError) -> Page {
        try declared("page")
        let reader = QueryReader(request)
        for field in QueryField.page { try reader.check(field.name) }
        return try reader.page(defaultSize: defaultSize)
    }

    private func declared(_ name: String) throws(WebError) {
        guard queryNames.contains(name) else {
            logger.critical("A query parameter is read that no endpoint declares", metadata: ["name": "\(name)"])
            throw WebError(.internalError, "Something failed on the server.")
        }
    }
}

extension QueryReader {
    /// That each of them stands once, and is not empty where that says nothing.
    func check(_ fields: [QueryField]) throws(WebError) {
        for field in fields { try check(field.name, mayBeEmpty: field.schema.mayBeEmpty) }
    }
}

extension Schema {
    /// Whether an empty text is one of its values.
    fileprivate var mayBeEmpty: Bool {
        if case .text(nil, let values, let length) = kind {
            values.isEmpty && length?.lowerBound ?? 0 == 0
        } else {
            false
        }
    }
}
