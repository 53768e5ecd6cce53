import Foundation
import Postgres
import Testing

@Suite struct LargeValueTests {
    @Test func tenMegabytesBothWays() async throws {
        let text = String(repeating: "0123456789abcde汉", count: 600_000)
        try await withDatabase { database in
            let rows = try await database.query("select \(text)::text as text")
            #expect(try rows.first?.get("text") == text)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func bothSidesSendAtOnce() async throws {
        let text = String(repeating: "x", count: 4_000_000)
        try await withDatabase { database in
            // Every answer is larger than all buffers on the way, while we still send.
            let queries = (0..<8).map { number -> Query in
                "select repeat('y', 4000000) as large, length(\(text)::text) as length, \(number)::int as number"
            }
            let answers = try await database.batch(queries)
            #expect(try answers.map { try $0[0].get("length", as: Int.self) } == Array(repeating: 4_000_000, count: 8))
            #expect(try answers.map { try $0[0].get("number", as: Int.self) } == Array(0..<8))
        }
    }

    @Test func manyRowsAndManyStatements() async throws {
        try await withDatabase(maximumConnections: 1) { database in
            let rows = try await database.query("select n, n::text as text from generate_series(1, 100000) as n")
            #expect(rows.count == 100_000)
            #expect(try rows[99_999].get("text") == "100000")
            let answers = try await database.batch((0..<1000).map { "select \($0)::int as n" })
            #expect(try answers.map { try $0[0].get("n", as: Int.self) } == Array(0..<1000))
        }
    }
}
