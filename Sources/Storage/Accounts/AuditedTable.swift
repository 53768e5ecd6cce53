import Engine
import Foundation
import Postgres

/// What the audit keeps of a table's rows. An act on one of them, with what the row was and has become, is one statement: one is not
/// without the other.
struct AuditedTable: Sendable {
    /// What the actions begin with: `provider` for `provider.updated`.
    let name: String
    let table: Query
    /// The column of its ids.
    let key: Query
    /// Of an `x` of the table a JSON object: what matters to those who look later, and never a secret.
    let fields: Query

    /// What is done to a row. The raw values are what the actions end with.
    enum Act: String, Sendable {
        case created, updated, changed, restored, deleted, revoked

        /// Whether nothing is left of it.
        var isEnd: Bool { self == .deleted || self == .revoked }
    }
}

extension AuditedTable {
    /// `change`: one insertion, update or deletion of the row, without `returning`. As many rows as it changes are written down, and
    /// are `affected`.
    func statement(
        _ act: Act,
        _ id: UUID,
        _ change: Query,
        by principal: Principal,
        address: String?
    ) -> Query {
        "with \(clauses(act, id, change, by: principal, address: address)) select from done"
    }

    /// The same for a statement that goes on with `done`, the rows as they are now. `returning`: what of a change that names more
    /// tables than one is the row.
    func clauses(
        _ act: Act,
        _ id: UUID,
        _ change: Query,
        returning columns: Query = "*",
        by principal: Principal,
        address: String?
    ) -> Query {
        AuditEntry("\(name).\(act.rawValue)", target: id.text).clauses(
            change,
            of: "\(table) x where x.\(key) = \(id)",
            before: fields,
            after: act.isEnd ? nil : fields,
            returning: columns,
            by: principal,
            address: address
        )
    }
}

extension AuditEntry {
    /// Parts of a `with`: `done`, a change of a row, and this entry of each that it changes. `before` and `after` are what is kept of
    /// `x`, the row as it was and as it is: nil when nothing is left of it.
    func clauses(
        _ change: Query,
        of row: Query,
        before: Query,
        after: Query?,
        returning columns: Query = "*",
        by principal: Principal,
        address: String?
    ) -> Query {
        let audit = insertion(
            for: "done x left join was on true",
            by: principal,
            address: address,
            detail: Self.difference("was.fields", after ?? "null::jsonb")
        )
        return """
            was as (
                select \(before) as fields from \(row)
            ), done as (
                \(change) returning \(columns)
            ), audited as (
                \(audit)
            )
            """
    }
}
