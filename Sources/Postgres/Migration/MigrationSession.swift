/// A connection for migrations alone; what it locks is free again when it is closed.
struct MigrationSession: Sendable {
    /// What a script means to the table of migrations.
    enum Record {
        case applied(MigrationFile)
        case takenBack(MigrationFile)
    }

    private let connection: Connection

    static func with<Answer>(
        _ configuration: DatabaseConfiguration,
        _ body: (MigrationSession) async throws -> Answer
    ) async throws -> Answer {
        let connection = try await Connection.open(configuration)
        do {
            let answer = try await body(MigrationSession(connection: connection))
            await connection.close()
            return answer
        } catch {
            await connection.close()
            throw error
        }
    }

    /// Waits until no other process migrates this database.
    func lock() async throws {
        try await query("select pg_advisory_lock(7811881106)")
        try await query(
            """
            create table if not exists schema_migrations (
                version integer primary key,
                name text not null,
                checksum text not null,
                applied_at timestamptz not null default now()
            )
            """
        )
    }

    func ledger(of files: [MigrationFile]) async throws -> MigrationLedger {
        let checksums = try await query(
            """
            select encode(sha256(convert_to(content, 'UTF8')), 'hex') as checksum
            from unnest(\(files.map(\.up))::text[]) with ordinality as file (content, position) order by position
            """
        )
        return try MigrationLedger(
            files: files,
            checksums: try checksums.map { try $0.get("checksum") },
            applied: try await entries()
        )
    }

    /// Whether any ordinary table holds something. Told by size: row policies may hide rows from us, not bytes.
    func holdsData() async throws -> Bool {
        let rows = try await query(
            """
            select exists (
                select from pg_class join pg_namespace on pg_namespace.oid = relnamespace
                where relkind = 'r' and relpersistence <> 't' and nspname not in ('pg_catalog', 'information_schema')
                and pg_class.oid is distinct from to_regclass('schema_migrations') and pg_relation_size(pg_class.oid) > 0
            ) as found
            """
        )
        return try rows.first?.get("found") ?? false
    }

    /// Runs a script in a transaction together with its record.
    func run(_ script: String, recording record: Record) async throws {
        guard let transaction = await connection.begin(with: []) else {
            throw DatabaseError(.connectionLost, "the connection to the server is gone")
        }
        do {
            _ = try await connection.perform(script: script, in: transaction).result.get()
            _ = try await connection.perform([record.query], in: transaction).result.get()
        } catch {
            _ = await connection.rollback()
            throw error
        }
        _ = try await connection.commit().result.get()
    }

    private func entries() async throws -> [MigrationLedger.Entry] {
        let isThere: Bool? = try await query("select to_regclass('schema_migrations') is not null as found").first?.get(
            "found"
        )
        guard isThere == true else { return [] }
        return try await query("select version, name, checksum, applied_at from schema_migrations").map { row in
            MigrationLedger.Entry(
                version: try row.get("version"),
                name: try row.get("name"),
                checksum: try row.get("checksum"),
                appliedAt: try row.get("applied_at")
            )
        }
    }

    @discardableResult
    private func query(_ query: Query) async throws -> Rows {
        guard let rows = try await connection.perform([query]).result.get().first else {
            throw DatabaseError(.query, "the server did not answer", query: query.sql)
        }
        return rows
    }
}

extension MigrationSession.Record {
    fileprivate var query: Query {
        switch self {
        case .applied(let file):
            """
            insert into schema_migrations (version, name, checksum) values
            (\(file.version), \(file.name), encode(sha256(convert_to(\(file.up), 'UTF8')), 'hex'))
            """
        case .takenBack(let file):
            "delete from schema_migrations where version = \(file.version)"
        }
    }
}
