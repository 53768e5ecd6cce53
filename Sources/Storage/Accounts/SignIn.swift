import Crypto
package import Engine
package import Foundation
import Postgres

/// Shows that somebody knew an account's password: what is begun with it is begun only while that is the password still.
package struct PasswordProof: Sendable, Equatable {
    private let digest: [UInt8]

    init(hash: String) { digest = Array(SHA256.hash(data: Data(hash.utf8))) }

    /// For a row of `users`.
    var condition: Query { "sha256(convert_to(hashed_password, 'UTF8')) = \(digest)" }
}

/// What came of an attempt to sign in. Of an account's state only those learn who know its password.
package enum AuthenticationResult: Sendable, Equatable {
    case user(User, PasswordProof)
    case refused
    case unverified
    case pending
    case disabled
    /// Too many attempts; the account may exist or not.
    case locked(until: Date)
}

extension Store {
    /// Takes the same time whether there is such an account or not. `address` is where the attempt comes from; limits
    /// are kept by account and address together, so that strangers cannot lock out the owner.
    package func authenticate(
        email: String,
        password: Secret,
        address: String? = nil,
        at time: Date = Date()
    ) async throws -> AuthenticationResult {
        let email = email.trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
        guard email.utf8.count <= 1020, !email.utf8.contains(0), password.reveal().utf8.count <= 8192 else {
            return .refused
        }
        let attempt = SignInAttempt(email: email, address: address, time: time)
        guard let row = try await query(attempt.opening, by: .system).first else { return .refused }
        if let until = try attempt.lockedUntil(row) { return .locked(until: until) }
        let hash: String? = try row.get("hashed_password")
        guard try await passwords.matches(password, hash) else {
            try await query(attempt.failure, by: .system)
            return .refused
        }
        let user = try User(row)
        try await query(attempt.success(user: user.id, isActive: user.status == .active), by: .system)
        switch user.status {
        case .active: return .user(user, PasswordProof(hash: hash ?? ""))
        case .unverified: return .unverified
        case .pending: return .pending
        case .disabled: return .disabled
        case .deleted: return .refused
        }
    }

    /// Ends all other sessions and all refresh tokens, and is written down in the audit; false when `current` is not the password.
    package func changePassword(
        current: Secret,
        new: Secret,
        keepingSession: UUID?,
        by principal: Principal,
        address: String? = nil
    ) async throws -> Bool {
        guard let user = principal.userID, let account = try await self.user(user, by: principal) else { return false }
        try PasswordRule.check(new, email: account.email, field: "new_password")
        // Whoever has stolen a session shall not guess the password behind it.
        let attempt = SignInAttempt(email: account.email, address: "password change", time: Date())
        guard let row = try await query(attempt.opening, by: .system).first, try attempt.lockedUntil(row) == nil else {
            throw StorageError.invalid("current_password", "Too many attempts. Try again later.")
        }
        let hash: String = try row.get("hashed_password")
        guard try await passwords.matches(current, hash) else {
            try await query(attempt.failure, by: .system)
            return false
        }
        let newHash = try await passwords.hash(new)
        let entry = AuditEntry("password.changed", target: user.text)
        return try await replacePassword(
            hash,
            newHash,
            of: user,
            keeping: keepingSession,
            after: attempt,
            entry.insertion(for: "changed", by: principal, address: address)
        )
    }

    private func replacePassword(
        _ hash: String,
        _ newHash: String,
        of user: UUID,
        keeping session: UUID?,
        after attempt: SignInAttempt,
        _ audit: Query
    ) async throws -> Bool {
        let answers = try await batch(
            // Who signs in with the old password at this moment holds the row: their session ends with the others.
            Self.locked(.user(user)) + [
                """
                with changed as (
                    update users set hashed_password = \(newHash), tokens_valid_after = now()
                    where user_id = \(user) and hashed_password = \(hash)
                    returning user_id
                ), ended as (
                    delete from sessions using changed
                    where sessions.user_id = changed.user_id and session_id is distinct from \(session)::uuid
                ), revoked as (
                    update refresh_tokens set revoked_at = now() from changed
                    where refresh_tokens.user_id = changed.user_id and revoked_at is null
                ), audited as (
                    \(audit)
                )
                select user_id from changed
                """,
                attempt.forgetting,
            ],
            by: .system
        )
        return answers.dropLast().last?.isEmpty == false
    }
}
