import CCurl
import Foundation
import Glibc

/// Tells curl everything about a request. Returns the header list, which must outlive the handle's use.
func configure(
    _ easy: UnsafeMutableRawPointer,
    for request: FetchRequest,
    body: [UInt8]?,
    owner: Transfer,
    errorText: UnsafeMutablePointer<CChar>
) -> UnsafeMutablePointer<curl_slist>? {
    let context = Unmanaged.passUnretained(owner).toOpaque()
    ccurl_set_pointer(easy, CURLOPT_PRIVATE, context)
    ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText)
    setCallbacks(easy, context, request.addresses)
    setProtocol(easy)
    setTarget(easy, request)
    setMethod(easy, request, body)
    let list = headerList(request)
    ccurl_set_list(easy, CURLOPT_HTTPHEADER, list)
    return list
}

private func setCallbacks(
    _ easy: UnsafeMutableRawPointer,
    _ context: UnsafeMutableRawPointer,
    _ policy: AddressPolicy
) {
    ccurl_set_data_callback(easy, CURLOPT_WRITEFUNCTION, receiveBody)
    ccurl_set_pointer(easy, CURLOPT_WRITEDATA, context)
    ccurl_set_data_callback(easy, CURLOPT_HEADERFUNCTION, receiveHeader)
    ccurl_set_pointer(easy, CURLOPT_HEADERDATA, context)
    ccurl_set_open_socket_callback(easy, openSocket)
    ccurl_set_pointer(easy, CURLOPT_OPENSOCKETDATA, context)
    if !policy.isAny {
        ccurl_set_before_request_callback(easy, checkConnection)
        ccurl_set_pointer(easy, CURLOPT_PREREQDATA, context)
    }
}

private func setProtocol(_ easy: UnsafeMutableRawPointer) {
    ccurl_set_long(easy, CURLOPT_NOSIGNAL, 1)
    // A name that is still being looked up must not hold the thread up when its transfer goes.
    ccurl_set_long(easy, CURLOPT_QUICK_EXIT, 1)
    ccurl_set_long(easy, CURLOPT_TCP_NODELAY, 1)
    // Of each transfer, for as long as it lasts: most are answers of models, which come in small pieces.
    ccurl_set_long(easy, CURLOPT_BUFFERSIZE, 4096)
    ccurl_set_long(easy, CURLOPT_TCP_KEEPALIVE, 1)
    // One stream, one connection: a paused stream then holds up no other.
    ccurl_set_long(easy, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
    ccurl_set_text(easy, CURLOPT_PROTOCOLS_STR, "http,https")
    ccurl_set_long(easy, CURLOPT_FOLLOWLOCATION, 0)
    ccurl_set_text(easy, CURLOPT_USERAGENT, "ALMA")
}

private func setTarget(_ easy: UnsafeMutableRawPointer, _ request: FetchRequest) {
    ccurl_set_text(easy, CURLOPT_URL, request.url)
    ccurl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, max(1, request.connectTimeout.milliseconds))
    // All that curl can undo; the limits count what comes out.
    if request.acceptsCompression { ccurl_set_text(easy, CURLOPT_ACCEPT_ENCODING, "") }
    if let total = request.totalTimeout { ccurl_set_long(easy, CURLOPT_TIMEOUT_MS, max(1, total.milliseconds)) }
    switch request.addresses {
    case .any:
        // The environment's proxy is used, but never for what is on this machine.
        ccurl_set_text(easy, CURLOPT_NOPROXY, proxyExceptions)
    case .publicOnly, .publicAnd:
        // A proxy would look names up itself, out of the policy's sight.
        ccurl_set_text(easy, CURLOPT_PROXY, "")
    }
}

private let proxyExceptions: String = {
    let environment = ProcessInfo.processInfo.environment
    let given = [environment["no_proxy"] ?? environment["NO_PROXY"]].compactMap { $0 }
    return (given + ["localhost", "127.0.0.1", "::1"]).joined(separator: ",")
}()

private func setMethod(_ easy: UnsafeMutableRawPointer, _ request: FetchRequest, _ body: [UInt8]?) {
    if let body {
        ccurl_set_long(easy, CURLOPT_POST, 1)
        ccurl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
        // Copied by curl, after the size is known.
        var body = body.isEmpty ? [0] : body
        ccurl_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, &body)
    } else if request.method == "POST" {
        ccurl_set_long(easy, CURLOPT_POST, 1)
        ccurl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, 0)
    } else if request.method == "HEAD" {
        ccurl_set_long(easy, CURLOPT_NOBODY, 1)
    }
    if !["GET", "HEAD", "POST"].contains(request.method) || (body != nil && request.method != "POST") {
        ccurl_set_text(easy, CURLOPT_CUSTOMREQUEST, request.method)
    }
}

private func headerList(_ request: FetchRequest) -> UnsafeMutablePointer<curl_slist>? {
    // No waiting for leave to send a large body: hardly a server answers that question.
    var list = curl_slist_append(nil, "Expect:")
    for (name, value) in request.headers {
        list = curl_slist_append(list, value.isEmpty ? "\(name);" : "\(name): \(value)") ?? list
    }
    return list
}

private func receiveBody(
    _ data: UnsafeMutablePointer<CChar>?,
    _ size: Int,
    _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context, size * count > 0 else { return 0 }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    return transfer.receive(UnsafeRawBufferPointer(start: data, count: size * count))
}

private func receiveHeader(
    _ data: UnsafeMutablePointer<CChar>?,
    _ size: Int,
    _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context else { return 0 }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    return transfer.receiveHeader(UnsafeRawBufferPointer(start: data, count: size * count))
}

/// Here the name has become an address: the last moment before anything is sent to it.
private func openSocket(
    _ context: UnsafeMutableRawPointer?,
    _ purpose: curlsocktype,
    _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    guard let context, let address, let offset = MemoryLayout<curl_sockaddr>.offset(of: \.addr) else { return -1 }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    guard transfer.permits(NetworkAddress(UnsafeRawPointer(address) + offset)) else { return -1 }
    // Not inherited by the programs that the server starts.
    let type = address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
    return socket(address.pointee.family, type, address.pointee.protocol)
}

/// A connection that stands already, perhaps opened for a request that was allowed more, is checked as well.
private func checkConnection(
    _ context: UnsafeMutableRawPointer?,
    _ remote: UnsafeMutablePointer<CChar>?,
    _ local: UnsafeMutablePointer<CChar>?,
    _ remotePort: Int32,
    _ localPort: Int32
) -> Int32 {
    guard let context, let remote else { return Int32(CURL_PREREQFUNC_ABORT) }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    let isPermitted = transfer.permits(NetworkAddress(text: String(cString: remote)))
    return Int32(isPermitted ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT)
}
