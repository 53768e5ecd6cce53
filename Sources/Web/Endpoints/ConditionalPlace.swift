import Engine
import Foundation
import Storage

extension Endpoint {
    /// What the store itself holds to a caller's `If-Match`, with the change and in one transaction; nil of what only the door
    /// looks at.
    func conditional(_ context: WebContext) throws(WebError) -> Conditional? {
        switch subject {
        case "/v1/users/{id}": .user(try context.identifier("id"))
        case "/v1/organizations/{id}": .organisation(try context.identifier("id"))
        case "/v1/llm-configs/{id}": .provider(try context.identifier("id"))
        case "/v1/models/{id}": .model(try context.identifier("id"))
        case "/v1/agents/{id}": .agent(try context.identifier("id"))
        case "/v1/tools/{id}": .tool(try context.identifier("id"))
        case "/v1/skills/{id}": .skill(try context.identifier("id"))
        case "/v1/budgets/{id}": .budget(try context.identifier("id"))
        case "/v1/admin/settings", "/v1/settings/registration", "/v1/settings/search", "/v1/settings/approvals":
            .settings
        default: nil
        }
    }

    /// Whose the thing is that has no id in its address: its reader's or their organisation's; nil of what is the instance's, or
    /// has something of it.
    func owner(_ context: WebContext) -> UUID? {
        if path.hasPrefix("/v1/users/me") { return context.identity?.user.id }
        if path == "/v1/instructions" || path.hasPrefix("/v1/admin/") { return nil }
        return context.identity?.principal.organisationID
    }
}
