package import Engine
package import Foundation
import Postgres

extension Store: ToolSecretSource {
    package func toolSecrets(by principal: Principal) async throws -> [ToolSecret] {
        try await query(
            """
            select secret_id, name, hosts, user_id is null as is_shared, created_at from tool_secrets
            where \(Self.isUsable(by: principal)) order by name, user_id nulls last
            """,
            by: principal
        ).map(ToolSecret.init)
    }

    package func value(of secret: ToolSecret, by principal: Principal) async throws -> Secret? {
        try await query(
            "select value_encrypted from tool_secrets where secret_id = \(secret.id) and \(Self.isUsable(by: principal))",
            by: principal
        ).first.map { row in
            try keys.open(row.get("value_encrypted"), in: Self.place(ofToolSecret: secret.id))
        }
    }

    /// The value is sealed before it goes anywhere. `isShared`: for the whole organisation, which only an administrator may
    /// give. Throws `.conflict("name")` when there is one of this name. Written down in the audit, without the value.
    package func createToolSecret(
        name: String,
        value: Secret,
        hosts: [String],
        isShared: Bool,
        by principal: Principal,
        address: String? = nil
    ) async throws -> ToolSecret {
        guard !isShared || principal.isSuperuser else {
            throw StorageError.invalid("shared", "Only an administrator gives secrets to everybody.")
        }
        let id = UUID.v7()
        let name = try Checks.text(name, "name", upTo: 64)
        guard name.wholeMatch(of: /[A-Za-z][A-Za-z0-9_-]*/) != nil else {
            throw StorageError.invalid("name", "Use letters, digits, _ and -, a letter first.")
        }
        let places = try Self.places(hosts)
        let plain = try Checks.text(value.reveal(), "value", upTo: 4000)
        // What is as short as a word cannot be told from one in an answer.
        guard plain.utf8.count >= 8 else { throw StorageError.invalid("value", "At least 8 characters.") }
        let sealed = try keys.seal(Secret(plain), in: Self.place(ofToolSecret: id))
        let insertion: Query = """
            insert into tool_secrets (secret_id, org_id, user_id, name, value_encrypted, hosts)
            values (
                \(id), \(principal.organisationID), \(isShared ? nil : principal.userID), \(name), \(sealed),
                \(places.map(\.text))
            )
            """
        let clauses = ToolSecret.audited.clauses(.created, id, insertion, by: principal, address: address)
        let rows = try await query(
            "with \(clauses) select secret_id, name, hosts, user_id is null as is_shared, created_at from done",
            by: principal
        )
        guard let row = rows.first else { throw StorageError(.failed, "The secret was not made.") }
        return try ToolSecret(row)
    }

    package func deleteToolSecret(_ id: UUID, by principal: Principal, address: String? = nil) async throws -> Bool {
        let deletion: Query = "delete from tool_secrets where secret_id = \(id) and \(Self.isOwn(principal))"
        return try await query(
            ToolSecret.audited.statement(.deleted, id, deletion, by: principal, address: address),
            by: principal
        ).affected == 1
    }

    static func place(ofToolSecret id: UUID) -> SealedPlace {
        SealedPlace(table: "tool_secrets", row: id, column: "value_encrypted")
    }

    private static func places(_ hosts: [String]) throws -> [SecretPlace] {
        let places = try hosts.map { host in
            guard let place = SecretPlace(host) else {
                throw StorageError.invalid("hosts", "\(host.prefix(100)) is no host, such as api.example.org.")
            }
            return place
        }
        guard 1...20 ~= places.count else { throw StorageError.invalid("hosts", "Name 1 to 20 hosts.") }
        return places
    }

    private static func isUsable(by principal: Principal) -> Query {
        "org_id = \(principal.organisationID) and (user_id is null or user_id = \(principal.userID))"
    }

    private static func isOwn(_ principal: Principal) -> Query {
        """
        org_id = \(principal.organisationID)
            and (user_id = \(principal.userID) or (user_id is null and \(principal.isSuperuser)::boolean))
        """
    }
}

extension ToolSecret {
    static let audited = AuditedTable(
        name: "tool_secret",
        table: "tool_secrets",
        key: "secret_id",
        fields: "jsonb_build_object('name', x.name, 'hosts', x.hosts, 'shared', x.user_id is null)"
    )

    init(_ row: Row) throws {
        let hosts: [String] = try row.get("hosts")
        self.init(
            id: try row.get("secret_id"),
            name: try row.get("name"),
            places: hosts.compactMap(SecretPlace.init),
            isShared: try row.get("is_shared"),
            createdAt: try row.get("created_at")
        )
    }
}
