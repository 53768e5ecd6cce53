import Engine

/// The pages of the administration, in the order of its navigation.
enum AdminPlace: String, CaseIterable, Sendable {
    case users, organisations, runs, usage, audit, health, settings, backups, search, mcp

    var address: String { "/admin/" + rawValue }

    /// Who has this one.
    var permission: Permission {
        switch self {
        case .users: .userRead
        case .organisations: .organizationRead
        case .runs: .runRead
        case .usage: .usageRead
        case .audit: .auditRead
        case .health: .systemRead
        case .settings, .backups, .search, .mcp: .systemManage
        }
    }

    static func open(to principal: Principal) -> [AdminPlace] { allCases.filter { principal.may($0.permission) } }

    /// The rail's lines for `places`; the one that `address` lies at or below is the present one.
    static func links(_ places: [AdminPlace], around address: String, voice: Voice) -> [NavigationLink] {
        let path = String(address.prefix { $0 != "?" })
        return places.map { place in
            let isHere = path == place.address || path.hasPrefix(place.address + "/")
            return NavigationLink(place, isCurrent: isHere, voice: voice)
        }
    }
}
