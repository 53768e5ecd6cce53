/// A statement with its values apart from its text: `"select … where id = \(id)"` binds, `\(unescaped:)` pastes.
package struct Query: Sendable {
    /// The text as the server sees it, with `$1`, `$2`, … where values stand.
    package private(set) var sql: String
    private(set) var parameters = Parameters()

    /// Text that is taken as it is. Never give it anything that came from outside.
    package init(unescaped sql: String) { self.sql = sql }

    /// Puts another query behind this one; its values are numbered on from ours.
    package mutating func append(_ other: Query) {
        var rest = other.sql.utf8[...]
        for (index, entry) in other.parameters.entries.enumerated() {
            let text = rest.prefix(upTo: other.sql.utf8.index(other.sql.utf8.startIndex, offsetBy: entry.placeholder))
            sql += Substring(text)
            rest = rest.dropFirst(text.count + Self.placeholder(index + 1).utf8.count)
            parameters.append(index, of: other.parameters, placeholder: sql.utf8.count)
            sql += Self.placeholder(parameters.entries.count)
        }
        sql += Substring(rest)
    }

    fileprivate mutating func append(unescaped text: String) { sql += text }

    fileprivate mutating func bind(_ value: borrowing some Bindable) {
        parameters.append(value, placeholder: sql.utf8.count)
        sql += Self.placeholder(parameters.entries.count)
    }

    private static func placeholder(_ number: Int) -> String { "$\(number)" }
}

extension Query: ExpressibleByStringInterpolation {
    package init(stringLiteral sql: String) { self.init(unescaped: sql) }

    package init(stringInterpolation: StringInterpolation) { self = stringInterpolation.query }

    /// Builds the text and the values of a query side by side.
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var query: Query

        package init(literalCapacity: Int, interpolationCount: Int) {
            var sql = ""
            sql.reserveCapacity(literalCapacity + interpolationCount * 3)
            query = Query(unescaped: sql)
        }

        package mutating func appendLiteral(_ literal: String) { query.append(unescaped: literal) }

        /// A value: it becomes `$n`.
        package mutating func appendInterpolation(_ value: some Bindable) { query.bind(value) }

        /// A value or null.
        package mutating func appendInterpolation<Value: Bindable>(_ value: Value?) { query.bind(value) }

        /// A part of a query with values of its own.
        package mutating func appendInterpolation(_ other: Query) { query.append(other) }

        /// Text that is pasted as it is. Never give it anything that came from outside.
        package mutating func appendInterpolation(unescaped text: String) { query.append(unescaped: text) }
    }
}

extension Sequence<Query> {
    /// One query of many parts, as for conditions that are chosen at run time.
    package func joined(by separator: Query) -> Query {
        var whole: Query = ""
        for (index, part) in enumerated() {
            if index > 0 { whole.append(separator) }
            whole.append(part)
        }
        return whole
    }
}
