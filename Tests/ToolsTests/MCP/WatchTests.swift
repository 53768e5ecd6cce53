import Engine
import Foundation
import Testing

@testable import Tools

/// Who is told that a resource has changed.
@Suite struct WatchTests {
    @Test func whoHasReadItIsToldOnce() {
        let (ada, bob) = (UUID.v7(), UUID.v7())
        var watch = MCPWatch()
        let isNew = [("a", ada), ("a", bob), ("b", bob)].map { watch.read("memo://\($0.0)", in: $0.1) }
        #expect(isNew == [true, false, true])
        for place in ["a", "a/part", "another"] { watch.changed("memo://\(place)") }
        let told = [watch.takeNews(of: ada), watch.takeNews(of: ada)]
        #expect(told == [["memo://a"], []])
        // Who has read it anew meanwhile need not be told.
        _ = watch.read("memo://a", in: bob)
        let later = watch.takeNews(of: bob)
        #expect(later == [])
    }

    @Test func nothingGrowsWithoutEnd() {
        var watch = MCPWatch()
        for number in 0..<2000 {
            _ = watch.read("memo://\(number)", in: UUID.v7())
            watch.changed("memo://\(number)")
        }
        let last = UUID.v7()
        let isNew = watch.read("memo://last", in: last)
        watch.changed("memo://last")
        let told = watch.takeNews(of: last)
        #expect(isNew && told == ["memo://last"])
    }
}
