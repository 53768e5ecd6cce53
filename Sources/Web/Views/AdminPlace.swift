/// The pages of the administration, in the order of its navigation.
enum AdminPlace: String, CaseIterable, Sendable {
    case users, runs, usage, audit, health, settings, backups, search, mcp

    var address: String { "/admin/" + rawValue }

    /// The rail's lines; the one that `address` lies at or below is the present one.
    static func links(around address: String, voice: Voice) -> [NavigationLink] {
        let path = String(address.prefix { $0 != "?" })
        return allCases.map { place in
            let isHere = path == place.address || path.hasPrefix(place.address + "/")
            return NavigationLink(place, isCurrent: isHere, voice: voice)
        }
    }
}
