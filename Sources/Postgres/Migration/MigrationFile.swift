import Foundation

/// One numbered step of the schema: `003_runs.up.sql`, and the way back in `003_runs.down.sql`.
struct MigrationFile: Sendable, Equatable {
    var version: Int
    var name: String
    var up: String
    var down: String?

    /// All steps of a directory in their order; other files are left alone.
    static func all(in directory: String) throws -> [MigrationFile] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: directory)
        } catch {
            throw DatabaseError(
                .migration,
                "the migrations in \(directory) cannot be read: \(error.localizedDescription)"
            )
        }
        var downs: [Int: String] = [:]
        var files: [MigrationFile] = []
        for name in names.sorted() {
            guard let match = name.wholeMatch(of: /([0-9]+)_([A-Za-z0-9_-]+)\.(up|down)\.sql/) else { continue }
            guard let version = Int(match.1), version <= Int32.max else { continue }
            let text = try read("\(directory)/\(name)")
            if match.3 == "down" {
                downs[version] = text
            } else {
                files.append(MigrationFile(version: version, name: String(match.2), up: text))
            }
        }
        return try checked(
            files.map { file in
                var file = file
                file.down = downs.removeValue(forKey: file.version)
                return file
            },
            downs: downs
        )
    }

    private static func checked(_ files: [MigrationFile], downs: [Int: String]) throws -> [MigrationFile] {
        let files = files.sorted { $0.version < $1.version }
        for (earlier, later) in zip(files, files.dropFirst()) where earlier.version == later.version {
            throw DatabaseError(
                .migration,
                "two migrations have the number \(later.version): \(earlier.name), \(later.name)"
            )
        }
        if let orphan = downs.keys.min() {
            throw DatabaseError(.migration, "the migration \(orphan) has a way back but no way there")
        }
        return files
    }

    private static func read(_ path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path), let text = String(validating: data, as: UTF8.self)
        else { throw DatabaseError(.migration, "the file \(path) cannot be read as UTF-8 text") }
        guard !data.contains(0) else { throw DatabaseError(.migration, "the file \(path) holds a zero byte") }
        return text
    }
}
