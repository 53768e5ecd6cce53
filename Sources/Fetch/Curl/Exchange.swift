/// One request and its answer, seen from both sides: the curl thread fills it, one task reads it.
final class Exchange: Sendable {
    /// Without its body.
    let request: FetchRequest
    private let body: Locked<[UInt8]?>
    private let thread: CurlThread
    private let state = Locked(ExchangeState())

    init(_ request: FetchRequest, on thread: CurlThread) {
        var request = request
        body = Locked(request.body)
        request.body = nil
        self.request = request
        self.thread = thread
    }
}

/// The reader's side: any task.
extension Exchange {
    /// Sends the request and waits for the head of the answer.
    func start() async throws -> ResponseHead {
        try Task.checkCancellation()
        guard thread.post(.start(self)) else { throw FetchError(.closed, "the client is closed") }
        while true {
            switch state.withLock({ $0.takeHead() }) {
            case .some(let result): return try result.get()
            case .none: await news()
            }
        }
    }

    /// Everything that has come since the last call; nil at the end.
    func nextChunk() async throws -> [UInt8]? {
        if Task.isCancelled { cancel() }
        while true {
            switch state.withLock({ $0.takeBytes() }) {
            case .bytes(let bytes, let wasPaused):
                if wasPaused { thread.post(.resume(self)) }
                return bytes
            case .ended(let result):
                try result.get()
                return nil
            case .nothingYet:
                await news()
            }
        }
    }

    /// Reads the rest away, as long as it is short and quick.
    func drain() {
        if state.withLock({ $0.drain() }) { end(within: .seconds(1)) }
    }

    /// Gives the rest this much time and no more.
    func end(within time: Duration) { thread.post(.end(self, by: .now + time)) }

    /// Ends it because nobody reads any more.
    func abandon() {
        if state.withLock({ !$0.hasEnded && !$0.isDraining }) { cancel() }
    }

    private func news() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                state.withLock { $0.wait(waiter) }.forEach { $0.resume() }
            }
        } onCancel: {
            cancel()
        }
    }

    private func cancel() {
        guard !state.withLock({ $0.hasEnded }) else { return }
        finish(.failure(CancellationError()))
        thread.post(.cancel(self))
    }
}

/// The curl thread's side.
extension Exchange {
    /// What is to be sent. curl copies it: while a model answers, its question need not be here twice.
    func takeBody() -> [UInt8]? {
        body.withLock { body in
            defer { body = nil }
            return body
        }
    }

    func arrived(_ head: ResponseHead) {
        state.withLock { $0.arrived(head) }?.resume()
    }

    /// What the write callback is to answer.
    func arrived(_ bytes: UnsafeRawBufferPointer) -> ExchangeState.Intake {
        let (intake, waiter) = state.withLock { $0.arrived(bytes) }
        waiter?.resume()
        return intake
    }

    /// Only the first end counts.
    func finish(_ result: Result<Void, any Error>) {
        state.withLock { $0.finish(result) }?.resume()
    }
}
