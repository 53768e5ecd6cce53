import CPostgres
import Foundation

extension DatabaseConfiguration {
    /// Opens a connection, blocking the thread: call it on a queue of one's own. The caller owns the handle.
    func connect() throws(DatabaseError) -> OpaquePointer {
        // Arrays rather than one string, so that nothing has to be quoted.
        let parameters = Array(connectionParameters)
        let keywords = parameters.map { strdup($0.key) }
        let values = parameters.map { strdup($0.value) }
        defer { (keywords + values).forEach { free($0) } }
        let handle = PQconnectdbParams(
            keywords.map { UnsafePointer($0) } + [nil],
            values.map { UnsafePointer($0) } + [nil],
            0
        )
        guard let handle else { throw DatabaseError(.unavailable, "no memory for a connection") }
        guard PQstatus(handle) == CONNECTION_OK else {
            defer { PQfinish(handle) }
            throw DatabaseError.connection(handle, .unavailable)
        }
        // Notices would go to the standard error otherwise.
        PQsetNoticeReceiver(handle, { _, _ in }, nil)
        return handle
    }
}
