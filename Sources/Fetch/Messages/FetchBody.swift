/// The bytes of a response as they come, for one reader: each element is everything that has arrived since the last.
///
/// A slow reader slows the upstream down. Dropping the body closes the connection.
package struct FetchBody: AsyncSequence, Sendable {
    private let lease: ExchangeLease

    init(_ exchange: Exchange) { lease = ExchangeLease(exchange) }

    package func makeAsyncIterator() -> Iterator { Iterator(lease: lease) }

    /// Says that the rest is of no interest: a short rest is read and thrown away so that the connection can be used
    /// again, a long or late one closes it.
    package func discardRest() { lease.exchange.drain() }

    /// Gives the rest this much time; after it the body ends with `timeout`.
    package func end(within time: Duration) { lease.exchange.end(within: time) }

    package struct Iterator: AsyncIteratorProtocol {
        fileprivate let lease: ExchangeLease

        package mutating func next() async throws -> [UInt8]? { try await lease.exchange.nextChunk() }
    }
}

/// Ends an exchange when its last reader has gone. It only sends a command: the curl thread does the closing.
private final class ExchangeLease: Sendable {
    let exchange: Exchange

    init(_ exchange: Exchange) { self.exchange = exchange }

    deinit { exchange.abandon() }
}
