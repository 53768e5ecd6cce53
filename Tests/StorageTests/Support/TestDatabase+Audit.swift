import Foundation
import Postgres

extension TestDatabase {
    /// From now on nothing can be written down.
    func refuseAudit() async throws {
        try await administrator.batch([
            """
            create function refuse_audit() returns trigger language plpgsql
            as $$ begin raise exception 'nothing is written down'; end $$
            """,
            "create trigger refused before insert on audit_events for each row execute function refuse_audit()",
        ])
    }

    /// Now it can again.
    func takeAudit() async throws {
        try await administrator.batch(["drop trigger refused on audit_events", "drop function refuse_audit()"])
    }

    /// A digest of every row that there is, but for the audit's and for how often somebody has tried a password.
    func contents() async throws -> String {
        let names = try await administrator.query(
            """
            select relname::text from pg_class
            where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
                and relname not in ('audit_events', 'login_attempts')
            order by 1
            """
        )
        let tables = try names.map { try $0.get(0, as: String.self) }
        let lines = tables.map { (table) -> Query in
            "select '\(unescaped: table) ' || x::text as line from \(unescaped: table) x"
        }
        let all = lines.joined(by: " union all ")
        let digest = try await administrator.query(
            "select md5(coalesce(string_agg(line, ',' order by line), '')) as digest from (\(all)) everything"
        )
        return try digest.first?.get("digest") ?? ""
    }
}
