import HTTPTypes

/// Every route of the server with who may use it: what is not here does not pass the check.
enum RouteMatrix {
    static let all = api + pages

    static let credentials = "username={email}&password={password}"

    private static let api: [RouteRule] = [
        RouteRule(.get, "/healthz", .everybody(.fine)),
        RouteRule(.get, "/openapi.json", .everybody(.fine)),

        RouteRule(.post, "/v1/login/access-token", .everybody(.fine), body: credentials),
        RouteRule(.post, "/v1/login/refresh-token", .everybody(.fine), body: #"{"refresh_token":"{refresh}"}"#),
        RouteRule(.post, "/v1/logout", .everybody(.fine), body: #"{"refresh_token":"{refresh}"}"#),
        RouteRule(
            .post,
            "/v1/register",
            .everybody(.fine),
            body: #"{"email":"{newcomer}","password":"correct horse 9"}"#
        ),
        RouteRule(
            .put,
            "/v1/password/change",
            .signedIn(.fine),
            body: #"{"current_password":"{password}","new_password":"another horse 9"}"#
        ),
        // The link was never made, and the server of these tests sends no mail.
        RouteRule(
            .post,
            "/v1/password/reset",
            .everybody(.refused),
            body: #"{"token":"x","new_password":"another horse 9"}"#
        ),
        RouteRule(.post, "/v1/password/forgot", .everybody(.forbidden), body: #"{"email":"{email}"}"#),
        RouteRule(.post, "/v1/email-verification", .everybody(.forbidden), body: #"{"email":"{email}"}"#),
        RouteRule(.post, "/v1/email-verification/confirmation", .everybody(.refused), body: #"{"token":"x"}"#),
        RouteRule(.get, "/v1/settings/registration", .administrator(.fine)),
        RouteRule(.put, "/v1/settings/registration", .administrator(.fine), body: #"{"mode":"approval"}"#),
        RouteRule(.get, "/v1/users/me", .signedIn(.fine)),
        RouteRule(.put, "/v1/users/me", .signedIn(.fine), body: #"{"nickname":"x"}"#),
        RouteRule(.get, "/v1/users/me/preferences", .signedIn(.fine)),
        RouteRule(.patch, "/v1/users/me/preferences", .signedIn(.fine), body: #"{"theme":"dark"}"#),
        RouteRule(.get, "/v1/users", .administrator(.fine)),
        RouteRule(.post, "/v1/users", .administrator(.fine), body: #"{"email":"{newcomer}"}"#),
        RouteRule(.get, "/v1/users/{id}", of: "user", .ownerAndAdministrator(.fine)),
        RouteRule(.put, "/v1/users/{id}", of: "user", .administrator(.fine), body: #"{"nickname":"x"}"#),
        RouteRule(.delete, "/v1/users/{id}", of: "applicant", .administrator(.fine)),
        RouteRule(.post, "/v1/users/{id}/password-links", of: "user", .administrator(.fine), body: "{}"),
        RouteRule(.get, "/v1/roles", .signedIn(.fine)),
        RouteRule(.get, "/v1/organizations", .signedIn(.fine)),
        RouteRule(.post, "/v1/organizations", .signedIn(.fine), body: #"{"name":"x"}"#),
        RouteRule(.get, "/v1/organizations/{id}", of: "team", .ownerAndAdministrator(.fine)),
        RouteRule(
            .patch,
            "/v1/organizations/{id}",
            of: "team",
            .ownerAndAdministrator(.fine),
            body: #"{"name":"x"}"#
        ),
        RouteRule(.get, "/v1/organizations/{id}/members", of: "team", .ownerAndAdministrator(.fine)),
        RouteRule(
            .patch,
            "/v1/organizations/{id}/members/{user}",
            of: "team",
            .ownerAndAdministrator(.fine),
            body: #"{"role":"owner"}"#
        ),
        // The last owner.
        RouteRule(
            .delete,
            "/v1/organizations/{id}/members/{user}",
            of: "team",
            .ownerAndAdministrator(.refused)
        ),
        RouteRule(.get, "/v1/organizations/{id}/invitations", of: "team", .ownerAndAdministrator(.fine)),
        RouteRule(
            .post,
            "/v1/organizations/{id}/invitations",
            of: "team",
            .ownerAndAdministrator(.fine),
            body: "{}"
        ),
        RouteRule(
            .delete,
            "/v1/organizations/{id}/invitations/{invitation}",
            of: "team",
            .owner(.missing)
        ),
        RouteRule(.post, "/v1/invitations/acceptance", .signedIn(.refused), body: #"{"token":"x"}"#),
        RouteRule(.get, "/v1/users/me/sessions", .signedIn(.fine)),
        RouteRule(.delete, "/v1/users/me/sessions", .signedIn(.fine)),
        RouteRule(.delete, "/v1/users/me/sessions/{session}", .owner(.fine)),
        RouteRule(.get, "/v1/users/{id}/sessions", of: "user", .administrator(.fine)),
        RouteRule(.delete, "/v1/users/{id}/sessions", of: "suspended", .administrator(.missing)),
        RouteRule(.delete, "/v1/users/{id}/sessions/{session}", of: "user", .administrator(.fine)),
        RouteRule(.get, "/v1/users/{id}/api-keys", of: "user", .administrator(.fine)),
        RouteRule(.delete, "/v1/users/{id}/api-keys/{key}", of: "user", .administrator(.fine)),

        RouteRule(.get, "/v1/llm-configs", .signedIn(.fine)),
        RouteRule(
            .post,
            "/v1/llm-configs",
            .signedIn(.fine),
            body: #"{"provider":"custom","api_base_url":"http://127.0.0.1:9/v1"}"#
        ),
        RouteRule(.get, "/v1/llm-configs/{id}", of: "provider", .owner(.fine)),
        RouteRule(.patch, "/v1/llm-configs/{id}", of: "provider", .owner(.fine), body: #"{"provider_name":"x"}"#),
        RouteRule(.delete, "/v1/llm-configs/{id}", of: "provider", .owner(.fine)),
        RouteRule(.post, "/v1/llm-configs/{id}/test", of: "provider", .owner(.fine), body: "{}"),

        RouteRule(.get, "/v1/models", .signedIn(.fine)),
        RouteRule(
            .post,
            "/v1/models",
            .owner(.fine, others: .refused),
            body: #"{"llm_id":"{provider}","name":"x"}"#
        ),
        RouteRule(
            .put,
            "/v1/models/default",
            .owner(.fine, others: .refused),
            body: #"{"model_id":"{model}"}"#
        ),
        RouteRule(
            .put,
            "/v1/models/fallbacks",
            .owner(.fine, others: .refused),
            body: #"{"model_ids":["{model}"]}"#
        ),
        RouteRule(.patch, "/v1/models/{id}", of: "model", .owner(.fine), body: #"{"display_name":"x"}"#),
        RouteRule(.delete, "/v1/models/{id}", of: "model", .owner(.fine)),

        RouteRule(.get, "/v1/events", .signedIn(.fine), query: "?follow=false"),
        RouteRule(
            .get,
            "/v1/conversations/{id}/events",
            of: "conversation",
            .owner(.fine),
            query: "?follow=false"
        ),
        // Without a handshake there is no socket.
        RouteRule(.get, "/v1/ws/chat/{id}", of: "conversation", .owner(.refused)),
        RouteRule(.post, "/v1/ws/tickets", .signedIn(.fine)),

        RouteRule(.get, "/v1/budgets", .signedIn(.fine)),
        RouteRule(
            .post,
            "/v1/budgets",
            .signedIn(.fine),
            body: #"{"scope":"user","period":"day","amount":5}"#
        ),
        RouteRule(.patch, "/v1/budgets/{id}", of: "budget", .owner(.fine), body: #"{"amount":7}"#),
        RouteRule(.delete, "/v1/budgets/{id}", of: "budget", .owner(.fine)),
        RouteRule(.get, "/v1/usage", .signedIn(.fine), query: "?group_by=model"),
        RouteRule(.get, "/v1/admin/usage", .administrator(.fine)),

        RouteRule(.get, "/v1/agents", .signedIn(.fine)),
        RouteRule(
            .post,
            "/v1/agents",
            .signedIn(.fine),
            body: #"{"name":"made","instruction":"Be brief.","team":["coding"]}"#
        ),
        RouteRule(.get, "/v1/agents/{id}", of: "agent", .owner(.fine)),
        RouteRule(.patch, "/v1/agents/{id}", of: "agent", .owner(.fine), body: #"{"display_name":"x"}"#),
        RouteRule(.delete, "/v1/agents/{id}", of: "agent", .owner(.fine)),

        RouteRule(.get, "/v1/conversations", .signedIn(.fine)),
        RouteRule(.post, "/v1/conversations", .signedIn(.fine), body: "{}"),
        RouteRule(.get, "/v1/conversations/{id}", of: "conversation", .owner(.fine)),
        RouteRule(.patch, "/v1/conversations/{id}", of: "conversation", .owner(.fine), body: #"{"title":"x"}"#),
        RouteRule(.delete, "/v1/conversations/{id}", of: "conversation", .owner(.fine)),
        RouteRule(.get, "/v1/conversations/{id}/messages", of: "conversation", .owner(.fine)),
        RouteRule(
            .post,
            "/v1/conversations/{id}/messages",
            of: "conversation",
            .owner(.fine),
            body: #"{"content":"echo","agent_id":"{agent}","model_id":"{model}"}"#
        ),

        RouteRule(.get, "/v1/conversations/{id}/workspace", of: "conversation", .owner(.fine)),
        RouteRule(.delete, "/v1/conversations/{id}/workspace", of: "conversation", .owner(.missing), query: "?path=x"),
        RouteRule(
            .get,
            "/v1/conversations/{id}/workspace/content",
            of: "conversation",
            .owner(.missing),
            query: "?path=x"
        ),
        RouteRule(.get, "/v1/conversations/{id}/workspace/archive", of: "conversation", .owner(.fine)),
        RouteRule(.get, "/v1/conversations/{id}/files", of: "conversation", .owner(.fine)),
        RouteRule(
            .post,
            "/v1/conversations/{id}/files",
            of: "conversation",
            .owner(.fine),
            body: RouteWorld.upload
        ),
        RouteRule(.get, "/v1/conversations/{id}/files/{file}", of: "conversation", .owner(.fine)),
        RouteRule(.get, "/v1/conversations/{id}/files/{file}/content", of: "conversation", .owner(.fine)),
        RouteRule(.delete, "/v1/conversations/{id}/files/{file}", of: "conversation", .owner(.fine)),
        RouteRule(
            .put,
            "/v1/conversations/{id}/leaf",
            of: "conversation",
            .owner(.fine),
            body: #"{"message_id":"{message}"}"#
        ),
        RouteRule(.get, "/v1/conversations/{id}/messages/{message}", of: "conversation", .owner(.fine)),
        RouteRule(.delete, "/v1/conversations/{id}/messages/{message}", of: "conversation", .owner(.fine)),
        RouteRule(
            .post,
            "/v1/conversations/{id}/messages/{message}/restoration",
            of: "conversation",
            // It is not deleted.
            .owner(.missing),
            body: "{}"
        ),
        RouteRule(
            .post,
            "/v1/conversations/{id}/messages/{message}/edits",
            of: "conversation",
            .owner(.fine),
            body: #"{"content":"echo"}"#
        ),
        RouteRule(
            .post,
            "/v1/conversations/{id}/messages/{message}/regenerations",
            of: "conversation",
            .owner(.refused),
            // A model that is not there; without one the answer would fail as the first one did.
            body: #"{"model_id":"{agent}"}"#
        ),

        RouteRule(.get, "/v1/agents/{id}/tools", of: "agent", .owner(.fine)),
        RouteRule(.post, "/v1/agents/{id}/tools", of: "agent", .owner(.fine), body: #"{"tool_id":"{tool}"}"#),
        // The agent has no tool of this id.
        RouteRule(.patch, "/v1/agents/{id}/tools/{name}", of: "agent", .owner(.missing), body: "{}"),
        RouteRule(.delete, "/v1/agents/{id}/tools/{name}", of: "agent", .owner(.missing)),
        RouteRule(
            .put,
            "/v1/agents/{id}/tools/{name}/policy",
            of: "agent",
            .owner(.missing),
            body: #"{"decision":"ask"}"#
        ),
        RouteRule(.get, "/v1/tools", .signedIn(.fine)),
        RouteRule(.get, "/v1/tools/{id}", of: "tool", .signedIn(.fine)),
        RouteRule(
            .post,
            "/v1/tools",
            .signedIn(.fine),
            body: #"{"name":"x","description":"x","definition":{"code":"cat"}}"#
        ),
        RouteRule(.patch, "/v1/tools/{id}", of: "own", .owner(.fine), body: #"{"description":"y"}"#),
        RouteRule(.delete, "/v1/tools/{id}", of: "own", .owner(.fine)),
        RouteRule(.get, "/v1/tools/{id}/versions", of: "own", .owner(.fine)),
        // There is no version of that name.
        RouteRule(
            .post,
            "/v1/tools/{id}/versions/{version}/restoration",
            of: "own",
            .owner(.missing),
            body: "{}"
        ),
        RouteRule(.post, "/v1/tools/{id}/test", of: "own", .owner(.fine), body: "{}"),
        RouteRule(.get, "/v1/settings/tools", .signedIn(.fine)),
        RouteRule(.put, "/v1/settings/tools", .signedIn(.fine), body: #"{"members_may_make":true}"#),
        RouteRule(.get, "/v1/settings/search", .administrator(.fine)),
        RouteRule(.put, "/v1/settings/search", .administrator(.fine), body: #"{"service":"none"}"#),
        RouteRule(.get, "/v1/audit/tool-calls", .signedIn(.fine)),
        RouteRule(.get, "/v1/audit/events", .signedIn(.fine)),
        RouteRule(.get, "/v1/skills", .signedIn(.fine)),
        RouteRule(
            .post,
            "/v1/skills",
            .signedIn(.fine),
            body: #"{"skill_md":"---\nname: made\ndescription: x\n---\nDo it."}"#
        ),
        RouteRule(.get, "/v1/skills/{id}", of: "skill", .owner(.fine)),
        RouteRule(
            .patch,
            "/v1/skills/{id}",
            of: "skill",
            .owner(.fine),
            body: #"{"skill_md":"---\nname: other\ndescription: x\n---\nDo it."}"#
        ),
        RouteRule(.delete, "/v1/skills/{id}", of: "skill", .owner(.fine)),
        RouteRule(.post, "/v1/skills/archive", .signedIn(.refused), body: "{}"),
        RouteRule(.get, "/v1/skills/{id}/archive", of: "skill", .owner(.fine)),
        RouteRule(.put, "/v1/skills/{id}/archive", of: "skill", .owner(.refused), body: "{}"),
        RouteRule(.get, "/v1/skills/{id}/versions", of: "skill", .owner(.fine)),
        RouteRule(
            .post,
            "/v1/skills/{id}/versions/{version}/restoration",
            of: "skill",
            .owner(.missing),
            body: "{}"
        ),
        RouteRule(.put, "/v1/skills/{id}/files", of: "skill", .owner(.fine), body: #"{"path":"b.txt","content":"b"}"#),
        RouteRule(.delete, "/v1/skills/{id}/files", of: "skill", .owner(.fine), query: "?path=a.txt"),
        RouteRule(.get, "/v1/agents/{id}/skills", of: "agent", .owner(.fine)),
        RouteRule(.put, "/v1/agents/{id}/skills", of: "agent", .owner(.fine), body: #"{"skills":[]}"#),
        RouteRule(.get, "/v1/tool-policies", .signedIn(.fine)),
        RouteRule(.put, "/v1/tool-policies", .signedIn(.fine), body: #"{"tool_name":"x","decision":"ask"}"#),
        RouteRule(.get, "/v1/agents/{id}/network", of: "agent", .owner(.fine)),
        RouteRule(.put, "/v1/agents/{id}/network", of: "agent", .owner(.fine), body: #"{"hosts":["pypi"]}"#),
        RouteRule(.get, "/v1/tool-secrets", .signedIn(.fine)),
        RouteRule(
            .post,
            "/v1/tool-secrets",
            .signedIn(.fine),
            body: #"{"name":"OTHER","value":"not-to-be-seen","hosts":["api.example.org"]}"#
        ),
        RouteRule(.delete, "/v1/tool-secrets/{id}", of: "secret", .owner(.fine)),

        RouteRule(.get, "/v1/api-keys", .signedIn(.fine)),
        RouteRule(.post, "/v1/api-keys", .signedIn(.fine), body: #"{"name":"x"}"#),
        RouteRule(.delete, "/v1/api-keys/{id}", of: "key", .owner(.fine)),
        RouteRule(.get, "/openai/v1/models", .signedIn(.fine)),
        // The stars are no model's name.
        RouteRule(.get, "/openai/v1/models/**", .signedIn(.missing)),
        RouteRule(
            .post,
            "/openai/v1/chat/completions",
            .owner(.fine),
            body: #"{"model":"{model}","messages":[{"role":"user","content":"echo"}]}"#
        ),
        // No model of theirs is for this.
        RouteRule(.post, "/openai/v1/embeddings", .signedIn(.missing), body: #"{"model":"{model}","input":"x"}"#),
        RouteRule(.post, "/mcp", .signedIn(.fine), body: #"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#),
        // There is no stream to be followed.
        RouteRule(.get, "/mcp", .signedIn(.broken)),
        RouteRule(.delete, "/mcp", .signedIn(.fine)),

        RouteRule(.get, "/v1/mcp-servers", .administrator(.fine)),
        RouteRule(
            .post,
            "/v1/mcp-servers",
            .administrator(.fine),
            body: #"{"name":"made","transport":"http","place":"https://mcp.example.org/mcp"}"#
        ),
        RouteRule(.get, "/v1/mcp-servers/{id}", of: "mcp", .administrator(.fine)),
        RouteRule(.patch, "/v1/mcp-servers/{id}", of: "mcp", .administrator(.fine), body: #"{"is_enabled":false}"#),
        RouteRule(.delete, "/v1/mcp-servers/{id}", of: "mcp", .administrator(.fine)),
        RouteRule(.post, "/v1/mcp-servers/{id}/test", of: "mcp", .administrator(.fine), body: "{}"),
        RouteRule(.post, "/v1/mcp-servers/{id}/approvals", of: "mcp", .administrator(.fine), body: "{}"),
        RouteRule(.get, "/v1/approvals", .signedIn(.fine)),
        RouteRule(.get, "/v1/settings/approvals", .administrator(.fine)),
        RouteRule(.put, "/v1/settings/approvals", .administrator(.fine), body: #"{"expires_after":60}"#),
        RouteRule(.get, "/v1/runs/{id}/results/{call}", of: "run", .owner(.missing)),
        RouteRule(.get, "/v1/runs/{id}/requests", of: "run", .owner(.fine)),
        RouteRule(.get, "/v1/instructions", .signedIn(.fine)),
        RouteRule(.put, "/v1/instructions", .administrator(.fine), body: #"{"instance":"Be kind."}"#),
        RouteRule(.get, "/v1/conversations/{id}/variables", of: "conversation", .owner(.fine)),
        RouteRule(.get, "/v1/conversations/{id}/variables/{name}", of: "conversation", .owner(.fine)),
        RouteRule(
            .put,
            "/v1/conversations/{id}/variables/{name}",
            of: "conversation",
            .owner(.fine),
            body: #"{"value":1}"#
        ),
        RouteRule(.delete, "/v1/conversations/{id}/variables/{name}", of: "conversation", .owner(.fine)),
        RouteRule(.get, "/v1/runs/{id}/approvals", of: "run", .owner(.fine)),
        RouteRule(
            .post,
            "/v1/runs/{id}/approvals/{call}",
            of: "run",
            .owner(.missing),
            body: #"{"decision":"approve"}"#
        ),
        RouteRule(.get, "/v1/admin/settings", .administrator(.fine)),
        RouteRule(.patch, "/v1/admin/settings", .administrator(.fine), body: #"{"registration":"open"}"#),
        RouteRule(.get, "/v1/admin/retention", .administrator(.fine)),
        RouteRule(.get, "/v1/admin/backups", .administrator(.fine)),
        // Nothing is kept where the tests run.
        RouteRule(.post, "/v1/admin/backups", .administrator(.refused), body: "{}"),
        RouteRule(.get, "/v1/admin/backups/{name}/content", of: "user", .administrator(.missing)),
        RouteRule(.delete, "/v1/admin/backups/{name}", of: "user", .administrator(.missing)),
        RouteRule(.get, "/v1/admin/health", .administrator(.fine)),
        RouteRule(.get, "/v1/runs", .signedIn(.fine)),
        RouteRule(.get, "/v1/admin/runs", .administrator(.fine)),
        RouteRule(.post, "/v1/admin/runs/{id}/cancellation", of: "run", .administrator(.fine), body: "{}"),
        RouteRule(.get, "/v1/runs/{id}", of: "run", .owner(.fine)),
        RouteRule(.get, "/v1/runs/{id}/children", of: "run", .owner(.fine)),
        RouteRule(.get, "/v1/runs/{id}/tree", of: "run", .owner(.fine)),
        RouteRule(.get, "/v1/runs/{id}/events", of: "run", .owner(.fine)),
        RouteRule(.get, "/v1/runs/{id}/steps", of: "run", .owner(.fine)),
        RouteRule(
            .post,
            "/v1/runs/{id}/fork",
            of: "run",
            .owner(.fine),
            body: #"{"step":0,"changes":{"input":"echo","model_id":"{model}"}}"#
        ),
        RouteRule(.get, "/v1/runs/{id}/compare/{other}", of: "run", .owner(.fine)),
        RouteRule(.post, "/v1/runs/{id}/cancellation", of: "run", .owner(.fine), body: "{}"),
        RouteRule(.post, "/v1/runs/{id}/retries", of: "run", .owner(.fine), body: "{}"),
        // It has ended.
        RouteRule(.post, "/v1/runs/{id}/pause", of: "run", .owner(.refused), body: "{}"),
        RouteRule(.post, "/v1/runs/{id}/resume", of: "run", .owner(.fine), body: "{}"),
        RouteRule(.get, "/v1/conversations/{id}/pending-messages", of: "conversation", .owner(.fine)),
        RouteRule(.delete, "/v1/conversations/{id}/pending-messages/{message}", of: "conversation", .owner(.missing)),
        RouteRule(
            .post,
            "/v1/conversations/{id}/pending-messages/{message}/dispatch",
            of: "conversation",
            .owner(.missing),
            body: "{}"
        ),
    ]
}
