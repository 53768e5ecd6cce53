import Testing

@testable import App

/// A stream that breaks off is taken up where it was, soon at first, and given up in time.
@Suite struct ReconnectionTests {
    private static let away = CommandFailure(.unreachable, "away")
    private static let now = ContinuousClock.now

    @Test func itGoesOnAfterTheLastEvent() {
        var connection = Reconnection(place: "1")
        connection.heard("7")
        connection.heard("")
        #expect(connection.place == "7")
        #expect(connection.lost(nil, at: Self.now) == .again(after: .milliseconds(250)))
        #expect(connection.place == "7")
    }

    @Test func pausesGrowToALimitAndBeginAnew() {
        var connection = Reconnection(place: nil)
        let pauses = (0..<8).map { _ in connection.lost(Self.away, at: Self.now) }
        #expect(pauses.first == .again(after: .milliseconds(250)) && pauses.last == .again(after: .seconds(5)))
        connection.heard("1")
        #expect(connection.lost(Self.away, at: Self.now) == .again(after: .milliseconds(250)))
    }

    @Test func streamsThatEndAtOnceAreAskedForEverLessOftenAndGivenUp() {
        var (connection, now, pauses) = (Reconnection(place: nil, patience: .seconds(20)), Self.now, [Duration]())
        while pauses.count < 100 {
            connection.opened(at: now)
            // A place is no event.
            connection.moved(to: "7")
            guard case .again(let pause) = connection.lost(nil, at: now) else { break }
            pauses.append(pause)
            now += pause
        }
        #expect(pauses.map { $0 / .milliseconds(250) } == [1, 2, 4, 8, 16, 20, 20, 20])
        #expect(connection.place == "7")
    }

    @Test func aConnectionThatHeldWasAGoodOne() {
        var connection = Reconnection(place: nil)
        for _ in 0..<5 { _ = connection.lost(Self.away, at: Self.now) }
        connection.opened(at: Self.now)
        connection.lives(at: Self.now + .seconds(9))
        #expect(connection.lost(nil, at: Self.now + .seconds(12)) == .again(after: .seconds(5)))
        connection.opened(at: Self.now + .seconds(20))
        connection.lives(at: Self.now + .seconds(30))
        #expect(connection.lost(nil, at: Self.now + .seconds(30)) == .again(after: .milliseconds(250)))
        // One that was never made is not counted as one that held.
        #expect(connection.lost(Self.away, at: Self.now + .seconds(60)) == .again(after: .milliseconds(500)))
    }

    /// A head and then nothing, again and again: whoever is away so is away.
    @Test func silenceHoldsNoConnection() {
        var connection = Reconnection(place: nil)
        var now = Self.now
        for round in 0..<10 {
            connection.opened(at: now)
            now += .seconds(45)
            guard case .again = connection.lost(Self.away, at: now) else {
                #expect(round == 3)
                return
            }
        }
        Issue.record("It never gives up.")
    }

    @Test(arguments: [(1000, 1000, 2000), (8000, 8000, 8000), (0, 100, 200), (Int.max, 60_000, 60_000)])
    func theServersPauseIsKept(asked: Int, first: Int, second: Int) {
        var connection = Reconnection(place: nil)
        connection.asked(toWait: .milliseconds(asked))
        #expect(connection.lost(nil, at: Self.now) == .again(after: .milliseconds(first)))
        #expect(connection.lost(nil, at: Self.now) == .again(after: .milliseconds(second)))
    }

    @Test func patienceEnds() {
        var connection = Reconnection(place: nil, patience: .seconds(10))
        _ = connection.lost(Self.away, at: Self.now)
        #expect(connection.lost(Self.away, at: Self.now + .seconds(9)) != .giveUp(Self.away))
        #expect(connection.lost(Self.away, at: Self.now + .seconds(10)) == .giveUp(Self.away))
    }

    @Test func whatWillNotPassIsGivenUpAtOnce() {
        for status in [401, 403, 404, 422] {
            let refusal = CommandFailure(status: status, nil)
            var connection = Reconnection(place: nil)
            #expect(connection.lost(refusal, at: Self.now) == .giveUp(refusal))
        }
        var connection = Reconnection(place: nil)
        let busy = CommandFailure(status: 429, nil, retryAfter: 3)
        #expect(connection.lost(busy, at: Self.now) == .again(after: .seconds(3)))
        #expect(connection.lost(CommandFailure(status: 503, nil), at: Self.now) == .again(after: .milliseconds(500)))
    }
}
