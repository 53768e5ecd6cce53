/// Where an exchange stands. Each input returns what the caller must do after it has left the lock: the waiter is told
/// only that there is news, and takes it itself, so that whatever comes meanwhile comes along.
struct ExchangeState {
    typealias Waiter = CheckedContinuation<Void, Never>

    /// Bytes that wait for a slow reader; over this curl is told to pause.
    static let bufferLimit = 64 * 1024
    /// The longest rest that is worth reading for the sake of its connection.
    static let drainLimit = 64 * 1024

    private(set) var isDraining = false
    private(set) var isPaused = false
    private var head: ResponseHead?
    private var buffer: [UInt8] = []
    private var drained = 0
    private var end: Result<Void, any Error>?
    private var waiter: Waiter?

    var hasEnded: Bool { end != nil }

    enum Taking {
        case bytes([UInt8], wasPaused: Bool)
        case ended(Result<Void, any Error>)
        case nothingYet
    }

    enum Intake {
        case accepted
        /// The buffer is full; curl keeps these bytes and offers them again.
        case pause
        /// Nobody wants the rest.
        case refused
    }
}

/// The reader's inputs.
extension ExchangeState {
    /// nil while there is none.
    mutating func takeHead() -> Result<ResponseHead, any Error>? {
        if let head {
            self.head = nil
            return .success(head)
        }
        return end?.flatMap { .failure(FetchError(.protocolViolation, "the answer ended before its head")) }
    }

    mutating func takeBytes() -> Taking {
        guard !buffer.isEmpty else { return end.map { .ended($0) } ?? .nothingYet }
        let taking = Taking.bytes(buffer, wasPaused: isPaused)
        buffer = []
        isPaused = false
        return taking
    }

    /// Keeps the waiter until there is news; returns those to wake up at once.
    mutating func wait(_ newcomer: Waiter) -> [Waiter] {
        if head != nil || !buffer.isEmpty || end != nil { return [newcomer] }
        guard let waiter else {
            self.waiter = newcomer
            return []
        }
        _ = finish(.failure(FetchError(.other, "two tasks read one body")))
        return [waiter, newcomer]
    }

    /// Whether the curl thread must be told.
    mutating func drain() -> Bool {
        guard end == nil, !isDraining else { return false }
        isDraining = true
        isPaused = false
        drained = buffer.count
        buffer = []
        return true
    }
}

/// The curl thread's inputs.
extension ExchangeState {
    mutating func arrived(_ head: ResponseHead) -> Waiter? {
        self.head = head
        return takeWaiter()
    }

    mutating func arrived(_ bytes: UnsafeRawBufferPointer) -> (Intake, Waiter?) {
        if end != nil { return (.refused, nil) }
        if isDraining {
            drained += bytes.count
            return (drained <= Self.drainLimit ? .accepted : .refused, nil)
        }
        if !buffer.isEmpty, buffer.count + bytes.count > Self.bufferLimit {
            isPaused = true
            return (.pause, nil)
        }
        buffer.append(contentsOf: bytes)
        return (.accepted, takeWaiter())
    }

    mutating func finish(_ result: Result<Void, any Error>) -> Waiter? {
        guard end == nil else { return nil }
        end = result
        if case .failure(let error) = result, error is CancellationError {
            head = nil
            buffer = []
        }
        return takeWaiter()
    }

    private mutating func takeWaiter() -> Waiter? {
        defer { waiter = nil }
        return waiter
    }
}
