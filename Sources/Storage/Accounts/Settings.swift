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

extension Store {
    private static let registration = "registration"

    /// Closed until somebody decides otherwise.
    package func registrationMode() async throws -> RegistrationMode {
        try await query("select value from settings where name = \(Self.registration)", by: .system)
            .first?.get("value") ?? .closed
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
