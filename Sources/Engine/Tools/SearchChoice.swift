/// The kinds of services that search the web. The raw values are what settings say.
package enum SearchKind: String, Sendable, CaseIterable {
    /// Its page for browsers without scripts: no key, no promise.
    case duckduckgo
    case searxng, brave, tavily
    /// Any address that answers with JSON; `{query}`, and perhaps `{count}`, `{language}` and `{safe_search}`, stand in it.
    case custom

    package var needsKey: Bool { self == .brave || self == .tavily }
    package var needsURL: Bool { self == .searxng || self == .custom }
    /// Whether it takes an address, or a key, at all.
    package var takesURL: Bool { needsURL }
    package var takesKey: Bool { needsKey || self == .custom }

    package var name: String {
        switch self {
        case .duckduckgo: "DuckDuckGo"
        case .searxng: "SearXNG"
        case .brave: "Brave"
        case .tavily: "Tavily"
        case .custom: "the search service"
        }
    }
}

/// Where agents search the web, as an administrator has chosen it.
package struct SearchChoice: Sendable {
    /// nil for nowhere.
    package var kind: SearchKind?
    /// Of a SearXNG its root, of a custom one the whole template.
    package var url: String?
    package var key: Secret?

    package init(kind: SearchKind?, url: String? = nil, key: Secret? = nil) {
        self.kind = kind
        self.url = url
        self.key = key
    }
}

/// Knows what was chosen.
package protocol SearchChoiceSource: Sendable {
    /// nil when nobody has chosen: then it is as the server was configured.
    func searchChoice() async throws -> SearchChoice?
}
