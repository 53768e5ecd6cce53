import HTTPTypes
import Storage

/// Which keys open a route of the API: said here once more, by address, so that the endpoints are held against it.
extension RouteRule {
    /// nil where everybody is served, with a key or without.
    var openingScopes: Set<APIKey.Scope>? {
        if path == "/mcp" { return [.mcp] }
        if path.hasPrefix("/openai/") { return [.openai, .chat, .write, .api, .admin] }
        if access.anonymous != .unauthorised { return nil }
        if Self.inPerson.contains(name) { return [] }
        if access.stranger == .forbidden { return [.admin] }
        var scopes: Set<APIKey.Scope> = [.write, .api, .admin]
        if method == .get { scopes.insert(.read) }
        if Self.isTalk(path) || (method == .get && Self.isRead(path)) { scopes.insert(.chat) }
        return scopes
    }

    /// A person's own business.
    private static let inPerson: Set<String> = [
        "PUT /v1/password/change", "DELETE /v1/users/me/sessions", "DELETE /v1/users/me/sessions/{session}",
        "POST /v1/api-keys", "DELETE /v1/api-keys/{id}", "POST /v1/organizations", "PATCH /v1/organizations/{id}",
        "DELETE /v1/organizations/{id}",
        "PATCH /v1/organizations/{id}/members/{user}", "DELETE /v1/organizations/{id}/members/{user}",
        "POST /v1/organizations/{id}/invitations", "DELETE /v1/organizations/{id}/invitations/{invitation}",
        "POST /v1/invitations/acceptance",
    ]

    /// What a key for chatting is for.
    private static func isTalk(_ path: String) -> Bool {
        ["/v1/conversations", "/v1/messages", "/v1/runs", "/v1/approvals", "/v1/ws/"].contains { path.hasPrefix($0) }
            || path.hasSuffix("/conversations")
    }

    /// What one may know who chats.
    private static func isRead(_ path: String) -> Bool {
        ["/v1/agents", "/v1/models"].contains { path.hasPrefix($0) } && !path.hasSuffix("/skills")
    }
}
