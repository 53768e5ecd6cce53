import Engine
import Foundation
import Storage

/// What an administrator has said about where agents search the web, by the form or by the API.
struct SearchInput: Sendable {
    /// As the server is configured.
    static let configured = ""
    static let nowhere = "none"

    /// What is wrong; the names are those of the words for people.
    enum Problem: String, Sendable {
        case unknown, needsURL, needsQuery, needsKey, badKey

        var field: String {
            switch self {
            case .unknown: "service"
            case .needsURL, .needsQuery: "url"
            case .needsKey, .badKey: "key"
            }
        }

        /// For programs.
        var message: String {
            switch self {
            case .unknown:
                "Use \(([SearchInput.nowhere] + SearchKind.allCases.map(\.rawValue)).joined(separator: ", ")), or null."
            case .needsURL: "Give the whole address, with http:// or https://."
            case .needsQuery: "The address needs {query} where the words go."
            case .needsKey: "This service needs a key."
            case .badKey: "A key is one line of at most 500 characters."
            }
        }
    }

    /// One of these two, or a kind.
    var service: String
    var url: String
    var key: Secret?
    var problems: [Problem] = []

    init(_ setting: SearchSetting?) {
        service = setting.map { $0.kind?.rawValue ?? Self.nowhere } ?? Self.configured
        url = setting?.url ?? ""
    }

    init(_ form: Form, known: SearchSetting?) {
        self.init(service: form["service"], url: form["url"], key: form["key"], known: known)
    }

    /// An empty key keeps the one that is there, as long as it goes to the same service.
    init(service: String, url: String, key: String, known: SearchSetting?) {
        self.service = service
        self.url = url.trimmingCharacters(in: .whitespacesAndNewlines)
        let key = key.trimmingCharacters(in: .whitespacesAndNewlines)
        self.key = key.isEmpty ? nil : Secret(key)
        check(known)
    }

    private mutating func check(_ known: SearchSetting?) {
        guard let kind else {
            if ![Self.configured, Self.nowhere].contains(service) { problems.append(.unknown) }
            return
        }
        let isAddress = (url.hasPrefix("http://") || url.hasPrefix("https://")) && !url.contains { $0.isWhitespace }
        if kind.needsURL, !isAddress || url.count > 2000 { problems.append(.needsURL) }
        if kind == .custom, isAddress, !url.contains("{query}") { problems.append(.needsQuery) }
        let keepsKey = known?.hasKey == true && known?.kind == kind && known?.url == setting?.url
        if kind.needsKey, key == nil, !keepsKey { problems.append(.needsKey) }
        if let key, key.reveal().count > 500 || key.reveal().contains(where: \.isNewline) { problems.append(.badKey) }
    }

    func errors(_ words: Words) -> FormErrors {
        var errors = FormErrors()
        for problem in problems { errors.add(problem.field, words["search.\(problem.rawValue)"]) }
        return errors
    }

    private var kind: SearchKind? { SearchKind(rawValue: service) }

    /// nil: as the server is configured.
    var setting: SearchSetting? {
        guard service != Self.configured else { return nil }
        return SearchSetting(kind: kind, url: kind?.takesURL == true ? url : nil)
    }
}

extension WebServices {
    /// Written down in the audit. Throws `WebError` when it is not the principal's to say.
    func setSearch(_ input: SearchInput, by principal: Principal, address: String?) async throws {
        guard try await store.setSearch(input.setting, key: input.key, by: principal, address: address) else {
            throw WebError(.forbidden, "This is for administrators.")
        }
    }
}
