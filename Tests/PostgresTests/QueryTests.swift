import Foundation
import Testing

@testable import Postgres

@Suite struct QueryTests {
    @Test func valuesBecomeNumbers() {
        let query: Query = "select * from a where b = \(1) and c = \("x'; drop table a") and \(unescaped: "d is null")"
        #expect(query.sql == "select * from a where b = $1 and c = $2 and d is null")
        #expect(query.parameters.texts == ["1", "x'; drop table a"])
    }

    @Test func appendedQueriesAreNumberedOn() {
        var query: Query = "select \(1), \("$1 é")"
        query.append(", \("two"), '$9', \(nil as String?), \(3)")
        query.append(" limit \(4)")
        #expect(query.sql == "select $1, $2, $3, '$9', $4, $5 limit $6")
        #expect(query.parameters.texts == ["1", "$1 é", "two", nil, "3", "4"])
    }

    @Test func manyValues() {
        let list = (1...12).map { number -> Query in "(\(number), \("v\(number)"))" }
        var query: Query = "insert into t values "
        query.append(list.joined(by: ", "))
        #expect(query.sql.hasSuffix("($21, $22), ($23, $24)"))
        #expect(query.parameters.texts.last == "v12")
    }

    @Test func conditionsAreJoined() {
        let conditions: [Query] = ["a = \(1)", "b is null", "c = \(true)"]
        let query: Query = "select from t where \(conditions.joined(by: " and ")) limit \(5)"
        #expect(query.sql == "select from t where a = $1 and b is null and c = $2 limit $3")
        #expect(query.parameters.texts == ["1", "t", "5"])
    }

    @Test func arraysAreLiterals() {
        let query: Query =
            "\(["a\"b", "c\\d", "", "NULL", "{,}", "汉 字"]) \([1, -2]) \([nil, "x"] as [String?]) \([] as [UUID])"
        #expect(
            query.parameters.texts == [#"{"a\"b","c\\d","","NULL","{,}","汉 字"}"#, "{1,-2}", #"{NULL,"x"}"#, "{}"]
        )
    }

    @Test func bytesAreNotNumbers() {
        let query: Query = "\([0, 255, 16] as [UInt8]) \([[1], []] as [[UInt8]]) \(Data([7]))"
        #expect(query.parameters.texts == [#"\x00ff10"#, #"{"\\x01","\\x"}"#, #"\x07"#])
    }

    @Test func zeroBytesAreSeen() {
        let query: Query = "select \("a\0b")"
        #expect(query.parameters.holdZeroByte)
        var other: Query = "select 1"
        other.append(query)
        #expect(other.parameters.holdZeroByte)
    }
}

extension Parameters {
    fileprivate var texts: [String?] {
        withPointers { pointers in
            entries.indices.map { index in pointers?[index].map { String(cString: $0) } }
        }
    }
}
