import CCurl
import Glibc

/// What other threads may ask of the curl thread. Nothing else reaches it.
enum CurlCommand {
    case start(Exchange)
    /// The reader has made room.
    case resume(Exchange)
    /// It is over then, even if bytes still come.
    case end(Exchange, by: ContinuousClock.Instant)
    case cancel(Exchange)
    case stop(CheckedContinuation<Void, Never>?)
}

/// The commands that wait for the curl thread, and the descriptor that wakes it up.
final class Inbox: Sendable {
    private struct Contents {
        var commands: [CurlCommand] = []
        var isClosed = false
    }

    let wakeup: Int32 = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    private let contents = Locked(Contents())

    /// False when the thread has ended and nobody will obey.
    func post(_ command: CurlCommand) -> Bool {
        contents.withLock { contents in
            guard !contents.isClosed else { return false }
            contents.commands.append(command)
            // Under the lock, so that it never writes into a descriptor that `close` has given back. The first command
            // since the last look is enough to wake the thread up.
            if contents.commands.count == 1 { eventfd_write(wakeup, 1) }
            return true
        }
    }

    func takeAll() -> [CurlCommand] {
        contents.withLock { contents in
            let commands = contents.commands
            contents.commands = []
            return commands
        }
    }

    func clearWakeup() {
        var count: eventfd_t = 0
        eventfd_read(wakeup, &count)
    }

    /// Refuses what comes from now on and returns what was still waiting.
    func close() -> [CurlCommand] {
        contents.withLock { contents in
            let commands = contents.commands
            if !contents.isClosed { Glibc.close(wakeup) }
            contents = Contents(isClosed: true)
            return commands
        }
    }
}
