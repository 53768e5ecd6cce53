import CCurl
import Foundation
import Glibc

/// Hands mail in at a server, one after the other, on a thread of its own: curl's simple interface, because mail is seldom.
package final class MailClient: Sendable {
    private let server: MailServer
    private let queue = DispatchQueue(label: "alma.mail")

    package init(_ server: MailServer) { self.server = server }

    /// Returns when the server has taken the mail on. Throws `MailError`, or `CancellationError` when the task was cancelled.
    package func send(_ message: MailMessage) async throws {
        guard MailMessage.isAddress(message.recipient), MailMessage.isAddress(message.sender.address) else {
            throw MailError("this is not an address that mail can be sent to", isFinal: true)
        }
        let transfer = MailTransfer(message)
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (waiter: CheckedContinuation<Void, any Error>) in
                queue.async { [server] in waiter.resume(with: transfer.perform(at: server)) }
            }
        } onCancel: {
            transfer.cancel()
        }
    }
}

/// One mail on its way.
private final class MailTransfer: Sendable {
    private let sender: String
    private let recipient: String
    private let bytes: [UInt8]
    /// How many of them curl has taken; whether nobody waits any more.
    private let state = Locked((sent: 0, isCancelled: false))

    init(_ message: MailMessage) {
        sender = "<\(message.sender.address)>"
        recipient = "<\(message.recipient)>"
        bytes = message.wire
    }

    func cancel() { state.withLock { $0.isCancelled = true } }

    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// Fills curl's room with what comes next; 0 at the end.
    func fill(_ room: UnsafeMutableRawBufferPointer) -> Int {
        state.withLock { state in
            let count = min(room.count, bytes.count - state.sent)
            room.copyBytes(from: bytes[state.sent..<state.sent + count])
            state.sent += count
            return count
        }
    }

    func perform(at server: MailServer) -> Result<Void, any Error> {
        guard !isCancelled else { return .failure(CancellationError()) }
        ignoreBrokenPipes()
        guard let easy = curl_easy_init() else { return .failure(MailError("curl has no memory")) }
        let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        let recipients = curl_slist_append(nil, recipient)
        defer {
            curl_easy_cleanup(easy)
            curl_slist_free_all(recipients)
            errorText.deallocate()
        }
        ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText)
        configure(easy, for: server)
        ccurl_set_text(easy, CURLOPT_MAIL_FROM, sender)
        ccurl_set_list(easy, CURLOPT_MAIL_RCPT, recipients)
        let code = curl_easy_perform(easy)
        if code == CURLE_OK { return .success(()) }
        return .failure(isCancelled ? CancellationError() : failure(easy, code, text: String(cString: errorText)))
    }

    /// A server that hangs up must not end the program; with NOSIGNAL curl leaves that to us.
    private func ignoreBrokenPipes() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    private func configure(_ easy: UnsafeMutableRawPointer, for server: MailServer) {
        ccurl_set_text(easy, CURLOPT_URL, server.url)
        ccurl_set_text(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        ccurl_set_text(easy, CURLOPT_PROXY, "")
        ccurl_set_long(easy, CURLOPT_NOSIGNAL, 1)
        ccurl_set_long(easy, CURLOPT_TIMEOUT_MS, max(1, server.timeout.milliseconds))
        ccurl_set_long(
            easy,
            CURLOPT_USE_SSL,
            Int((server.protection == .none ? CURLUSESSL_NONE : CURLUSESSL_ALL).rawValue)
        )
        if let file = server.authorities { ccurl_set_text(easy, CURLOPT_CAINFO, file) }
        if let user = server.user { ccurl_set_text(easy, CURLOPT_USERNAME, user) }
        if let password = server.password { ccurl_set_text(easy, CURLOPT_PASSWORD, password) }
        let context = Unmanaged.passUnretained(self).toOpaque()
        ccurl_set_long(easy, CURLOPT_UPLOAD, 1)
        ccurl_set_data_callback(easy, CURLOPT_READFUNCTION, readMail)
        ccurl_set_pointer(easy, CURLOPT_READDATA, context)
        ccurl_set_long(easy, CURLOPT_NOPROGRESS, 0)
        ccurl_set_progress_callback(easy, mailMoves)
        ccurl_set_pointer(easy, CURLOPT_XFERINFODATA, context)
    }

    /// 550 to 554 are answers to this mail; what is said about the connection or our password may change.
    private func failure(_ easy: UnsafeMutableRawPointer, _ code: CURLcode, text: String) -> MailError {
        var answer = 0
        ccurl_get_long(easy, CURLINFO_RESPONSE_CODE, &answer)
        let explanation = text.isEmpty ? String(cString: curl_easy_strerror(code)) : text
        let isFinal = code != CURLE_LOGIN_DENIED && (550...554).contains(answer)
        return MailError(answer > 0 ? "\(explanation) (\(answer))" : explanation, isFinal: isFinal)
    }
}

private func readMail(
    _ room: UnsafeMutablePointer<CChar>?,
    _ size: Int,
    _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let room, let context else { return 0 }
    return Unmanaged<MailTransfer>.fromOpaque(context).takeUnretainedValue()
        .fill(UnsafeMutableRawBufferPointer(start: room, count: size * count))
}

/// Called about once a second, also while nothing moves.
private func mailMoves(
    _ context: UnsafeMutableRawPointer?,
    _ downloads: curl_off_t,
    _ downloaded: curl_off_t,
    _ uploads: curl_off_t,
    _ uploaded: curl_off_t
) -> Int32 {
    guard let context else { return 0 }
    return Unmanaged<MailTransfer>.fromOpaque(context).takeUnretainedValue().isCancelled ? 1 : 0
}
