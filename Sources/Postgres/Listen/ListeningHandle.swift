import CPostgres
import Foundation

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
        // To the last byte: a source speaks of the end of a connection only once, even when data came before it.
        repeat {
            guard PQconsumeInput(handle) == 1, PQstatus(handle) == CONNECTION_OK else { return nil }
        } while isReadable
        var payloads: [String] = []
        while let notification = PQnotifies(handle) {
            payloads.append(notification.pointee.extra.map { String(cString: $0) } ?? "")
            PQfreemem(notification)
        }
        return payloads
    }

    private var isReadable: Bool {
        var descriptor = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) > 0
    }

    func close() {
        PQfinish(handle)
        handle = nil
    }
}
