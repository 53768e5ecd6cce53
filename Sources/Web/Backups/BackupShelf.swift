package import Foundation

/// Copies of the database that lie on this server's disk.
package protocol BackupShelf: Sendable {
    /// The newest first.
    func files() async -> [BackupFile]

    /// What is under way, and what came of the last one.
    func state() async -> BackupState

    /// Begins one and returns at once. False while another is under way. `noting` is asked before, by the one of several who
    /// begins it; what it throws is thrown, and nothing is begun.
    func begin(noting note: @Sendable () async throws -> Void) async throws -> Bool

    /// Some of a file's bytes from a place on; none behind its end, or when there is no such file.
    func bytes(of name: String, from place: Int64) async -> [UInt8]

    /// False when there is no such file.
    func delete(_ name: String) async -> Bool
}

package struct BackupFile: Sendable, Equatable {
    package enum Kind: String, Sendable {
        /// Made by a migration before it changed the tables; the oldest go by themselves.
        case migration
        /// Made because somebody wanted it; it stays until it is deleted.
        case manual
    }

    package var name: String
    package var kind: Kind
    package var bytes: Int64
    package var madeAt: Date

    package init(name: String, kind: Kind, bytes: Int64, madeAt: Date) {
        self.name = name
        self.kind = kind
        self.bytes = bytes
        self.madeAt = madeAt
    }
}

package struct BackupState: Sendable, Equatable {
    /// Since when one is under way, and how much it has written; nil while none is.
    package var startedAt: Date?
    package var writtenBytes: Int64
    /// What came of the last one since this process began: nil when it went well, or there was none.
    package var failure: String?
    package var finishedAt: Date?

    package init(
        startedAt: Date? = nil,
        writtenBytes: Int64 = 0,
        failure: String? = nil,
        finishedAt: Date? = nil
    ) {
        self.startedAt = startedAt
        self.writtenBytes = writtenBytes
        self.failure = failure
        self.finishedAt = finishedAt
    }
}

/// Where nothing is kept.
package struct NoBackups: BackupShelf {
    package init() {}
    package func files() async -> [BackupFile] { [] }
    package func state() async -> BackupState { BackupState() }
    package func begin(noting note: @Sendable () async throws -> Void) async throws -> Bool { false }
    package func bytes(of name: String, from place: Int64) async -> [UInt8] { [] }
    package func delete(_ name: String) async -> Bool { false }
}
