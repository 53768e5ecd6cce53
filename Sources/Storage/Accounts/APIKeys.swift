package import Engine
package import Foundation
import Postgres

/// A key by which a person's programs ask in their name.
package struct APIKey: Sendable, Equatable {
    /// What it opens. The raw values are `api_keys.scopes`.
    package enum Scope: String, Sendable, CaseIterable {
        /// The JSON API, but for what is the person's own business: passwords, keys, administration.
        case api
        /// `/mcp`.
        case mcp
        /// To look at what `api` opens, and change nothing.
        case read
        /// As `api`.
        case write
        /// Conversations with agents, and the models behind them; to know of agents and models.
        case chat
        /// As `api`, with the power of an administrator: only theirs to make.
        case admin
        /// `/openai/v1`.
        case openai
    }

    /// What somebody wants to do.
    package enum Use: Sendable { case mcp, call, look, change, chat, administer }

    /// Whether it was made for this.
    package func opens(_ use: Use) -> Bool {
        let fitting: Set<Scope> =
            switch use {
            case .mcp: [.mcp]
            case .call: [.openai, .chat, .write, .api, .admin]
            case .look: [.read, .write, .api, .admin]
            case .change: [.write, .api, .admin]
            case .chat: [.chat, .write, .api, .admin]
            case .administer: [.admin]
            }
        return !fitting.isDisjoint(with: scopes)
    }

    /// What every key begins with.
    package static let prefix = "alma_"

    package var id: UUID
    package var name: String
    /// Its last letters.
    package var hint: String
    package var scopes: [Scope]
    package var expiresAt: Date?
    package var lastUsedAt: Date?
    package var createdAt: Date

    package init(
        id: UUID,
        name: String,
        hint: String,
        scopes: [Scope],
        expiresAt: Date? = nil,
        lastUsedAt: Date? = nil,
        createdAt: Date
    ) {
        self.id = id
        self.name = name
        self.hint = hint
        self.scopes = scopes
        self.expiresAt = expiresAt
        self.lastUsedAt = lastUsedAt
        self.createdAt = createdAt
    }
}

/// Who asks by a key: its person, as an administrator only where the key says so.
package struct APIKeyIdentity: Sendable {
    package var key: APIKey
    package var user: User
    package var principal: Principal
}

extension Store {
    private static let mostKeys = 50

    /// The person's, the newest first.
    package func apiKeys(by principal: Principal) async throws -> [APIKey] {
        try await query(
            "select \(APIKey.columns) from api_keys k where \(Self.isOwnKey(principal)) order by k.key_id desc",
            by: principal
        ).map(APIKey.init)
    }

    /// nil when the person has no such key.
    package func apiKey(_ id: UUID, by principal: Principal) async throws -> APIKey? {
        try await query(
            "select \(APIKey.columns) from api_keys k where k.key_id = \(id) and \(Self.isOwnKey(principal))",
            by: principal
        ).first.map(APIKey.init)
    }

    /// The key itself is in the answer and nowhere else. `days`: until it expires; nil for never.
    package func createAPIKey(
        name: String,
        scopes: [APIKey.Scope],
        days: Int?,
        by principal: Principal,
        address: String? = nil
    ) async throws -> (secret: Secret, key: APIKey) {
        let name = try Checks.text(name, "name", upTo: 100)
        guard !scopes.isEmpty else { throw StorageError.invalid("scopes", "Name at least one.") }
        guard principal.isSuperuser || !scopes.contains(.admin) else {
            throw StorageError.invalid("scopes", "Only an administrator makes keys for administration.")
        }
        guard days.map({ (1...3650).contains($0) }) ?? true else {
            throw StorageError.invalid("expires_in_days", "From 1 to 3650 days.")
        }
        let secret = Secret(APIKey.prefix + RandomToken.make().reveal())
        let id = UUID.v7()
        let insertion: Query = """
            insert into api_keys (key_id, org_id, user_id, name, key_hash, hint, scopes, expires_at)
            select \(id)::uuid, \(principal.organisationID)::uuid, \(principal.userID)::uuid, \(name),
                \(RandomToken.hash(secret)), \(String(secret.reveal().suffix(4))),
                \(Set(scopes.map(\.rawValue)).sorted())::text[], now() + \(days)::integer * interval '1 day'
            where (select count(*) from api_keys k where \(Self.isOwnKey(principal))) < \(Self.mostKeys)
            """
        let clauses = APIKey.audited.clauses(.created, id, insertion, by: principal, address: address)
        let rows = try await query("with \(clauses) select \(APIKey.columns) from done k", by: principal)
        guard let row = rows.first else {
            throw StorageError.invalid("name", "At most \(Self.mostKeys) keys. Revoke one that nobody uses.")
        }
        return (secret, try APIKey(row))
    }

