import CCurl

/// An exchange in curl's hands. It lives on the curl thread only, between `Transfer.init` and `free`.
final class Transfer {
    let exchange: Exchange
    let easy: UnsafeMutableRawPointer
    /// Where curl waits for the answer; nil while it has something to send, or has not begun.
    var socket: Int32?
    private let sockets: SocketWatch
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private let resolution: UnsafeMutablePointer<curl_slist>?
    private let errorText: UnsafeMutablePointer<CChar>
    private var head = HeadReader()
    private var received = 0
    private var uploaded: curl_off_t = 0
    private var isPaused = false
    private var lastActivity = ContinuousClock.now
    private var end: ContinuousClock.Instant?
    /// A reason of our own, better than the code with which curl then ends.
    private var failure: FetchError?

    /// nil when curl has no memory.
    init?(_ exchange: Exchange, sockets: SocketWatch) {
        guard let easy = curl_easy_init() else { return nil }
        self.exchange = exchange
        self.sockets = sockets
        self.easy = easy
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        resolution = exchange.request.resolution.flatMap { curl_slist_append(nil, $0) }
        if let resolution { ccurl_set_list(easy, CURLOPT_RESOLVE, resolution) }
        headerList = configure(
            easy,
            for: exchange.request,
            body: exchange.takeBody(),
            owner: self,
            errorText: errorText
        )
    }

    /// The transfer whose handle this is; curl gives back the pointer that `configure` left with it.
    static func owner(of easy: UnsafeMutableRawPointer) -> Transfer? {
        var pointer: UnsafeMutableRawPointer?
        guard ccurl_get_pointer(easy, CURLINFO_PRIVATE, &pointer) == CURLE_OK else { return nil }
        return pointer.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Gives everything back to curl; the handle must have left the multi handle.
    func free() {
        curl_easy_cleanup(easy)
        curl_slist_free_all(headerList)
        curl_slist_free_all(resolution)
        errorText.deallocate()
    }
}

/// Called back by curl.
extension Transfer {
    /// The number of bytes taken, or one of curl's signals.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
        if let maximum = exchange.request.maximumBytes, received + bytes.count > maximum {
            return refuse(FetchError(.tooLarge, "the body is larger than \(maximum) bytes"))
        }
        switch exchange.arrived(bytes) {
        case .accepted:
            received += bytes.count
            lastActivity = .now
            if let socket { sockets.flows(socket) }
            return bytes.count
        case .pause:
            isPaused = true
            return Int(CURL_WRITEFUNC_PAUSE)
        case .refused:
            return refuse(FetchError(.other, "the rest was not wanted"))
        }
    }

    func receiveHeader(_ line: UnsafeRawBufferPointer) -> Int {
        lastActivity = .now
        switch head.line(line) {
        case .more: break
        case .head(let head): exchange.arrived(head)
        case .tooLarge: return refuse(FetchError(.tooLarge, "the head is larger than \(HeadReader.limit) bytes"))
        }
        return line.count
    }

    /// Whether a connection to this address may be opened or used.
    func permits(_ address: NetworkAddress?) -> Bool {
        if exchange.request.addresses.permits(address) { return true }
        failure = FetchError(.blockedAddress, "the address is not one of the public internet")
        return false
    }

    private func refuse(_ error: FetchError) -> Int {
        failure = error
        return Int(CURL_WRITEFUNC_ERROR)
    }
}

/// Called by the loop.
extension Transfer {
    /// When it has been silent for too long; nil while it is the reader that keeps it waiting.
    var deadline: ContinuousClock.Instant? {
        end ?? (isPaused ? nil : lastActivity + exchange.request.idleTimeout)
    }

    func endBy(_ instant: ContinuousClock.Instant) { end = instant }

    func resume() -> CURLcode {
        isPaused = false
        lastActivity = .now
        return curl_easy_pause(easy, 0)
    }

    /// Whether the request has moved on since the last question: a long body on a slow line is not silence.
    func hasUploaded() -> Bool {
        guard end == nil else { return false }
        var sent: curl_off_t = 0
        ccurl_get_offset(easy, CURLINFO_SIZE_UPLOAD_T, &sent)
        defer { uploaded = sent }
        if sent > uploaded { lastActivity = .now }
        return sent > uploaded
    }

    /// Whether there was a connection on which the request could leave.
    private var hasConnected: Bool {
        var microseconds: curl_off_t = 0
        ccurl_get_offset(easy, CURLINFO_PRETRANSFER_TIME_T, &microseconds)
        return microseconds > 0
    }

    func result(_ code: CURLcode) -> Result<Void, any Error> {
        guard code != CURLE_OK else { return .success(()) }
        if let failure { return .failure(failure) }
        var systemError = 0
        ccurl_get_long(easy, CURLINFO_OS_ERRNO, &systemError)
        var error = FetchError(code, text: String(cString: errorText), systemError: Int32(systemError))
        error.wasSent = error.code == .timeout && hasConnected
        return .failure(error)
    }
}
