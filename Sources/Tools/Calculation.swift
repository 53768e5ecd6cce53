import Engine
import Foundation

/// What is wrong with an expression; places count from 1.
struct CalculationError: Error, Equatable, CustomStringConvertible {
    let description: String
}

/// An arithmetic expression, computed while it is read.
struct Calculation {
    /// Parentheses within parentheses.
    private static let deepest = 100

    private let characters: [Character]
    private var place = 0
    private var depth = 0
    private var isRounded = false

    private init(_ expression: String) { characters = Array(expression) }

    /// The number as text; with "≈ " when its exact value has more digits. Throws `CalculationError`.
    static func result(of expression: String) throws -> String {
        var calculation = Calculation(expression)
        let value = try calculation.sum()
        calculation.skipSpaces()
        guard calculation.place == calculation.characters.count else { throw calculation.unexpected() }
        return (calculation.isRounded ? "≈ " : "") + value.description
    }
}

// MARK: - Reading

extension Calculation {
    private mutating func sum() throws -> Decimal {
        var value = try product()
        while let sign = take(["+", "-", "−"]) {
            let next = try product()
            value = try combine(value, next, sign == "+" ? NSDecimalAdd : NSDecimalSubtract)
        }
        return value
    }

    private mutating func product() throws -> Decimal {
        var value = try signed()
        while let sign = take(["*", "×", "·", "/", "÷", "%"]) {
            let next = try signed()
            switch sign {
            case "*", "×", "·": value = try combine(value, next, NSDecimalMultiply)
            case "/", "÷": value = try quotient(value, next)
            default: value = try remainder(value, next)
            }
        }
        return value
    }

    /// A sign binds less than a power: -2^2 is -4.
    private mutating func signed() throws -> Decimal {
        guard let sign = take(["-", "−", "+"]) else { return try power() }
        try enter()
        defer { depth -= 1 }
        let value = try signed()
        return sign == "+" ? value : -value
    }

    private mutating func power() throws -> Decimal {
        let base = try atom()
        guard take(["^"]) != nil || takeDoubleStar() else { return base }
        try enter()
        defer { depth -= 1 }
        return try raise(base, to: try signed())
    }

    private mutating func atom() throws -> Decimal {
        skipSpaces()
        guard place < characters.count else { throw CalculationError(description: "it ends too early") }
        let character = characters[place]
        if character == "(" {
            place += 1
            return try inParentheses { try $0.sum() }
        }
        if character.isASCII, character.isNumber || character == "." { return try number() }
        if character.isASCII, character.isLetter { return try function() }
        throw unexpected()
    }

    private mutating func number() throws -> Decimal {
        let start = place
        while place < characters.count, characters[place].isASCII, isPartOfNumber(at: place, from: start) { place += 1 }
        let text = String(characters[start..<place]).replacing("_", with: "")
        guard text.filter({ $0 == "." }).count <= 1, text != ".", !text.hasSuffix("e"), !text.hasSuffix("E"),
            let value = Decimal(string: text, locale: Locale(identifier: "en_US_POSIX"))
        else { throw CalculationError(description: "\"\(text)\" at \(start + 1) is not a number") }
        let digits = text.prefix { $0 != "e" && $0 != "E" }.filter(\.isNumber).drop { $0 == "0" }
        if digits.count > 38 { isRounded = true }
        return value
    }

    private func isPartOfNumber(at place: Int, from start: Int) -> Bool {
        let character = characters[place]
        if character.isNumber || character == "." || character == "_" { return true }
        if character == "e" || character == "E" {
            return !characters[start..<place].contains { $0 == "e" || $0 == "E" }
        }
        return (character == "-" || character == "+") && place > start && "eE".contains(characters[place - 1])
    }

    private mutating func function() throws -> Decimal {
        let start = place
        while place < characters.count, characters[place].isASCII, characters[place].isLetter { place += 1 }
        let name = String(characters[start..<place]).lowercased()
        if name == "pi" { return approximate(.pi) }
        guard take(["("]) != nil else {
            throw CalculationError(description: "\"\(name)\" at \(start + 1) is not known")
        }
        let arguments = try inParentheses { calculation in
            var values = [try calculation.sum()]
            while calculation.take([","]) != nil { values.append(try calculation.sum()) }
            return values
        }
        guard let value = try call(name, arguments) else {
            throw CalculationError(
                description:
                    "\(name)() with \(arguments.count) values is not known; there are abs, round, floor, ceil, "
                    + "sqrt, min, max and sum"
            )
        }
        return value
    }

    private mutating func inParentheses<Value>(_ body: (inout Calculation) throws -> Value) throws -> Value {
        try enter()
        defer { depth -= 1 }
        let value = try body(&self)
        guard take([")"]) != nil else { throw unexpected() }
        return value
    }

    private mutating func enter() throws {
        depth += 1
        guard depth <= Self.deepest else { throw CalculationError(description: "it is nested too deeply") }
    }

    private mutating func skipSpaces() {
        while place < characters.count, characters[place].isWhitespace { place += 1 }
    }

    private mutating func take(_ wanted: [Character]) -> Character? {
        skipSpaces()
        guard place < characters.count, wanted.contains(characters[place]) else { return nil }
        // Two stars are a power.
        if characters[place] == "*", place + 1 < characters.count, characters[place + 1] == "*" { return nil }
        defer { place += 1 }
        return characters[place]
    }