    /// It opens nothing any more. False when the person has no such key.
    package func revokeAPIKey(_ id: UUID, by principal: Principal, address: String? = nil) async throws -> Bool {
        defer { keyIdentities.forget() }
        let deletion: Query = "delete from api_keys k where k.key_id = \(id) and \(Self.isOwnKey(principal))"
        return try await query(
            APIKey.audited.statement(.revoked, id, deletion, by: principal, address: address),
            changing: .apiKey(id),
            by: principal
        ).affected == 1
    }

    /// The same as `identity(apiKey:)`, remembered for a second: for programs that call many times in one.
    package func recentIdentity(apiKey secret: Secret) async throws -> APIKeyIdentity? {
        try await keyIdentities.value(of: RandomToken.hash(secret)) { try await identity(apiKey: secret) }
    }

    /// nil for what is no key, or one that is revoked, expired, or of an account that is not active.
    package func identity(apiKey secret: Secret) async throws -> APIKeyIdentity? {
        try await identity(keyWhere: "k.key_hash = \(RandomToken.hash(secret))")
    }

    /// The same of a key that somebody has shown before.
    package func identity(apiKey id: UUID, of user: UUID) async throws -> APIKeyIdentity? {
        try await identity(keyWhere: "k.key_id = \(id) and k.user_id = \(user)")
    }

    private func identity(keyWhere condition: Query) async throws -> APIKeyIdentity? {
        let row = try await query(
            """
            select \(APIKey.columns), k.org_id,
                k.last_used_at is null or k.last_used_at < now() - interval '1 minute' as is_stale, \(User.columns)
            from api_keys k join users u on u.user_id = k.user_id and u.status = 'active' \(User.statistics)
            join memberships m on m.org_id = k.org_id and m.user_id = k.user_id
            where \(condition) and \(Self.isUnexpired)
            """,
            by: .system
        ).first
        guard let row else { return nil }
        let key = try APIKey(row)
        if try row.get("is_stale") {
            try await query("update api_keys set last_used_at = now() where key_id = \(key.id)", by: .system)
        }
        var user = try User(row)
        if !key.scopes.contains(.admin) { user.role = .member }
        let principal = Principal.member(user: user.id, organisation: try row.get("org_id"), role: user.role).program
        return APIKeyIdentity(key: key, user: user, principal: principal)
    }

    /// For a `k` of api_keys.
    static var isUnexpired: Query { "(k.expires_at is null or k.expires_at > now())" }

    private static func isOwnKey(_ principal: Principal) -> Query {
        "k.user_id = \(principal.userID) and k.org_id = \(principal.organisationID)"
    }
}

extension APIKey.Scope {
    /// All of them, for people.
    package static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

extension APIKey {
    static let audited = AuditedTable(
        name: "api_key",
        table: "api_keys",
        key: "key_id",
        fields: "jsonb_build_object('name', x.name, 'scopes', x.scopes, 'expires_at', x.expires_at)"
    )

    /// For a `k` of api_keys. A user has a name and a time of making, too.
    static let columns: Query = """
        k.key_id, k.name as key_name, k.hint, k.scopes, k.expires_at as key_expires_at, k.last_used_at as key_used_at,
        k.created_at as key_created_at
        """

    init(_ row: Row) throws {
        self.init(
            id: try row.get("key_id"),
            name: try row.get("key_name"),
            hint: try row.get("hint"),
            scopes: try row.get("scopes", as: [String].self).compactMap(Scope.init),
            expiresAt: try row.get("key_expires_at"),
            lastUsedAt: try row.get("key_used_at"),
            createdAt: try row.get("key_created_at")
        )
    }
}
