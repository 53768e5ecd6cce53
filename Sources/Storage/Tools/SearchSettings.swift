package import Engine
import Foundation
import Postgres

/// What an administrator has chosen, without its key.
package struct SearchSetting: Sendable, Equatable {
    /// nil for nowhere.
    package var kind: SearchKind?
    package var url: String?
    package var hasKey: Bool

    package init(kind: SearchKind?, url: String? = nil, hasKey: Bool = false) {
        self.kind = kind
        self.url = url
        self.hasKey = hasKey
    }
}

extension Store: SearchChoiceSource {
    private static let searchName = "search_service"
    static let searchKeyName = "search_key"
    /// `none`, and then no address.
    private static let nowhere = "none"

    static var searchKeyPlace: SealedPlace {
        SealedPlace(
            table: "settings",
            row: UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
            column: searchKeyName
        )
    }

    package func searchChoice() async throws -> SearchChoice? {
        let rows = try await query(Self.searchSettings, by: .system)
        guard let setting = try Self.setting(rows) else { return nil }
        let sealed = try rows.first { try $0.get("name") == Self.searchKeyName }?.get("value", as: String.self)
        return SearchChoice(
            kind: setting.kind,
            url: setting.url,
            key: try sealed.map { try keys.open($0, in: Self.searchKeyPlace) }
        )
    }

    /// For administrators; nil when nobody has chosen, or it is not theirs to know.
    package func searchSetting(by principal: Principal) async throws -> SearchSetting? {
        guard principal.isSuperuser else { return nil }
        return try Self.setting(await query(Self.searchSettings, by: principal))
    }

    /// `key`: nil keeps the one that is there, as long as it goes to the same service. `setting` nil: as the server is
    /// configured. False when the principal may not. It is written into the audit, without the key.
    package func setSearch(
        _ setting: SearchSetting?,
        key: Secret?,
        by principal: Principal,
        address: String? = nil
    ) async throws -> Bool {
        guard principal.isSuperuser else { return false }
        let known = try await searchSetting(by: principal)
        let isSame = known?.kind == setting?.kind && known?.url == setting?.url
        let text = setting.map { [$0.kind?.rawValue ?? Self.nowhere, $0.url ?? ""].joined(separator: " ") }
        var fields: [SettingsChange.Field] = [
            .init(
                name: Self.searchName,
                title: "service",
                value: text?.trimmingCharacters(in: .whitespaces)
            )
        ]
        let takesKey = setting?.kind?.takesKey == true
        if key != nil || !isSame || !takesKey {
            let sealed = takesKey ? try key.map { try keys.seal($0, in: Self.searchKeyPlace) } : nil
            fields.append(.init(name: Self.searchKeyName, title: "key", value: sealed, kind: .secret))
        }
        return try await change(
            [SettingsChange(action: "search.changed", fields: fields)],
            by: principal,
            address: address
        )
    }

    private static let searchSettings: Query =
        "select name, value from settings where name in (\(searchName), \(searchKeyName))"

    private static func setting(_ rows: Rows) throws -> SearchSetting? {
        let values = Dictionary(
            try rows.map { (try $0.get("name", as: String.self), try $0.get("value", as: String.self)) }
        ) {
            first,
            _ in first
        }
        guard let parts = values[searchName]?.split(separator: " ", maxSplits: 1).map(String.init),
            let name = parts.first
        else {
            return nil
        }
        return SearchSetting(
            kind: SearchKind(rawValue: name),
            url: parts.count > 1 ? parts[1] : nil,
            hasKey: values[searchKeyName] != nil
        )
    }
}
