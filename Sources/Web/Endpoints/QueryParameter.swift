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

    init(
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

    /// What people type: nil for nothing but blanks.
    static func typed(_ name: String, _ about: String) -> Self {
        Self(name, .text, about) { query throws(WebError) in query.typed(name) }
    }
}

extension QueryParameter<Date> {
    /// A day's beginning.
    static func day(_ name: String, _ about: String) -> Self {
        Self(name, .day, about) { query throws(WebError) in try query.day(name) }
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
    static func choice(_ name: String, _ about: String, among values: [Value] = Array(Value.allCases)) -> Self {
        let names = values.map(\.rawValue)
        return Self(name, .choice(names), about) { query throws(WebError) in
            guard let text = query.text(name) else { return nil }
            guard names.contains(text), let value = Value(rawValue: text) else {
                throw .invalid(name, "Use one of \(names.joined(separator: ", ")).")
            }
            return value
        }
    }
}

extension WebContext {
    /// The query, of which nothing is read but what the endpoint has declared.
    func query(of request: Request) -> QueryReader {
        var reader = QueryReader(request)
        reader.declared = DeclaredQuery(names: queryNames, logger: logger)
        return reader
    }

    /// What the query says of a parameter that the endpoint has declared; nil when it says nothing.
    func query<Value>(_ parameter: QueryParameter<Value>, of request: Request) throws(WebError) -> Value? {
        try query(of: request).value(parameter)
    }

    /// The page that the query asks for.
    func page(of request: Request, defaultSize: Int = 20) throws(WebError) -> Page {
        let reader = query(of: request)
        for field in QueryField.page { try reader.expect(field) }
        return try reader.page(defaultSize: defaultSize)
    }
}

/// The parameters that an endpoint has declared. One that it reads besides is our mistake, which no caller can mend.
struct DeclaredQuery: Sendable {
    let names: Set<String>
    let logger: Logger

    func has(_ name: String) -> Bool {
        if names.contains(name) { return true }
        logger.critical("A query parameter is read that no endpoint declares", metadata: ["name": "\(name)"])
        return false
    }
}

extension QueryReader {
    /// What it says of a parameter; nil when it says nothing. Pages, which declare none, take what they get.
    func value<Value>(_ parameter: QueryParameter<Value>) throws(WebError) -> Value? {
        try expect(parameter.field)
        return try parameter.read(self)
    }

    /// That it is declared, stands once, and is not empty where that says nothing.
    fileprivate func expect(_ field: QueryField) throws(WebError) {
        guard let declared else { return }
        guard declared.has(field.name) else { throw WebError(.internalError, "Something failed on the server.") }
        try check(field.name, mayBeEmpty: field.schema.mayBeEmpty)
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
