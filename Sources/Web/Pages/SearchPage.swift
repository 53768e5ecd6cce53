import Engine
import Foundation
import Hummingbird
import Storage

/// For administrators: where agents search the web.
struct SearchPage: Sendable {
    let desk: Desk

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.superuser()
        let setting = try await desk.store.searchSetting(by: identity.principal)
        return try page(request, context: context, input: SearchInput(setting), hasKey: setting?.hasKey == true)
    }

    func save(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.superuser()
        let known = try await desk.store.searchSetting(by: identity.principal)
        let input = SearchInput(try await request.decodeForm(), known: known, voice: try desk.voice(context))
        guard input.errors.isEmpty else {
            return try page(request, context: context, input: input, hasKey: known?.hasKey == true)
        }
        guard try await desk.store.setSearch(input.setting, key: input.key, by: identity.principal) else {
            throw WebError(.forbidden, "This is for administrators.")
        }
        await desk.services.record("search.changed", by: identity.principal, address: context.remoteAddress)
        return .redirect(to: "/admin/search", done: .saved)
    }

    private func page(
        _ request: Request,
        context: WebContext,
        input: SearchInput,
        hasKey: Bool
    ) throws -> Response {
        let voice = try desk.voice(context)
        let frame = desk.frame(voice.words["search.title"], .admin, request: request, context: context, voice: voice)
        let view = SearchView(page: frame, input: input, hasKey: hasKey, voice: voice)
        return try desk.page(view, context: context, status: input.errors.isEmpty ? .ok : .unprocessableContent)
    }
}

/// What an administrator has said about it.
struct SearchInput: Sendable {
    /// As the server is configured.
    static let configured = ""
    static let nowhere = "none"

    /// One of these two, or a kind.
    var service: String
    var url: String
    var key: Secret?
    var errors = FormErrors()

    init(_ setting: SearchSetting?) {
        service = setting.map { $0.kind?.rawValue ?? Self.nowhere } ?? Self.configured
        url = setting?.url ?? ""
    }

    init(_ form: Form, known: SearchSetting?, voice: Voice) {
        service = form["service"]
        url = form["url"].trimmingCharacters(in: .whitespacesAndNewlines)
        key = form["key"].isEmpty ? nil : Secret(form["key"].trimmingCharacters(in: .whitespacesAndNewlines))
        let words = voice.words
        guard let kind else {
            if ![Self.configured, Self.nowhere].contains(service) { errors.add("service", words["search.unknown"]) }
            return
        }
        let isAddress = (url.hasPrefix("http://") || url.hasPrefix("https://")) && !url.contains { $0.isWhitespace }
        if kind.needsURL, !isAddress || url.count > 2000 { errors.add("url", words["search.needsURL"]) }
        if kind == .custom, isAddress, !url.contains("{query}") { errors.add("url", words["search.needsQuery"]) }
        let keepsKey = known?.hasKey == true && known?.kind == kind && known?.url == setting?.url
        if kind.needsKey, key == nil, !keepsKey { errors.add("key", words["search.needsKey"]) }
        if let key, key.reveal().count > 500 || key.reveal().contains(where: \.isNewline) {
            errors.add("key", words["search.badKey"])
        }
    }

    private var kind: SearchKind? { SearchKind(rawValue: service) }

    /// nil: as the server is configured.
    var setting: SearchSetting? {
        guard service != Self.configured else { return nil }
        return SearchSetting(kind: kind, url: kind?.takesURL == true ? url : nil)
    }
}
