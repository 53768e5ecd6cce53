/// An answer whose head has come and whose body may still be on its way.
package struct FetchResponse: Sendable {
    /// Who answered: another address than the request's after redirects.
    package let url: String
    package let status: Int
    package let headers: FetchHeaders
    package let body: FetchBody

    /// The whole body; throws `tooLarge` when it has more than `limit` bytes.
    package func collect(upTo limit: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await chunk in body {
            guard bytes.count + chunk.count <= limit else {
                throw FetchError(.tooLarge, "the body is larger than \(limit) bytes")
            }
            bytes.append(contentsOf: chunk)
        }
        return bytes
    }
}

/// The status and headers of a response.
struct ResponseHead: Sendable, Equatable {
    var status: Int
    var headers = FetchHeaders()
}
