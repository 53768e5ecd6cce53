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
    fileprivate static let registration = "registration"
    fileprivate static let verification = "email_verification"

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
        try await change([policy.change], by: principal, address: address)
    }

    /// Whether addresses are confirmed stays as it is. For administrators and the system; false for others.
    @discardableResult
    package func setRegistrationMode(
        _ mode: RegistrationMode,
        by principal: Principal,
        address: String? = nil
    ) async throws -> Bool {
        let change = SettingsChange(action: RegistrationPolicy.changed, fields: [mode.field])
        return try await self.change([change], by: principal, address: address)
    }
}

extension RegistrationPolicy {
    static let changed = "registration.changed"

    fileprivate var change: SettingsChange {
        let verification = SettingsChange.Field(
            name: Store.verification,
            title: "email_verification",
            value: verifiesEmail ? "true" : "false",
            kind: .flag
        )
        return SettingsChange(action: Self.changed, fields: [mode.field, verification])
    }
}

extension RegistrationMode {
    var field: SettingsChange.Field { .init(name: Store.registration, title: "mode", value: rawValue) }
}
