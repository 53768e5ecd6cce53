package import Engine
package import Foundation
import Postgres

/// What holds for the whole instance and is changed while it runs.
package struct InstanceSettings: Sendable, Equatable {
    package var registration: RegistrationMode
    /// Days after which a conversation that nobody has touched is deleted; nil keeps all.
    package var conversationDays: Int?
    /// Days after which the records of tool calls and of what models were sent are deleted; nil keeps all.
    package var logDays: Int?
    /// Addresses of the terms of use and of the privacy policy.
    package var termsURL: String?
    package var privacyURL: String?
    /// Markdown that stands on all pages until it is dismissed; nil for none.
    package var announcement: String?
    /// When the announcement was changed last.
    package var announcedAt: Date?

    package init(
        registration: RegistrationMode = .closed,
        conversationDays: Int? = nil,
        logDays: Int? = nil,
        termsURL: String? = nil,
        privacyURL: String? = nil,
        announcement: String? = nil,
        announcedAt: Date? = nil
    ) {
        self.registration = registration
        self.conversationDays = conversationDays
        self.logDays = logDays
        self.termsURL = termsURL
        self.privacyURL = privacyURL
        self.announcement = announcement
        self.announcedAt = announcedAt
    }
}

extension InstanceSettings {
    /// The rows of `settings`.
    private enum Name: String, CaseIterable {
        case registration
        case conversationDays = "retention.conversation_days"
        case logDays = "retention.log_days"
        case termsURL = "policies.terms"
        case privacyURL = "policies.privacy"
        case announcement
    }

    static let names = Name.allCases.map(\.rawValue)

    init(_ rows: Rows) throws {
        self.init()
        for row in rows {
            let value: String = try row.get("value")
            switch Name(rawValue: try row.get("name")) {
            case .registration: registration = RegistrationMode(rawValue: value) ?? .closed
            case .conversationDays: conversationDays = Int(value)
            case .logDays: logDays = Int(value)
            case .termsURL: termsURL = value
            case .privacyURL: privacyURL = value
            case .announcement: (announcement, announcedAt) = (value, try row.get("updated_at"))
            case nil: break
            }
        }
    }

    /// By name; nil is not there.
    var values: [(name: String, value: String?)] {
        Name.allCases.map { name in
            let value =
                switch name {
                case .registration: registration.rawValue
                case .conversationDays: conversationDays.map(String.init)
                case .logDays: logDays.map(String.init)
                case .termsURL: termsURL
                case .privacyURL: privacyURL
                case .announcement: announcement
                }
            return (name.rawValue, value)
        }
    }

    /// Throws `StorageError` that names the field.
    func checked() throws -> InstanceSettings {
        var settings = self
        for (field, days) in [("conversation_days", conversationDays), ("log_days", logDays)] {
            if let days, !(1...36_500).contains(days) {
                throw StorageError.invalid(field, "Use 1 to 36500 days, or nothing to keep all.")
            }
        }
        settings.termsURL = try InstanceSettings.address(termsURL, "terms_url")
        settings.privacyURL = try InstanceSettings.address(privacyURL, "privacy_url")
        let words = announcement?.trimmingCharacters(in: .whitespacesAndNewlines).filter { $0 != "\0" }
        settings.announcement = words.flatMap { $0.isEmpty ? nil : $0 }
        guard (settings.announcement ?? "").utf8.count <= 4000 else {
            throw StorageError.invalid("announcement", "At most 4000 bytes.")
        }
        return settings
    }

    private static func address(_ text: String?, _ field: String) throws -> String? {
        let text = text?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
        guard !text.isEmpty else { return nil }
        let isAddress = text.hasPrefix("https://") || text.hasPrefix("http://")
        let isPlain = !text.unicodeScalars.contains {
            $0.properties.isWhitespace || $0.value < 0x20 || $0.value == 0x7F
        }
        guard isAddress, isPlain, text.count <= 500 else {
            throw StorageError.invalid(field, "Use a whole address, such as https://example.org/terms.")
        }
        return text
    }
}

extension Store {
    /// What pages say to everybody is in it, so nobody need be signed in.
    package func instanceSettings() async throws -> InstanceSettings {
        try InstanceSettings(
            await query(
                "select name, value, updated_at from settings where name = any(\(InstanceSettings.names)::text[])",
                by: .system
            )
        )
    }

    /// All of them at once; what is the same stays as it was. For administrators and the system; false for others.
    package func setInstanceSettings(_ settings: InstanceSettings, by principal: Principal) async throws -> Bool {
        guard principal.isSuperuser else { return false }
        let values = try settings.checked().values
        let (kept, gone) = (values.filter { $0.value != nil }, values.filter { $0.value == nil })
        try await batch(
            [
                """
                insert into settings (name, value, updated_by)
                select name, value, \(principal.userID)::uuid
                from unnest(\(kept.map(\.name))::text[], \(kept.compactMap(\.value))::text[]) t (name, value)
                on conflict (name) do update
                set value = excluded.value, updated_at = now(), updated_by = excluded.updated_by
                where settings.value <> excluded.value
                """,
                "delete from settings where name = any(\(gone.map(\.name))::text[])",
            ],
            by: principal
        )
        return true
    }
}
