import Engine
import Testing

@testable import Storage

@Suite struct GatheringTests {
    /// Those that come within the pause are written together, and each hears of its own.
    @Test func thoseThatNobodyWaitsForAreWrittenTogether() async throws {
        var writes: [[Int]] = []
        // A busy machine may take longer to add them than the shortest of these is long.
        for pause in [Duration.milliseconds(20), .milliseconds(500), .seconds(10)] where writes.count != 1 {
            writes = try await written(1...5, pause)
        }
        #expect(writes == [[1, 2, 3, 4, 5]])
    }

    private func written(_ numbers: ClosedRange<Int>, _ pause: Duration) async throws -> [[Int]] {
        let gathering = Gathering<Int, Int>(limit: 10, pause: pause)
        let (writes, heard) = (Locked<[[Int]]>([]), Locked<[Int]>([]))
        for number in numbers {
            gathering.add(number) { items in
                writes.withLock { $0.append(items) }
                return items.map { $0 * 2 }
            } then: { answer in
                heard.withLock { $0.append((try? answer.get()) ?? 0) }
            }
        }
        try await eventually("all have heard") { heard.withLock { $0.count } == numbers.count }
        #expect(heard.withLock { $0 } == numbers.map { $0 * 2 })
        return writes.withLock { $0 }
    }

    /// One that can never be written does not keep the others from it.
    @Test func theOthersAreWrittenWithoutTheOneThatCannotBe() async throws {
        let gathering = Gathering<Int, Int>(limit: 10, pause: .milliseconds(20))
        let heard = Locked<[Int]>([])
        for number in 1...3 {
            gathering.add(number) { items in
                guard !items.contains(2) else { throw StorageError(.unfit, "Two is too much.") }
                return items
            } then: { answer in
                heard.withLock { $0.append((try? answer.get()) ?? -1) }
            }
        }
        try await eventually("all have heard") { heard.withLock { $0.count } == 3 }
        #expect(heard.withLock { $0 } == [1, -1, 3])
    }
}
