/// The book-keeping of a pool, as plain values: who has a connection, who waits. Whoever calls it performs the answer.
struct PoolState<Connection: Sendable, Waiter: Sendable>: Sendable {
    enum Answer {
        case granted(PoolGrant<Connection>)
        case mustWait
        case closed
    }

    private struct Waiting: Sendable {
        var waiter: Waiter
        var deadline: ContinuousClock.Instant
    }

    private(set) var isClosed = false
    /// Connections that exist or are being opened.
    private(set) var open = 0
    private let maximum: Int
    private var idle: [Connection] = []
    private var waiting: [UInt64: Waiting] = [:]
    /// The tickets in the order of their coming; those of callers that left stay until it is their turn.
    private var order: ArraySlice<UInt64> = []
    private var lastTicket: UInt64 = 0
    private var isWatched = false

    init(maximum: Int) { self.maximum = max(1, maximum) }

    /// A connection, the right to open one, or the news that one has to wait.
    mutating func request() -> Answer {
        if isClosed { return .closed }
        // The last one used comes first: its server process has everything at hand.
        if let connection = idle.popLast() { return .granted(.connection(connection)) }
        guard open < maximum else { return .mustWait }
        open += 1
        return .granted(.slot)
    }

    mutating func makeTicket() -> UInt64 {
        lastTicket += 1
        return lastTicket
    }

    /// Asks once more, as things may have changed, and queues when it is still needed.
    mutating func request(
        ticket: UInt64,
        waiter: Waiter,
        until deadline: ContinuousClock.Instant
    ) -> Answer {
        let answer = request()
        guard case .mustWait = answer else { return answer }
        waiting[ticket] = Waiting(waiter: waiter, deadline: deadline)
        order.append(ticket)
        return .mustWait
    }

    /// A connection came back in good order; whoever waits longest gets it at once.
    mutating func giveBack(_ connection: Connection) -> (waiter: Waiter, grant: PoolGrant<Connection>)? {
        guard !isClosed else {
            open -= 1
            return nil
        }
        if let waiter = nextWaiter() { return (waiter, .connection(connection)) }
        idle.append(connection)
        return nil
    }

    /// A connection is gone, or could not be opened; whoever waits longest may open one in its place.
    mutating func giveUp() -> (waiter: Waiter, grant: PoolGrant<Connection>)? {
        if !isClosed, let waiter = nextWaiter() { return (waiter, .slot) }
        open -= 1
        return nil
    }

    /// A caller stopped waiting; nil when it was served before.
    mutating func leave(_ ticket: UInt64) -> Waiter? { waiting.removeValue(forKey: ticket)?.waiter }

    /// True once: then somebody has to call `expire` at the deadline, for all who wait.
    mutating func startWatch() -> Bool {
        defer { isWatched = true }
        return !isWatched
    }

    /// Those who waited too long, and when to look again; without that the watch is over.
    mutating func expire(at now: ContinuousClock.Instant) -> (expired: [Waiter], next: ContinuousClock.Instant?) {
        var expired: [Waiter] = []
        while let ticket = order.first {
            guard let entry = waiting[ticket] else {
                order.removeFirst()
                continue
            }
            guard entry.deadline <= now else { return (expired, entry.deadline) }
            waiting[ticket] = nil
            order.removeFirst()
            expired.append(entry.waiter)
        }
        isWatched = false
        return (expired, nil)
    }

    mutating func close() -> (idle: [Connection], waiters: [Waiter]) {
        isClosed = true
        defer {
            open -= idle.count
            idle = []
            waiting = [:]
            order = []
        }
        return (idle, waiting.values.map(\.waiter))
    }

    private mutating func nextWaiter() -> Waiter? {
        while let ticket = order.popFirst() {
            if let entry = waiting.removeValue(forKey: ticket) { return entry.waiter }
        }
        return nil
    }
}
