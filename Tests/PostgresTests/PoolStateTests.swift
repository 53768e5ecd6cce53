import Testing

@testable import Postgres

@Suite struct PoolStateTests {
    private let now = ContinuousClock.now

    @Test func itOpensUpToTheMaximumAndServesInOrder() throws {
        var state = PoolState<Int, String>(maximum: 2)
        for _ in 0..<2 { #expect(state.request().isSlot) }
        #expect(state.request().mustWait)
        let tickets = ["a", "b", "c"].map { name -> UInt64 in
            let ticket = state.makeTicket()
            #expect(state.request(ticket: ticket, waiter: name, until: now).mustWait)
            return ticket
        }
        #expect(state.leave(tickets[0]) == "a")
        #expect(state.leave(tickets[0]) == nil)
        #expect(state.giveBack(1)?.waiter == "b")
        // A connection that is gone gives its place to whoever waits.
        #expect(state.giveUp()?.waiter == "c")
        #expect(state.open == 2)
        for connection in [2, 3] { #expect(state.giveBack(connection)?.waiter == nil) }
        #expect(state.request().connection == 3)
        #expect(state.giveUp()?.waiter == nil)
        #expect(state.open == 1)
    }

    @Test func whoWaitsTooLongIsToldInOrder() {
        var state = PoolState<Int, String>(maximum: 1)
        _ = state.request()
        for (index, name) in ["a", "b", "c"].enumerated() {
            let deadline = now + .seconds(index)
            _ = state.request(ticket: state.makeTicket(), waiter: name, until: deadline)
        }
        let watches = [state.startWatch(), state.startWatch()]
        #expect(watches == [true, false])
        let (expired, next) = state.expire(at: now + .seconds(1))
        #expect(expired == ["a", "b"])
        #expect(next == now + .seconds(2))
        #expect(state.giveBack(1)?.waiter == "c")
        let (_, end) = state.expire(at: now + .seconds(3))
        let startsAgain = state.startWatch()
        #expect(end == nil && startsAgain)
    }

    @Test func closingSendsAllAway() {
        var state = PoolState<Int, String>(maximum: 2)
        _ = (state.request(), state.request())
        _ = state.request(ticket: state.makeTicket(), waiter: "a", until: now)
        #expect(state.close().waiters == ["a"])
        #expect(state.giveBack(1)?.waiter == nil)
        #expect(state.giveUp()?.waiter == nil)
        #expect(state.open == 0)
        #expect(state.request().isClosed)
    }
}

extension PoolState.Answer {
    fileprivate var isSlot: Bool {
        if case .granted(.slot) = self { true } else { false }
    }
    fileprivate var mustWait: Bool {
        if case .mustWait = self { true } else { false }
    }
    fileprivate var isClosed: Bool {
        if case .closed = self { true } else { false }
    }
    fileprivate var connection: Connection? {
        if case .granted(.connection(let connection)) = self { connection } else { nil }
    }
}
