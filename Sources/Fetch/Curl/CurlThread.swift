import Foundation

/// The thread that owns curl's multi handle, seen from all the others.
final class CurlThread: Sendable {
    private let inbox = Inbox()

    init() {
        let inbox = inbox
        let thread = Thread { CurlLoop(inbox: inbox).run() }
        thread.name = "fetch"
        thread.start()
    }

    /// False when the thread has ended.
    @discardableResult
    func post(_ command: CurlCommand) -> Bool { inbox.post(command) }

    func stop() { post(.stop(nil)) }

    func close() async {
        await withCheckedContinuation { waiter in
            if !post(.stop(waiter)) { waiter.resume() }
        }
    }
}
