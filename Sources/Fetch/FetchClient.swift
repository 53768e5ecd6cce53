/// Makes HTTP requests over one curl thread and keeps connections for the next ones.
package final class FetchClient: Sendable {
    private let thread: CurlThread
    private let names: (@Sendable (String) -> [String]?)?

    /// `names`: the addresses that a name has, in place of the system's answer; nil leaves a name to the system.
    package init(names: (@Sendable (String) -> [String]?)? = nil) {
        thread = CurlThread()
        self.names = names
    }

    deinit { thread.stop() }

    /// Sends a request and returns when the head of the answer has come. Throws `FetchError`, or `CancellationError`
    /// when the task was cancelled, in which case the connection is closed.
    package func send(_ request: FetchRequest) async throws -> FetchResponse {
        guard request.hasCleanHeaders else {
            throw FetchError(.other, "a header or the method holds a character that it may not")
        }
        var hop = Redirection(request: request, address: try WebAddress(request.url))
        while true {
            if let known = names?(hop.address.host) {
                hop.resolve(known)
            }
            let exchange = Exchange(hop.request, on: thread)
            let body = FetchBody(exchange)
            let head = try await exchange.start()
            guard let next = try hop.following(head) else {
                return FetchResponse(url: hop.address.text, status: head.status, headers: head.headers, body: body)
            }
            body.discardRest()
            hop = next
        }
    }

    /// Ends every transfer with `closed` and returns when the thread has freed everything.
    package func close() async { await thread.close() }
}