    private mutating func takeDoubleStar() -> Bool {
        guard place + 1 < characters.count, characters[place] == "*", characters[place + 1] == "*" else { return false }
        place += 2
        return true
    }

    private func unexpected() -> CalculationError {
        guard place < characters.count else { return CalculationError(description: "it ends too early") }
        return CalculationError(description: "\"\(characters[place])\" at \(place + 1) is not expected there")
    }
}

// MARK: - Computing

extension Calculation {
    private typealias Operation = (
        UnsafeMutablePointer<Decimal>, UnsafePointer<Decimal>, UnsafePointer<Decimal>, NSDecimalNumber.RoundingMode
    ) -> NSDecimalNumber.CalculationError

    private mutating func combine(_ left: Decimal, _ right: Decimal, _ operation: Operation) throws -> Decimal {
        var (left, right, result) = (left, right, Decimal())
        switch operation(&result, &left, &right, .bankers) {
        case .noError: return result
        case .lossOfPrecision:
            isRounded = true
            return result
        case .overflow: throw CalculationError(description: "a number became too large")
        case .underflow: throw CalculationError(description: "a number became too small")
        case .divideByZero: throw CalculationError(description: "division by zero")
        @unknown default: throw CalculationError(description: "it cannot be represented")
        }
    }

    private mutating func quotient(_ left: Decimal, _ right: Decimal) throws -> Decimal {
        guard right != 0 else { throw CalculationError(description: "division by zero") }
        let result = try combine(left, right, NSDecimalDivide)
        // Foundation does not say when it cuts a quotient off.
        let wasRounded = isRounded
        if try combine(result, right, NSDecimalMultiply) != left || isRounded != wasRounded { isRounded = true }
        return result
    }

    /// With the sign of the dividend.
    private mutating func remainder(_ left: Decimal, _ right: Decimal) throws -> Decimal {
        let wasRounded = isRounded
        let whole = try quotient(left, right).rounded(places: 0, left.sign == right.sign ? .down : .up)
        // That the quotient is cut off does not matter for the rest.
        isRounded = wasRounded
        return try combine(left, try combine(whole, right, NSDecimalMultiply), NSDecimalSubtract)
    }

    private mutating func raise(_ base: Decimal, to exponent: Decimal) throws -> Decimal {
        if exponent == Decimal(string: "0.5") { return try squareRoot(base) }
        guard exponent.isInteger, abs(exponent) <= 10_000 else {
            throw CalculationError(description: "an exponent must be an integer of at most 10000, or 0.5")
        }
        var rest = NSDecimalNumber(decimal: abs(exponent)).intValue
        var (result, square) = (Decimal(1), base)
        while rest > 0 {
            if rest % 2 == 1 { result = try combine(result, square, NSDecimalMultiply) }
            rest /= 2
            if rest > 0 { square = try combine(square, square, NSDecimalMultiply) }
        }
        return exponent < 0 ? try quotient(1, result) : result
    }

    private mutating func squareRoot(_ value: Decimal) throws -> Decimal {
        guard value >= 0 else { throw CalculationError(description: "the square root of a negative number") }
        guard value > 0 else { return 0 }
        let wasRounded = isRounded
        var root = Decimal(NSDecimalNumber(decimal: value).doubleValue.squareRoot())
        // Newton's steps double the digits of the first guess, which has fifteen.
        for _ in 0..<4 {
            root = try combine(try combine(root, try quotient(value, root), NSDecimalAdd), 2, NSDecimalDivide)
        }
        let short = root.rounded(places: max(0, 30 - root.integerDigits), .bankers)
        isRounded = wasRounded
        if try combine(short, short, NSDecimalMultiply) == value, isRounded == wasRounded { return short }
        isRounded = true
        return short
    }

    private mutating func approximate(_ value: Decimal) -> Decimal {
        isRounded = true
        return value
    }

    /// nil when there is no such function of so many values.
    private mutating func call(_ name: String, _ values: [Decimal]) throws -> Decimal? {
        switch (name, values.count) {
        case ("abs", 1): return abs(values[0])
        case ("sqrt", 1): return try squareRoot(values[0])
        case ("floor", 1): return values[0].rounded(places: 0, .down)
        case ("ceil", 1): return values[0].rounded(places: 0, .up)
        case ("round", 1): return values[0].rounded(places: 0, .plain)
        case ("round", 2):
            guard values[1].isInteger, abs(values[1]) <= 38 else {
                throw CalculationError(description: "round() takes 0 to 38 places")
            }
            return values[0].rounded(places: NSDecimalNumber(decimal: values[1]).intValue, .plain)
        case ("min", 1...): return values.min()
        case ("max", 1...): return values.max()
        case ("sum", 1...): return try values.reduce(0) { try combine($0, $1, NSDecimalAdd) }
        default: return nil
        }
    }
}

extension Decimal {
    fileprivate func rounded(places: Int, _ mode: NSDecimalNumber.RoundingMode) -> Decimal {
        var (value, result) = (self, Decimal())
        NSDecimalRound(&result, &value, places, mode)
        return result
    }

    /// Digits before the point.
    fileprivate var integerDigits: Int { rounded(places: 0, .down).description.filter(\.isNumber).count }
}
