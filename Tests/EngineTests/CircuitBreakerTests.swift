import Engine
import Testing

@Suite struct CircuitBreakerTests {
    private let start = ContinuousClock.now

    private func open() -> CircuitBreaker {
        var breaker = CircuitBreaker()
        for _ in 0..<CircuitBreaker.threshold {
            #expect(breaker.refusal(at: start) == nil)
            breaker.ended(.failed, at: start)
        }
        return breaker
    }

    @Test func itOpensAfterFailuresInARowAndOnlyThen() {
        var breaker = CircuitBreaker()
        for _ in 0..<CircuitBreaker.threshold - 1 { breaker.ended(.failed, at: start) }
        breaker.ended(.unknown, at: start)
        #expect(breaker.refusal(at: start) == nil)
        breaker.ended(.answered, at: start)
        #expect(breaker.isSpotless)
        for _ in 0..<CircuitBreaker.threshold - 1 { breaker.ended(.failed, at: start) }
        #expect(breaker.refusal(at: start) == nil)
        breaker.ended(.failed, at: start)
        #expect(breaker.refusal(at: start) == .open(until: start + CircuitBreaker.firstRest))
    }

    @Test func oneCallTriesAndAnAnswerCloses() {
        var breaker = open()
        let later = start + CircuitBreaker.firstRest
        #expect(breaker.refusal(at: later - .milliseconds(1)) != nil)
        #expect(breaker.refusal(at: later) == nil)
        #expect(breaker.refusal(at: later) == .open(until: later + CircuitBreaker.probeTime))
        breaker.ended(.answered, at: later)
        #expect(breaker.isSpotless)
        #expect(breaker.refusal(at: later) == nil)
    }

    @Test func aTryThatFailsOpensForTwiceAsLong() {
        var breaker = open()
        var now = start
        var rest = CircuitBreaker.firstRest
        for _ in 0..<6 {
            now += rest
            #expect(breaker.refusal(at: now) == nil)
            breaker.ended(.failed, at: now)
            rest = min(rest * 2, CircuitBreaker.longestRest)
            #expect(breaker.refusal(at: now) == .open(until: now + rest))
        }
        #expect(rest == CircuitBreaker.longestRest)
    }

    @Test func aTryThatWasStoppedLeavesItsPlaceToTheNext() {
        var breaker = open()
        let later = start + CircuitBreaker.firstRest
        #expect(breaker.refusal(at: later) == nil)
        breaker.ended(.unknown, at: later)
        #expect(breaker.refusal(at: later) == nil)
        #expect(breaker.refusal(at: later) != nil)
    }

    @Test func aCallOfBeforeDoesNotProlongTheRest() {
        var breaker = open()
        breaker.ended(.failed, at: start + .seconds(10))
        #expect(breaker.refusal(at: start + CircuitBreaker.firstRest) == nil)
    }

    @Test func aLimitHoldsForAsLongAsWasAsked() {
        var breaker = CircuitBreaker()
        breaker.ended(.limited(.seconds(7)), at: start)
        breaker.ended(.answered, at: start + .seconds(1))
        #expect(breaker.refusal(at: start + .seconds(6)) == .limited(until: start + .seconds(7)))
        #expect(breaker.refusal(at: start + .seconds(7)) == nil)
        #expect(breaker.isSpotless)
        breaker.ended(.limited(.seconds(1_000_000)), at: start)
        #expect(breaker.refusal(at: start) == .limited(until: start + CircuitBreaker.longestLimit))
    }
}
