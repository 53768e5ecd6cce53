import Foundation
import Postgres
import Testing

@Suite struct ValueTests {
    @Test func scalarsComeBackAsTheyWent() async throws {
        try await withDatabase { database async throws in
            let id = UUID()
            let row = try #require(
                try await database.query(
                    """
                    select \("汉字 ' \" \\ $1")::text as text, \(Int64.min)::bigint as lowest, \(Int.max)::bigint as highest,
                        \(0.1)::float8 as double, \(Double.infinity)::float8 as infinite, \(true)::boolean as yes,
                        \(id)::uuid as id, \([0, 1, 255] as [UInt8])::bytea as bytes, \(JSONText(#"{"a":[1]}"#))::jsonb as json,
                        \(Decimal(string: "12345678901234567890.123"))::numeric as decimal, \(nil as Int?)::int as nothing
                    """
                ).first
            )
            #expect(try row.get("text") == "汉字 ' \" \\ $1")
            #expect(try row.get("lowest") == Int64.min)
            #expect(try row.get("highest") == Int.max)
            #expect(try row.get("double") == 0.1)
            #expect(try row.get("infinite") == Double.infinity)
            #expect(try row.get("yes") == true)
            #expect(try row.get("id") == id)
            #expect(try row.get("bytes") == [0, 1, 255] as [UInt8])
            #expect(try row.get("json", as: JSONText.self).text == #"{"a": [1]}"#)
            #expect(try row.get("decimal") == Decimal(string: "12345678901234567890.123"))
            #expect(try row.get("nothing", as: Int?.self) == nil)
            #expect(try row.get(5, as: Bool?.self) == true)
        }
    }

    @Test(arguments: [
        "2025-06-24 10:00:00.123456", "1969-12-31 23:59:59.999999", "0001-01-01 00:00:00", "2000-02-29 12:00:00",
        "9999-12-31 23:59:59", "12345-06-07 08:09:10", "1999-12-31 23:59:59.5",
    ])
    func timesComeBackAsTheyWent(text: String) async throws {
        try await withDatabase { database in
            let first = try await database.query("select \(unescaped: "'\(text)+00'::timestamptz") as time").first
            let time: Date = try #require(try first?.get("time"))
            let second = try await database.query(
                "select \(time)::timestamptz = \(text)::timestamptz as same, \(time)::timestamptz as time"
            ).first
            #expect(try second?.get("same") == true)
            #expect(try second?.get("time") == time)
        }
    }

    @Test func timesOfAllKinds() async throws {
        try await withDatabase { database in
            let row = try #require(
                try await database.query(
                    """
                    select date '1970-01-02' as day, timestamptz 'infinity' as never, timestamp '1970-01-01 00:01' as local,
                        timestamptz '0044-03-15 12:00:00 BC' as ides, \(Date.distantPast)::timestamptz::text as past,
                        timezone('+05:30', now())::timestamp is not null as ok, \(Date(timeIntervalSince1970: -62198755200))::timestamptz as old
                    """
                ).first
            )
            #expect(try row.get("day") == Date(timeIntervalSince1970: 86_400))
            #expect(try row.get("never", as: Date.self).timeIntervalSince1970 == .infinity)
            #expect(try row.get("local") == Date(timeIntervalSince1970: 60))
            #expect(try row.get("ides") == Date(timeIntervalSince1970: -63_517_780_800))
            #expect(try row.get("past") == "0001-12-30 00:00:00+00 BC")
            #expect(try row.get("old") == Date(timeIntervalSince1970: -62_198_755_200))
        }
    }

    @Test func arraysComeBackAsTheyWent() async throws {
        let texts = ["", "NULL", "null", "a,b", "{}", "\"", "\\", "\\\"", " x ", "汉\n字", "'", "\u{1}\t", "$1"]
        let ids = [UUID(), UUID()]
        try await withDatabase { database in
            let row = try #require(
                try await database.query(
                    """
                    select \(texts)::text[] as texts, cardinality(\(texts)::text[]) as count, \(ids)::uuid[] as ids,
                        \([1, -2, .max] as [Int64])::bigint[] as numbers, \(["a", nil] as [String?])::text[] as holes,
                        \([[1, 2], []] as [[UInt8]])::bytea[] as bytes, \([true, false])::boolean[] as flags,
                        \([] as [String])::text[] as none, \([JSONText(#"{"a":"\""}"#)])::jsonb[] as documents,
                        \([[1, 2], [3, 4]])::int[] as matrix, '[0:1]={7,8}'::int[] as shifted
                    """
                ).first
            )
            #expect(try row.get("texts") == texts)
            #expect(try row.get("count") == texts.count)
            #expect(try row.get("ids") == ids)
            #expect(try row.get("numbers") == [1, -2, .max] as [Int64])
            #expect(try row.get("holes") == ["a", nil] as [String?])
            #expect(try row.get("bytes") == [[1, 2], []] as [[UInt8]])
            #expect(try row.get("flags") == [true, false])
            #expect(try row.get("none") == [] as [String])
            #expect(try row.get("documents", as: [JSONText].self).first?.text == #"{"a": "\""}"#)
            #expect(try row.get("matrix", as: String.self) == "{{1,2},{3,4}}")
            #expect(try row.get("shifted") == [7, 8])
        }
    }

    @Test func wrongReadsAreErrors() async throws {
        try await withDatabase { database in
            let row = try #require(
                try await database.query("select null::int as nothing, 'x' as text, 300 as big").first
            )
            #expect(throws: DatabaseError.self) { try row.get("nothing", as: Int.self) }
            #expect(throws: DatabaseError.self) { try row.get("text", as: Int.self) }
            #expect(throws: DatabaseError.self) { try row.get("text", as: UUID?.self) }
            #expect(throws: DatabaseError.self) { try row.get("big", as: Bool.self) }
            #expect(throws: DatabaseError.self) { try row.get("absent", as: Int?.self) }
            #expect(throws: DatabaseError.self) { try row.get(9, as: Int?.self) }
        }
    }

    @Test func enumerationsAreTheirRawValues() async throws {
        enum Colour: String, Bindable, ColumnValue { case red, green }
        try await withDatabase { database in
            let rows = try await database.query("select \(Colour.red)::text as one, \([Colour.green])::text[] as many")
            #expect(try rows.first?.get("one") == Colour.red)
            #expect(try rows.first?.get("many") == [Colour.green])
        }
    }
}
