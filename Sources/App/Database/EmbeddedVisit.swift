import Foundation

/// Our own PostgreSQL as another ALMA on this machine runs it: used by commands beside a running server.
enum EmbeddedVisit {
    /// nil when no server runs on the folder.
    static func address(in data: DataFolder) -> EmbeddedAddress? {
        guard let base = realpath("\(data.path)/postgres", nil) else { return nil }
        defer { free(base) }
        guard let file = PostmasterFile(cluster: String(cString: base)), file.status == .ready,
            ProcessTable.isAlive(file.process), !file.socketFolder.isEmpty
        else { return nil }
        return EmbeddedAddress(socketFolder: file.socketFolder)
    }
}
