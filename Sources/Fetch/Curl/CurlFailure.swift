import CCurl
import Glibc

extension FetchError {
    /// What curl's code means to a caller; `text` is curl's own explanation.
    init(_ code: CURLcode, text: String, systemError: Int32) {
        let explanation = text.isEmpty ? String(cString: curl_easy_strerror(code)) : text
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            self.init(.dns, explanation)
        case CURLE_COULDNT_CONNECT:
            self.init(systemError == ECONNREFUSED ? .refused : .unreachable, explanation)
        case CURLE_OPERATION_TIMEDOUT:
            self.init(.timeout, text.isEmpty ? "the other side was silent for too long" : text)
        case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_PARTIAL_FILE:
            self.init(.reset, explanation)
        case CURLE_URL_MALFORMAT, CURLE_LOGIN_DENIED:
            self.init(.badURL, explanation)
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING:
            self.init(.protocolViolation, explanation)
        case CURLE_FILESIZE_EXCEEDED:
            self.init(.tooLarge, explanation)
        default:
            self.init(Self.tlsCodes.contains(code.rawValue) ? .tls : .other, explanation)
        }
    }

    private static let tlsCodes: Set<UInt32> = Set(
        [
            CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_USE_SSL_FAILED, CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_SHUTDOWN_FAILED,
            CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_PINNEDPUBKEYNOTMATCH,
            CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT,
        ].map(\.rawValue)
    )
}
