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
    /// Seconds that calls wait for their person where no rule of a tool says otherwise; nil for ever.
    package var approvalPatience: Int?
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
        approvalPatience: Int? = nil,
        termsURL: String? = nil,
        privacyURL: String? = nil,
        announcement: String? = nil,
        announcedAt: Date? = nil
    ) {
        self.registration = registration
        self.conversationDays = conversationDays
        self.logDays = logDays
        self.approvalPatience = approvalPatience
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
        case approvalPatience = "approval_patience"
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
            case .approvalPatience: approvalPatience = Int(value)
            case .termsURL: termsURL = value
            case .privacyURL: privacyURL = value
            case .announcement: (announcement, announcedAt) = (value, try row.get("updated_at"))
            case nil: break
            }
        }
    }

    /// What differs from those that were read: somebody else may have changed the others since.
    func changes(from known: InstanceSettings) -> [SettingsChange] {
        zip(changes, known.changes).map { wanted, known in
            let fields = zip(wanted.fields, known.fields).filter { $0.value != $1.value }.map(\.0)
            return SettingsChange(action: wanted.action, fields: fields)
        }
    }

    /// By what the audit calls them.
    private var changes: [SettingsChange] {
        func field(_ name: Name, _ title: String, _ value: String?, _ kind: SettingsChange.Kind = .text)
            -> SettingsChange.Field
        {
            .init(name: name.rawValue, title: title, value: value, kind: kind)
        }
        return [
            SettingsChange(
                action: RegistrationPolicy.changed,
                fields: [registration.field]
            ),
            SettingsChange(
                action: "retention.changed",
                fields: [
                    field(.conversationDays, "conversation_days", conversationDays.map(String.init), .number),
                    field(.logDays, "log_days", logDays.map(String.init), .number),
                ]
            ),
            Store.patienceChange(approvalPatience),
            SettingsChange(
                action: "policies.changed",
                fields: [field(.termsURL, "terms_url", termsURL), field(.privacyURL, "privacy_url", privacyURL)]
            ),
            SettingsChange(
                action: "announcement.changed",
                fields: [field(.announcement, "announcement", announcement)]
            ),
        ]
    }

    /// Throws `StorageError` that names the field.
    func checked() throws -> InstanceSettings {
        var settings = self
        for (field, days) in [("conversation_days", conversationDays), ("log_days", logDays)] {
            if let days, !(1...36_500).contains(days) {
                throw StorageError.invalid(field, "Use 1 to 36500 days, or nothing to keep all.")
            }
        }
        if let seconds = approvalPatience, !(1...31_536_000).contains(seconds) {
            throw StorageError.invalid("approval_minutes", "Use a second to a year, or nothing for no limit.")
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

    /// What differs from `known`, all at once; what is the same stays as it is by then, and the audit has the rest. For
    /// administrators and the system; false for others.
    package func setInstanceSettings(
        _ settings: InstanceSettings,
        known: InstanceSettings,
        by principal: Principal,
        address: String? = nil
    ) async throws -> Bool {
        try await change(settings.checked().changes(from: known), by: principal, address: address)
    }
}
