import Foundation

/// What the files say beside what the database says; it refuses when the two cannot belong together.
struct MigrationLedger: Sendable {
    struct Entry: Sendable {
        var version: Int
        var name: String
        var checksum: String
        var appliedAt: Date
    }

    private(set) var applied: [Int: Entry]
    private let files: [MigrationFile]

    /// `checksums` are those of the files, in their order.
    init(files: [MigrationFile], checksums: [String], applied entries: [Entry]) throws {
        self.files = files
        applied = Dictionary(uniqueKeysWithValues: entries.map { ($0.version, $0) })
        let known = Set(files.map(\.version))
        if let unknown = entries.filter({ !known.contains($0.version) }).max(by: { $0.version < $1.version }) {
            throw DatabaseError(
                .migration,
                "the database is newer than this program: it has the migration \(unknown.version) \(unknown.name)"
            )
        }
        for (file, checksum) in zip(files, checksums) {
            guard let entry = applied[file.version], entry.checksum != checksum else { continue }
            throw DatabaseError(
                .migration,
                "the file of the migration \(file.version) \(file.name) was changed after it was applied; "
                    + "put it back as it was and write a new migration instead"
            )
        }
    }

    func pending(upTo version: Int?) throws -> [MigrationFile] {
        if let version, !files.contains(where: { $0.version == version }) {
            throw DatabaseError(.migration, "there is no migration \(version)")
        }
        let pending = files.filter { applied[$0.version] == nil && $0.version <= version ?? .max }
        if let latest = applied.keys.max(), let late = pending.first(where: { $0.version < latest }) {
            throw DatabaseError(
                .migration,
                "the migration \(late.version) \(late.name) comes before \(latest), which is already applied; "
                    + "give it a higher number"
            )
        }
        return pending
    }

    /// The last ones that were applied, the latest first.
    func latest(_ count: Int) -> [MigrationFile] {
        Array(files.filter { applied[$0.version] != nil }.reversed().prefix(max(0, count)))
    }
}
