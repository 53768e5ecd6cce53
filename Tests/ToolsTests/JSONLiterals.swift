import Engine
import Foundation

/// JSON as tests write it.
extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral
{
    package init(stringLiteral text: String) { self = .string(text) }
    package init(integerLiteral number: Int) { self = .number(Decimal(number)) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
}
