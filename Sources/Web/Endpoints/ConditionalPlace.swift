import Engine
import Foundation
import Hummingbird
import Storage

extension Endpoint {
    /// What the store itself holds to a caller's `If-Match`, in one transaction with the change; nil of what it has no table
    /// of: there only the door looks.
    func conditional(_ context: WebContext) throws(WebError) -> Conditional? {
        let identity = try context.signedIn()
        let (user, organisation) = (identity.user.id, identity.principal.organisationID)
        return switch subject {
        case "/v1/users/me": .user(user)
        case "/v1/users/me/preferences": .preferences(of: user)
        case "/v1/users/me/sessions": .signIns(of: user)
        case "/v1/users/me/tool-policies": .ownPolicies(of: user, organisation: organisation)
        case "/v1/users/{id}": .user(try context.identifier("id"))
        case "/v1/users/{id}/sessions": .signIns(of: try context.identifier("id"))
        case "/v1/api-keys/{id}": .apiKey(try context.identifier("id"))
        case "/v1/organizations/{id}": .organisation(try context.identifier("id"))
        case "/v1/organizations/{id}/members/{user}":
            .member(try context.identifier("user"), of: try context.identifier("id"))
        case "/v1/llm-configs/{id}": .provider(try context.identifier("id"))
        case "/v1/models/{id}": .model(try context.identifier("id"))
        case "/v1/models/defaults": .modelChoice(of: organisation)
        case "/v1/mcp-servers/{id}": .mcpServer(try context.identifier("id"))
        case "/v1/agents/{id}": .agent(try context.identifier("id"))
        case "/v1/agents/{id}/network":
            .network(ofAgent: try context.identifier("id"), user: user, organisation: organisation)
        case "/v1/agents/{id}/skills": .skills(ofAgent: try context.identifier("id"))
        case "/v1/agents/{id}/tools/{name}":
            .grant(of: try context.identifier("name"), to: try context.identifier("id"))
        case "/v1/tools/{id}": .tool(try context.identifier("id"))
        case "/v1/skills/{id}", "/v1/skills/{id}/archive": .skill(try context.identifier("id"))
        case "/v1/tool-policies": .policies(of: organisation)
        case "/v1/budgets/{id}": .budget(try context.identifier("id"))
        case "/v1/conversations/{id}": .conversation(try context.identifier("id"))
        case "/v1/conversations/{id}/messages/{message}":
            .message(try context.identifier("message"), conversation: try context.identifier("id"))
        case "/v1/conversations/{id}/files/{file}":
            .file(try context.identifier("file"), conversation: try context.identifier("id"))
        case "/v1/conversations/{id}/variables/{name}":
            .variable(context.parameters.get("name") ?? "", conversation: try context.identifier("id"))
        case "/v1/instructions": .instructions(of: organisation)
        case "/v1/settings/tools": .toolMaking(of: organisation)
        case "/v1/admin/settings", "/v1/settings/registration", "/v1/settings/search", "/v1/settings/approvals":
            .settings
        default: nil
        }
    }
}
