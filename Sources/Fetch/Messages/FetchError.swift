/// Why a request did not get its answer.
package struct FetchError: Error, Sendable, Equatable {
    package enum Code: String, Sendable {
        case dns, refused, unreachable, tls, timeout, reset
        /// The response went over a limit that the request set.
        case tooLarge
        /// The address policy forbids where the name leads.
        case blockedAddress
        case badURL, tooManyRedirects, protocolViolation
        /// The client was closed.
        case closed
        case other
    }

    package var code: Code
    /// What happened, in English; may name hosts, never headers or bodies.
    package var message: String
    /// Of a `timeout`: the request had left, and the other side may be at work on it.
    package var wasSent: Bool

    package init(_ code: Code, _ message: String, wasSent: Bool = false) {
        self.code = code
        self.message = message
        self.wasSent = wasSent
    }
}
