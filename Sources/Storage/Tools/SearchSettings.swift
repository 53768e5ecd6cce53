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
    /// configured. False when the principal may not.
    package func setSearch(_ setting: SearchSetting?, key: Secret?, by principal: Principal) async throws -> Bool {
        guard principal.isSuperuser else { return false }
        let known = try await searchSetting(by: principal)
        let isSame = known?.kind == setting?.kind && known?.url == setting?.url
        var statements: [Query] = []
        if setting == nil || key != nil || !isSame || setting?.kind?.takesKey == false {
            statements.append("delete from settings where name = \(Self.searchKeyName)")
        }
        if let setting {
            let text = [setting.kind?.rawValue ?? Self.nowhere, setting.url ?? ""].joined(separator: " ")
            statements.append(Self.write(Self.searchName, text.trimmingCharacters(in: .whitespaces), principal))
            if let key, setting.kind?.takesKey == true {
                statements.append(
                    Self.write(Self.searchKeyName, try keys.seal(key, in: Self.searchKeyPlace), principal)
                )
            }
        } else {
            statements.append("delete from settings where name = \(Self.searchName)")
        }
        try await batch(statements, by: principal)
        return true
    }

    private static let searchSettings: Query =
        "select name, value from settings where name in (\(searchName), \(searchKeyName))"

    private static func write(_ name: String, _ value: String, _ principal: Principal) -> Query {
        """
        insert into settings (name, value, updated_by) values (\(name), \(value), \(principal.userID))
        on conflict (name) do update
        set value = excluded.value, updated_at = now(), updated_by = excluded.updated_by
        """
    }

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
