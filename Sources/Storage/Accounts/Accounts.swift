package import Engine
package import Foundation
import Postgres

extension Store {
    /// How many passwords this process has hashed.
    package var hashedPasswords: Int { passwords.count }

    package func hasUsers() async throws -> Bool {
        try await query("select exists (select from users) as found", by: .system).first?.get("found") ?? false
    }

    /// Makes the account with its personal organisation. `StorageError.conflict("email")` when the address has one.
    package func register(
        email: String,
        password: Secret,
        nickname: String?,
        language: String,
        status: UserStatus,
        isSuperuser: Bool = false
    ) async throws -> User {
        let role: AccountRole = isSuperuser ? .administrator : .member
        let account = try await newAccount(email, password, nickname, language, status, role)
        guard let row = try await query(account.insertion(when: "true"), by: .system).first else {
            throw StorageError(.failed, "The account was not made.")
        }
        return try User(row)
    }

    /// Makes the first account, which rules the instance; nil when there is one already, however many ask at once.
    package func createFirstSuperuser(
        email: String,
        password: Secret,
        nickname: String?,
        language: String,
        address: String? = nil
    ) async throws -> User? {
        let account = try await newAccount(email, password, nickname, language, .active, .administrator)
        let entry = AuditEntry(
            "user.created",
            target: account.id.text,
            after: ["email": .string(account.email), "role": .string(AccountRole.administrator.rawValue)]
        )
        let answers = try await batch(
            [
                "select pg_advisory_xact_lock(hashtext('alma.first_superuser'))",
                account.insertion(when: "not exists (select from users)"),
                entry.insertion(for: "users u where u.user_id = \(account.id)", by: .system, address: address),
            ],
            by: .system
        )
        return try answers[1].first.map(User.init)
    }

    package func user(_ id: UUID, by principal: Principal) async throws -> User? {
        try await query(
            "select \(User.columns) from users u \(User.statistics) where u.user_id = \(id)",
            by: principal
        ).first.map(User.init)
    }

    /// What is nil stays. `preferences`: an object to lay over them, as `mergePreferences` does. All is changed, or
    /// nothing.
    package func updateProfile(
        nickname: String?,
        timezone: String?,
        language: String?,
        preferences: String? = nil,
        by principal: Principal
    ) async throws -> User {
        let nickname = try nickname.map { try Checks.text($0, "nickname", upTo: 50) }
        let timezone = try timezone.map { try Checks.text($0, "timezone", upTo: 50) }
        let language = try language.map { try Checks.language($0) }
        let merged: Query = try preferences.map { ", preferences = \(try Self.merged($0))" } ?? ""
        return try await updated(
            """
            update users set nickname = coalesce(\(nickname), nickname), timezone = coalesce(\(timezone), timezone),
                language = coalesce(\(language), language)\(merged)
            """,
            Conditional.user,
            by: principal
        )
    }

    /// Lays a JSON object over the preferences, objects inside merged likewise; null takes a preference away.
    package func mergePreferences(_ json: String, by principal: Principal) async throws -> User {
        let update: Query = "update users set preferences = \(try Self.merged(json))"
        return try await updated(update, Conditional.preferences, by: principal)
    }

    private static func merged(_ json: String) throws -> Query {
        "merge_json(preferences, \(JSONText(try Checks.object(json, "preferences")))::jsonb)"
    }

    /// `subject`: what the update is of, where the account is the principal's.
    private func updated(
        _ update: Query,
        _ subject: (UUID) -> Conditional,
        by principal: Principal
    ) async throws -> User {
        let statement: Query = """
            with u as (\(update) where user_id = \(principal.userID) returning *)
            select \(User.columns) from u \(User.statistics)
            """
        guard let user = principal.userID,
            let row = try await query(statement, changing: subject(user), by: principal).first
        else { throw StorageError(.failed, "There is no account to change.") }
        return try User(row)
    }

    /// Without a password nobody can sign in until one has been chosen by a link.
    func newAccount(
        _ email: String,
        _ password: Secret?,
        _ nickname: String?,
        _ language: String,
        _ status: UserStatus,
        _ role: AccountRole
    ) async throws -> NewAccount {
        let email = try Checks.email(email)
        if let password { try PasswordRule.check(password, email: email, field: "password") }
        let name = nickname.flatMap { $0.allSatisfy(\.isWhitespace) ? nil : $0 }
        return NewAccount(
            email: email,
            nickname: try Checks.text(name ?? String(email.prefix { $0 != "@" }.prefix(50)), "nickname", upTo: 50),
            language: try Checks.language(language),
            status: status,
            role: role,
            hash: try await hash(password)
        )
    }

    private func hash(_ password: Secret?) async throws -> String {
        guard let password else { return PasswordHasher.none }
        return try await passwords.hash(password)
    }
}
