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
