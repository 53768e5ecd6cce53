package import Engine
import Postgres

/// Who may make an account.
package enum RegistrationMode: String, Sendable, CaseIterable, Bindable, ColumnValue {
    case open
    /// Nobody; administrators make accounts.
    case closed
    /// Everybody, but an administrator lets them in.
    case approval
}

/// Who may make an account, and what has to be done before it can be used.
package struct RegistrationPolicy: Sendable, Equatable {
    package var mode: RegistrationMode
    /// People confirm their e-mail address, where mail is sent.
    package var verifiesEmail: Bool

    package init(mode: RegistrationMode, verifiesEmail: Bool) {
        self.mode = mode
        self.verifiesEmail = verifiesEmail
    }

    /// What a new account is at first; nil when there is none to be had.
    package func firstStatus(sendsMail: Bool) -> UserStatus? {
        switch mode {
        case .closed: nil
        case .open, .approval: verifiesEmail && sendsMail ? .unverified : mode == .open ? .active : .pending
        }
    }
}

extension Store {
    private static let registration = "registration"
    private static let verification = "email_verification"

    /// Closed until somebody decides otherwise.
    package func registrationPolicy() async throws -> RegistrationPolicy {
        let row = try await query(
            "select \(Self.setting(Self.registration)) as mode, \(Self.setting(Self.verification)) as verification",
            by: .system
        ).first
        return RegistrationPolicy(
            mode: try row?.get("mode", as: RegistrationMode?.self) ?? .closed,
            verifiesEmail: try row?.get("verification", as: String?.self) == "true"
        )
    }

    /// For administrators; false for others. It is written into the audit.
    package func setRegistrationPolicy(
        _ policy: RegistrationPolicy,
        by principal: Principal,
        address: String?
    ) async throws -> Bool {
        guard principal.may(.systemManage) else { return false }
        let old = try await registrationPolicy()
        let entry = AuditEntry("registration.changed", before: old.fields, after: policy.fields)
        try await batch(
            [
                """
                insert into settings (name, value, updated_by)
                values (\(Self.registration), \(policy.mode), \(principal.userID)::uuid),
                    (\(Self.verification), \(policy.verifiesEmail ? "true" : "false"), \(principal.userID)::uuid)
                on conflict (name) do update
                set value = excluded.value, updated_at = now(), updated_by = excluded.updated_by
                """,
                entry.insertion(for: "(values (1)) one", by: principal, address: address),
            ],
            by: principal
        )
        return true
    }

    /// For administrators and the system; false for others.
    @discardableResult
    package func setRegistrationMode(_ mode: RegistrationMode, by principal: Principal) async throws -> Bool {
        try await query(
            """
            insert into settings (name, value, updated_by)
            select \(Self.registration), \(mode), \(principal.userID)::uuid
            where alma_is_system() or alma_is_superuser()
            on conflict (name) do update
            set value = excluded.value, updated_at = now(), updated_by = excluded.updated_by
            """,
            by: principal
        ).affected == 1
    }
}

extension RegistrationPolicy {
    fileprivate var fields: [String: JSONValue] {
        ["mode": .string(mode.rawValue), "email_verification": .bool(verifiesEmail)]
    }
}
