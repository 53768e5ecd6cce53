import CPostgres

/// A connection that only listens. `@unchecked`: it is used on the queue of its listener only.
final class ListeningHandle: @unchecked Sendable {
    private var handle: OpaquePointer?

    /// Takes the connection over.
    init(_ handle: OpaquePointer) { self.handle = handle }

    deinit { close() }

    var socket: Int32 { PQsocket(handle) }

    func listen(to channel: String) throws(DatabaseError) {
        let quoted = PQescapeIdentifier(handle, channel, channel.utf8.count)
        defer { PQfreemem(quoted) }
        guard let quoted, let result = PQexec(handle, "listen \(String(cString: quoted))") else {
            throw DatabaseError.connection(handle, .unavailable)
        }
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_COMMAND_OK else {
            throw DatabaseError(result: result, isConnectionLost: false, query: "listen")
        }
    }

    /// What has come in; nil when the connection is lost.
    func payloads() -> [String]? {
        guard PQconsumeInput(handle) == 1, PQstatus(handle) == CONNECTION_OK else { return nil }
        var payloads: [String] = []
        while let notification = PQnotifies(handle) {
            payloads.append(notification.pointee.extra.map { String(cString: $0) } ?? "")
            PQfreemem(notification)
        }
        return payloads
    }

    func close() {
        PQfinish(handle)
        handle = nil
    }
}
