import CCurl
import Glibc

/// What the curl thread does: it waits for sockets, times and commands, and is the only one that calls curl. All of it
/// lives on that thread, a transfer's callbacks included.
final class CurlLoop {
    private let inbox: Inbox
    private let multi: UnsafeMutableRawPointer?
    private let sockets = SocketWatch()
    /// This dictionary is what keeps a transfer alive while curl knows it.
    private var transfers: [ObjectIdentifier: Transfer] = [:]
    private var curlTimer: ContinuousClock.Instant?
    private var idleCheck: ContinuousClock.Instant?
    private var isStopping = false
    private var stopWaiters: [CheckedContinuation<Void, Never>] = []

    private static let global: CURLcode = {
        ccurl_keep_crypto_until_the_end()
        return curl_global_init(Int(CURL_GLOBAL_DEFAULT))
    }()

    init(inbox: Inbox) {
        self.inbox = inbox
        multi = Self.global == CURLE_OK ? curl_multi_init() : nil
    }

    func run() {
        ignoreBrokenPipes()
        if let multi, sockets.isOpen, inbox.wakeup >= 0 {
            let context = Unmanaged.passUnretained(self).toOpaque()
            ccurl_multi_set_socket_callback(multi, socketChanged, context)
            ccurl_multi_set_timer_callback(multi, timerChanged, context)
            ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, 1024)
            sockets.watch(inbox.wakeup, for: CURL_POLL_IN)
            while !isStopping { turn(multi) }
        }
        tearDown()
    }

    private func turn(_ multi: UnsafeMutableRawPointer) {
        var running: Int32 = 0
        for (socket, bits) in sockets.wait(milliseconds: millisecondsToWait()) {
            if socket == inbox.wakeup {
                inbox.clearWakeup()
            } else {
                curl_multi_socket_action(multi, socket, bits, &running)
            }
        }
        if let timer = curlTimer, timer <= .now {
            curlTimer = nil
            curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running)
        }
        for command in inbox.takeAll() { obey(command, multi) }
        collectFinished(multi)
        endIdle(multi)
    }

    private func millisecondsToWait() -> Int32 {
        guard let next = [curlTimer, idleCheck].compactMap({ $0 }).min() else { return -1 }
        return Int32(clamping: max(0, (next - .now).milliseconds))
    }

    private func obey(_ command: CurlCommand, _ multi: UnsafeMutableRawPointer) {
        switch command {
        case .start(let exchange):
            start(exchange, multi)
        case .resume(let exchange):
            if let transfer = transfers[ObjectIdentifier(exchange)] { resume(transfer, multi) }
        case .end(let exchange, let instant):
            guard let transfer = transfers[ObjectIdentifier(exchange)] else { return }
            transfer.endBy(instant)
            resume(transfer, multi)
        case .cancel(let exchange):
            if let transfer = transfers[ObjectIdentifier(exchange)] { remove(transfer, multi) }
        case .stop(let waiter):
            isStopping = true
            if let waiter { stopWaiters.append(waiter) }
        }
    }

    private func start(_ exchange: Exchange, _ multi: UnsafeMutableRawPointer) {
        guard let transfer = Transfer(exchange, sockets: sockets) else {
            exchange.finish(.failure(FetchError(.other, "curl could not prepare the request")))
            return
        }
        transfers[ObjectIdentifier(exchange)] = transfer
        guard curl_multi_add_handle(multi, transfer.easy) == CURLM_OK else {
            finish(transfer, CURLE_FAILED_INIT, multi)
            return
        }
        expectIdleCheck(by: transfer.deadline)
    }

    /// curl may deliver what it kept at once, from inside `curl_easy_pause`.
    private func resume(_ transfer: Transfer, _ multi: UnsafeMutableRawPointer) {
        let result = transfer.resume()
        if result == CURLE_OK { expectIdleCheck(by: transfer.deadline) } else { finish(transfer, result, multi) }
    }

    private func collectFinished(_ multi: UnsafeMutableRawPointer) {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
                let transfer = Transfer.owner(of: easy)
            else { continue }
            finish(transfer, ccurl_message_result(message), multi)
        }
    }

    /// Looks at all transfers, but only when the earliest of their deadlines may have come.
    private func endIdle(_ multi: UnsafeMutableRawPointer) {
        guard let check = idleCheck, check <= .now else { return }
        let now = ContinuousClock.now
        idleCheck = nil
        for transfer in Array(transfers.values) {
            if let deadline = transfer.deadline, deadline <= now, !transfer.hasUploaded() {
                finish(transfer, CURLE_OPERATION_TIMEDOUT, multi)
            } else {
                expectIdleCheck(by: transfer.deadline)
            }
        }
    }

    private func expectIdleCheck(by deadline: ContinuousClock.Instant?) {
        guard let deadline else { return }
        idleCheck = min(idleCheck ?? deadline, deadline)
    }

    private func finish(_ transfer: Transfer, _ code: CURLcode, _ multi: UnsafeMutableRawPointer) {
        let result = transfer.result(code)
        remove(transfer, multi)
        transfer.exchange.finish(result)
    }

    /// Closes the connection when the answer was not read to its end.
    private func remove(_ transfer: Transfer, _ multi: UnsafeMutableRawPointer) {
        curl_multi_remove_handle(multi, transfer.easy)
        transfer.free()
        transfers[ObjectIdentifier(transfer.exchange)] = nil
    }

    private func tearDown() {
        let closed = Result<Void, any Error>.failure(FetchError(.closed, "the client is closed"))
        for command in inbox.close() {
            switch command {
            case .start(let exchange): exchange.finish(closed)
            case .stop(let waiter?): stopWaiters.append(waiter)
            case .resume, .end, .cancel, .stop: break
            }
        }
        if let multi {
            for transfer in Array(transfers.values) {
                remove(transfer, multi)
                transfer.exchange.finish(closed)
            }
            curl_multi_cleanup(multi)
        }
        for waiter in stopWaiters { waiter.resume() }
    }

    /// A peer that closes early must not end the program; with NOSIGNAL curl leaves that to us.
    private func ignoreBrokenPipes() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    fileprivate func watch(_ socket: Int32, for interest: Int32, of easy: UnsafeMutableRawPointer?) {
        sockets.watch(socket, for: interest)
        easy.flatMap(Transfer.owner)?.socket = interest == CURL_POLL_IN ? socket : nil
    }

    fileprivate func setTimer(_ milliseconds: Int) {
        curlTimer = milliseconds < 0 ? nil : .now + .milliseconds(milliseconds)
    }
}

private func socketChanged(
    _ easy: UnsafeMutableRawPointer?,
    _ socket: curl_socket_t,
    _ interest: Int32,
    _ context: UnsafeMutableRawPointer?,
    _ socketContext: UnsafeMutableRawPointer?
) -> Int32 {
    guard let context else { return -1 }
    Unmanaged<CurlLoop>.fromOpaque(context).takeUnretainedValue().watch(socket, for: interest, of: easy)
    return 0
}

private func timerChanged(
    _ multi: UnsafeMutableRawPointer?,
    _ milliseconds: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int32 {
    guard let context else { return -1 }
    Unmanaged<CurlLoop>.fromOpaque(context).takeUnretainedValue().setTimer(milliseconds)
    return 0
}
