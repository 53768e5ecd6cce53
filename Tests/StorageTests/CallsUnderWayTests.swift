import Testing

@testable import Storage

@Suite struct CallsUnderWayTests {
    @Test func thoseThatBeginLaterAreNotWaitedFor() async throws {
        let calls = CallsUnderWay()
        let (first, second) = (try #require(calls.begin()), try #require(calls.begin()))
        let settled = Task { await calls.settled() }
        while !calls.isWaitedFor { await Task.yield() }
        let third = try #require(calls.begin())
        calls.end(second)
        #expect(calls.isWaitedFor)
        calls.end(first)
        // Though another goes on.
        await settled.value
        #expect(!calls.isWaitedFor)
        calls.end(third)
        await calls.settled()
    }

    /// Readers do not wait for a database that is away; its end does.
    @Test func thoseThatAreDelayedAreWaitedForAtTheEndAlone() async throws {
        let calls = CallsUnderWay()
        let call = try #require(calls.begin())
        let reading = Task { await calls.settled() }
        while !calls.isWaitedFor { await Task.yield() }
        calls.delay(call)
        await reading.value
        await calls.settled()
        let closing = Task { await calls.settled(all: true) }
        while !calls.isWaitedFor { await Task.yield() }
        calls.end(call)
        await closing.value
    }

    @Test func thereAreOnlySoMany() {
        let calls = CallsUnderWay()
        let begun = (0..<CallsUnderWay.most).compactMap { _ in calls.begin() }
        #expect(begun.count == CallsUnderWay.most && calls.begin() == nil)
        calls.end(begun[7])
        #expect(calls.begin() != nil)
    }
}
