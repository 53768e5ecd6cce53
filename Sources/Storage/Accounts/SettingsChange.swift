import Engine
import Foundation
import Postgres

/// Settings of the instance as they shall be, and the name under which the audit has what came of it.
struct SettingsChange: Sendable {
    /// How the audit shows a value. The raw values are those of the statement below.
    enum Kind: String, Sendable { case text, number, flag, secret }

    struct Field: Sendable {
        /// The row of `settings`.
        var name: String
        /// In the audit.
        var title: String
        /// nil takes it away.
        var value: String?
        var kind = Kind.text
    }

    var action: String
    var fields: [Field]
}

extension Store {
    /// Makes all of them hold at once; what is the same stays as it was. Of each that changes something there is an audit row with
    /// before and after, in the same transaction. For administrators and the system; false for others.
    @discardableResult
    func change(_ changes: [SettingsChange], by principal: Principal, address: String?) async throws -> Bool {
        guard principal.isSuperuser else { return false }
        try await batch(
            Self.locked(.settings) + [Self.statement(changes, by: principal, address: address)],
            by: principal
        )
        return true
    }

    private static func statement(_ changes: [SettingsChange], by principal: Principal, address: String?) -> Query {
        let fields = changes.flatMap { change in
            let id = UUID.v7()
            return change.fields.map { (id: id, action: change.action, field: $0) }
        }
        return """
            with wanted as (
                select id, action, name, title, kind, case when is_there then value end as value
                from unnest(
                    \(fields.map(\.id))::uuid[], \(fields.map(\.action))::text[], \(fields.map(\.field.name))::text[],
                    \(fields.map(\.field.title))::text[], \(fields.map(\.field.kind.rawValue))::text[],
                    \(fields.map { $0.field.value ?? "" })::text[], \(fields.map { $0.field.value != nil })::boolean[]
                ) t (id, action, name, title, kind, value, is_there)
            ), changed as (
                select w.*, s.value as old from wanted w left join settings s using (name)
                where s.value is distinct from w.value
            ), kept as (
                insert into settings (name, value, updated_by)
                select name, value, \(principal.userID)::uuid from changed where value is not null
                on conflict (name) do update
                set value = excluded.value, updated_at = now(), updated_by = excluded.updated_by
            ), gone as (
                delete from settings s using changed c where s.name = c.name and c.value is null
            )
            insert into audit_events (audit_id, org_id, user_id, action, detail, address)
            select id, \(principal.organisationID)::uuid, \(principal.userID)::uuid, action,
                jsonb_strip_nulls(jsonb_build_object(
                    'before', jsonb_object_agg(title, \(shown("old"))) filter (where old is not null),
                    'after', jsonb_object_agg(title, \(shown("value"))) filter (where value is not null)
                )), \(address.map { String($0.prefix(64)) })
            from changed group by id, action
            """
    }

    private static func shown(_ value: Query) -> Query {
        """
        case kind when 'number' then to_jsonb(\(value)::bigint) when 'flag' then to_jsonb(\(value)::boolean)
            when 'secret' then '"set"' else to_jsonb(\(value)) end
        """
    }
}
