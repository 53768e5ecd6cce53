package import Logging
package import Postgres

/// The role that the program works as. Row-level security does not hold for a superuser, so a server that is given one
/// lays its powers down: it connects as before and becomes `alma_app`, which may log in nowhere by itself.
package enum ApplicationRole {
    private static let name = "alma_app"

    /// The configuration for the program's pool, made from the one that migrates. Called after the migrations, at every
    /// start, because new tables want new grants. A role that row-level security holds for is used as it is.
    package static func configuration(
        for administrator: DatabaseConfiguration,
        logger: Logger
    ) async throws -> DatabaseConfiguration {
        var single = administrator
        single.maximumConnections = 1
        let database = Database(single, logger: logger)
        do {
            let isAbove = try await prepare(database)
            await database.close()
            guard isAbove else { return administrator }
            var application = administrator
            application.options = [administrator.options, "-c role=\(name)"].compactMap { $0 }.joined(separator: " ")
            return application
        } catch {
            await database.close()
            throw (error as? DatabaseError).map { StorageError($0) } ?? error
        }
    }

    /// Whether the connected role is above row-level security; then the lesser one is there, with its grants.
    private static func prepare(_ database: Database) async throws -> Bool {
        let isAbove: Bool? = try await database.query(
            "select rolsuper or rolbypassrls as is_above from pg_roles where rolname = current_user"
        ).first?.get("is_above")
        guard isAbove == true else { return false }
        // Roles belong to the whole cluster: another database's server may make this one at the same moment.
        try await database.query(
            """
            do $$ begin
                create role \(unescaped: name) nologin;
            exception when duplicate_object or unique_violation then null;
            end $$
            """
        )
        try await database.batch([
            "select pg_advisory_xact_lock(hashtext('alma.grants'))",
            "select grant_application('\(unescaped: name)')",
            // A superuser needs no membership to become it.
            """
            do $$ begin
                if not (select rolsuper from pg_roles where rolname = current_user) then
                    grant \(unescaped: name) to current_user;
                end if;
            end $$
            """,
        ])
        return true
    }
}
