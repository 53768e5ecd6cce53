import Engine
import Testing

@testable import Tools

@Suite struct CalculatorTests {
    @Test(arguments: [
        ("0.1 + 0.2", "0.3"),
        ("1 - 0.9", "0.1"),
        ("2 + 3 * 4", "14"),
        ("(2 + 3) * 4", "20"),
        ("-2^2", "-4"),
        ("(-2)^2", "4"),
        ("2^3^2", "512"),
        ("2**10", "1024"),
        ("2^-2", "0.25"),
        ("10 % 3", "1"),
        ("-7 % 3", "-1"),
        ("7.5 % 2", "1.5"),
        ("1/4", "0.25"),
        ("19.99 * 3", "59.97"),
        ("1e3 + 1", "1001"),
        ("1_000 * 2", "2000"),
        (" - ( 3 ) ", "-3"),
        ("3 × 4 ÷ 2 − 1", "5"),
        ("abs(-5) + floor(-1.5) + ceil(1.2)", "5"),
        ("round(2.345, 2)", "2.35"),
        ("min(3, 1, 2) + max(3, 1, 2) + sum(1, 2, 3)", "10"),
        ("sqrt(144)", "12"),
        ("sqrt(0.01)", "0.1"),
        ("99999999999999999999 * 99999999999999999", "9999999999999999899900000000000000001"),
    ])
    func exactly(expression: String, result: String) throws {
        #expect(try Calculation.result(of: expression) == result)
    }

    @Test(arguments: ["1/3", "2/7", "sqrt(2)", "10^60 + 1", "pi"])
    func whatIsRoundedSaysSo(expression: String) throws {
        #expect(try Calculation.result(of: expression).hasPrefix("≈ "))
    }

    @Test func aThirdHasAllItsDigits() throws {
        #expect(try Calculation.result(of: "1/3").hasPrefix("≈ 0.333333333333333333333333333333"))
        #expect(try Calculation.result(of: "sqrt(2)").hasPrefix("≈ 1.41421356237309504880168872"))
    }

    @Test(arguments: [
        ("1/0", "division by zero"),
        ("1 % 0", "division by zero"),
        ("2 +", "it ends too early"),
        ("(1", "it ends too early"),
        ("1)", "\")\" at 2 is not expected there"),
        ("2 $ 3", "\"$\" at 3 is not expected there"),
        ("foo(1)", "foo() with 1 values is not known; there are abs, round, floor, ceil, sqrt, min, max and sum"),
        ("x + 1", "\"x\" at 1 is not known"),
        ("1.2.3", "\"1.2.3\" at 1 is not a number"),
        ("sqrt(-1)", "the square root of a negative number"),
        ("2^1.5", "an exponent must be an integer of at most 10000, or 0.5"),
        ("10^10000", "a number became too large"),
    ])
    func mistakesAreSaid(expression: String, reason: String) {
        #expect(throws: CalculationError(description: reason)) { try Calculation.result(of: expression) }
    }

    @Test func depthHasAnEnd() {
        let deep = String(repeating: "(", count: 100_000)
        #expect(throws: CalculationError(description: "it is nested too deeply")) { try Calculation.result(of: deep) }
        let signs = String(repeating: "-", count: 100_000)
        #expect(throws: CalculationError(description: "it is nested too deeply")) { try Calculation.result(of: signs) }
    }
}
