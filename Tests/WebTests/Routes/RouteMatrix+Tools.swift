import HTTPTypes

// Of the API: agents, what they can be given, and the protocols by which other programs use them.

extension RouteMatrix {
    static let tools: [RouteRule] = [
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
        RouteRule(.get, "/v1/agents/{id}/versions", of: "agent", .owner(.fine)),
        // It has no versions.
        RouteRule(.get, "/v1/agents/{id}/versions/{version}", of: "agent", .owner(.missing)),
        RouteRule(
            .post,
            "/v1/agents/{id}/versions/{version}/restoration",
            of: "agent",
            .owner(.missing),
            body: "{}"
        ),
        RouteRule(.get, "/v1/agents/{id}/export", of: "agent", .owner(.fine)),
        RouteRule(
            .post,
            "/v1/agents/import",
            .signedIn(.fine),
            body: #"{"format":"alma.agent","version":1,"agent":{"name":"come","instruction":"Be brief."}}"#
        ),
        RouteRule(.get, "/v1/agents/{id}/tools", of: "agent", .owner(.fine)),
        RouteRule(.post, "/v1/agents/{id}/tools", of: "agent", .owner(.fine), body: #"{"tool_id":"{tool}"}"#),
        // The agent has no tool of this id.
        RouteRule(.get, "/v1/agents/{id}/tools/{name}", of: "agent", .owner(.missing)),
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
        RouteRule(.get, "/v1/tools/{id}/versions/{version}", of: "own", .owner(.fine)),
        RouteRule(.post, "/v1/tools/{id}/versions/{version}/restoration", of: "own", .owner(.fine), body: "{}"),
        RouteRule(.post, "/v1/tools/{id}/test", of: "own", .owner(.fine), body: "{}"),
        RouteRule(.get, "/v1/settings/tools", .signedIn(.fine)),
        RouteRule(.put, "/v1/settings/tools", .signedIn(.fine), body: #"{"members_may_make":true}"#),
        RouteRule(.get, "/v1/settings/search", .administrator(.fine)),
        RouteRule(.put, "/v1/settings/search", .administrator(.fine), body: #"{"service":"none"}"#),
        RouteRule(.get, "/v1/audit/tool-calls", .signedIn(.fine)),
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
        RouteRule(.get, "/v1/skills/{id}/versions/{version}", of: "skill", .owner(.fine)),
        RouteRule(.post, "/v1/skills/{id}/versions/{version}/restoration", of: "skill", .owner(.fine), body: "{}"),
        RouteRule(.put, "/v1/skills/{id}/files", of: "skill", .owner(.fine), body: #"{"path":"b.txt","content":"b"}"#),
        RouteRule(.delete, "/v1/skills/{id}/files", of: "skill", .owner(.fine), query: "?path=a.txt"),
        RouteRule(.get, "/v1/agents/{id}/skills", of: "agent", .owner(.fine)),
        RouteRule(.put, "/v1/agents/{id}/skills", of: "agent", .owner(.fine), body: #"{"skills":[]}"#),
        RouteRule(.get, "/v1/tool-policies", .signedIn(.fine)),
        RouteRule(.put, "/v1/tool-policies", .signedIn(.fine), body: #"{"tool_name":"x","decision":"ask"}"#),
        RouteRule(.get, "/v1/users/me/tool-policies", .signedIn(.fine)),
        RouteRule(
            .put,
            "/v1/users/me/tool-policies",
            .signedIn(.fine),
            body: #"{"security_level":"privileged","decision":"ask"}"#
        ),
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
        RouteRule(.get, "/v1/settings/approvals", .administrator(.fine)),
        RouteRule(.put, "/v1/settings/approvals", .administrator(.fine), body: #"{"expires_after":60}"#),
        RouteRule(.get, "/v1/instructions", .signedIn(.fine)),
        RouteRule(.put, "/v1/instructions", .administrator(.fine), body: #"{"instance":"Be kind."}"#),
    ]
}
