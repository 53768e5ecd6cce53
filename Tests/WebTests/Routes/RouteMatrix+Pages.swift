import HTTPTypes

// The pages, for browsers.

extension RouteMatrix {
    static let pages: [RouteRule] = [
        // The first account is there, so nobody sets up anything.
        RouteRule(.get, "/set-up", .everybody(.moved)),
        RouteRule(.post, "/set-up", .everybody(.missing), body: "token=x&email={newcomer}&password={password}"),
        RouteRule(.get, "/sign-in", .gate),
        RouteRule(.post, "/sign-in", .everybody(.moved), body: "email={email}&password={password}"),
        RouteRule(.post, "/sign-out", .everybody(.moved), body: ""),
        RouteRule(.get, "/register", .everybody(.fine)),
        RouteRule(.post, "/register", .everybody(.moved), body: "email={newcomer}&password=correct+horse+9"),
        RouteRule(.get, "/password/forgot", .everybody(.fine)),
        // The server of these tests sends no mail; a link without a token opens nothing.
        RouteRule(.post, "/password/forgot", .everybody(.forbidden), body: "email={email}"),
        RouteRule(.get, "/password/reset", .everybody(.refused), query: "?token=x"),
        RouteRule(.post, "/password/reset", .everybody(.refused), body: "token=x&new_password=another+horse+9"),
        RouteRule(.get, "/verification", .everybody(.fine), query: "?token=x"),
        RouteRule(.post, "/verification", .everybody(.refused), body: "token=x"),
        RouteRule(.post, "/verification/mail", .everybody(.forbidden), body: "email={email}"),
        RouteRule(.post, "/preferences", .everybody(.moved), body: "theme=dark&return=/agents"),

        RouteRule(.get, "/", .signedIn(.fine)),
        RouteRule(.post, "/conversations", .signedIn(.moved), body: "content=echo"),
        RouteRule(.get, "/conversations", .signedIn(.fine)),
        RouteRule(.get, "/conversations/{id}", of: "conversation", .owner(.fine)),
        RouteRule(.post, "/conversations/{id}", of: "conversation", .owner(.moved), body: "pinned=1"),
        RouteRule(.post, "/conversations/{id}/messages", of: "conversation", .owner(.moved), body: "content=echo"),
        RouteRule(.get, "/conversations/{id}/live", of: "conversation", .owner(.fine), query: "?run={run}"),
        RouteRule(.get, "/conversations/{id}/edit", of: "conversation", .owner(.fine)),
        RouteRule(.post, "/conversations/{id}/edit", of: "conversation", .owner(.moved), body: "title=x"),
        RouteRule(.get, "/conversations/{id}/deletion", of: "conversation", .owner(.fine)),
        RouteRule(.post, "/conversations/{id}/deletion", of: "conversation", .owner(.moved), body: ""),
        RouteRule(.get, "/conversations/{id}/files", of: "conversation", .owner(.fine)),
        RouteRule(.post, "/conversations/{id}/files", of: "conversation", .owner(.moved), body: "file={file}"),
        RouteRule(.get, "/conversations/{id}/workspace/file", of: "conversation", .owner(.missing), query: "?path=x"),
        RouteRule(.get, "/conversations/{id}/workspace/archive", of: "conversation", .owner(.fine)),
        RouteRule(.get, "/conversations/{id}/files/{file}", of: "conversation", .owner(.fine)),
        RouteRule(.get, "/conversations/{id}/files/{file}/picture", of: "conversation", .owner(.fine)),
        RouteRule(.post, "/conversations/{id}/leaf", of: "conversation", .owner(.moved), body: "message={message}"),
        RouteRule(.get, "/conversations/{id}/messages/{message}/edit", of: "conversation", .owner(.fine)),
        RouteRule(
            .post,
            "/conversations/{id}/messages/{message}/edit",
            of: "conversation",
            .owner(.moved),
            body: "content=echo"
        ),
        RouteRule(
            .post,
            "/conversations/{id}/messages/{message}/regeneration",
            of: "conversation",
            .owner(.moved),
            body: ""
        ),
        RouteRule(
            .post,
            "/conversations/{id}/messages/{message}/deletion",
            of: "conversation",
            .owner(.moved),
            body: ""
        ),
        RouteRule(
            .post,
            "/conversations/{id}/messages/{message}/restoration",
            of: "conversation",
            .owner(.missing),
            body: ""
        ),
        RouteRule(.post, "/runs/{id}/cancellation", of: "run", .owner(.moved), body: ""),
        RouteRule(.get, "/runs/{id}", of: "run", .owner(.fine)),
        RouteRule(.get, "/runs/{id}/compare/{other}", of: "run", .owner(.fine)),
        RouteRule(.get, "/runs/{id}/fork", of: "run", .owner(.fine)),
        RouteRule(.post, "/runs/{id}/fork", of: "run", .owner(.moved), body: "step=0&content=echo"),
        RouteRule(.post, "/runs/{id}/retry", of: "run", .owner(.moved), body: ""),
        RouteRule(.get, "/runs/{id}/results/{call}", of: "run", .owner(.missing)),
        RouteRule(.get, "/runs/{id}/requests", of: "run", .owner(.fine)),
        RouteRule(.post, "/runs/{id}/approvals/{call}", of: "run", .owner(.missing), body: "decision=approve"),
        RouteRule(.post, "/runs/{id}/pause", of: "run", .owner(.moved), body: ""),
        RouteRule(.post, "/runs/{id}/resume", of: "run", .owner(.moved), body: ""),
        RouteRule(
            .post,
            "/conversations/{id}/pending/{message}",
            of: "conversation",
            .owner(.moved),
            body: "action=discard"
        ),
        RouteRule(.post, "/agents/{id}/tools", of: "agent", .owner(.moved), body: ""),
        RouteRule(.post, "/agents/{id}/network", of: "agent", .owner(.moved), body: "hosts=example.org"),

        RouteRule(.get, "/providers", .signedIn(.fine)),
        RouteRule(.get, "/providers/new", .signedIn(.fine)),
        RouteRule(
            .post,
            "/providers",
            .signedIn(.moved),
            body: "kind=custom&name=x&base_url=http://127.0.0.1:9/v1"
        ),
        RouteRule(.post, "/providers/offers", .signedIn(.moved), body: "offer=builtin++builtin:"),
        RouteRule(.get, "/providers/{id}", of: "provider", .owner(.fine)),
        RouteRule(
            .post,
            "/providers/{id}",
            of: "provider",
            .owner(.moved),
            body: "name=x&base_url=http://127.0.0.1:9/v1&active=1"
        ),
        RouteRule(.post, "/providers/{id}/test", of: "provider", .owner(.moved), body: ""),
        RouteRule(.get, "/providers/{id}/deletion", of: "provider", .owner(.fine)),
        RouteRule(.post, "/providers/{id}/deletion", of: "provider", .owner(.moved), body: ""),
        RouteRule(.get, "/providers/{id}/models", of: "provider", .owner(.fine)),
        RouteRule(.post, "/providers/{id}/models", of: "provider", .owner(.moved), body: "name=x"),
        RouteRule(.post, "/models/order", .owner(.moved), body: "default={model}"),
        RouteRule(.get, "/models/{id}", of: "model", .owner(.fine)),
        RouteRule(.post, "/models/{id}", of: "model", .owner(.moved), body: "display_name=x&active=1"),
        RouteRule(.get, "/models/{id}/deletion", of: "model", .owner(.fine)),
        RouteRule(.post, "/models/{id}/deletion", of: "model", .owner(.moved), body: ""),

        RouteRule(.get, "/docs", .everybody(.fine)),
        RouteRule(.get, "/redoc", .everybody(.moved)),
        RouteRule(.get, "/docs/{chapter}", .everybody(.fine)),
        RouteRule(.get, "/docs/calls/{operation}", .signedIn(.fine)),
        RouteRule(.post, "/docs/calls/{operation}", .signedIn(.fine), body: ""),

        RouteRule(.get, "/usage", .signedIn(.fine)),
        RouteRule(.get, "/usage/export", .signedIn(.fine)),
        RouteRule(.get, "/admin", .administrator(.fine)),
        RouteRule(.get, "/admin/audit", .administrator(.fine)),
        RouteRule(.get, "/admin/audit/export", .administrator(.fine)),
        RouteRule(.get, "/admin/audit/tool-calls", .administrator(.fine)),
        RouteRule(.get, "/admin/settings", .administrator(.fine)),
        RouteRule(.post, "/admin/settings", .administrator(.moved), body: "registration=open"),
        RouteRule(.post, "/announcement/dismissal", .everybody(.moved), body: "id=1"),
        RouteRule(.get, "/admin/backups", .administrator(.fine)),
        RouteRule(.post, "/admin/backups", .administrator(.moved), body: ""),
        RouteRule(.get, "/admin/backups/{name}", of: "user", .administrator(.missing)),
        RouteRule(.get, "/admin/backups/{name}/deletion", of: "user", .administrator(.missing)),
        RouteRule(.post, "/admin/backups/{name}/deletion", of: "user", .administrator(.missing), body: ""),
        RouteRule(.get, "/admin/health", .administrator(.fine)),
        RouteRule(.get, "/admin/runs", .administrator(.fine)),
        RouteRule(.post, "/admin/runs/{id}/cancellation", of: "run", .administrator(.moved), body: ""),
        RouteRule(.get, "/admin/usage", .administrator(.fine)),
        RouteRule(.get, "/admin/usage/export", .administrator(.fine)),
        RouteRule(.get, "/budgets", .signedIn(.fine)),
        RouteRule(.get, "/budgets/new", .signedIn(.fine)),
        RouteRule(
            .post,
            "/budgets",
            .owner(.moved, others: .refused),
            body: "subject=own/agent:{agent}&period=day&amount=5&currency=USD&stop_at=100"
        ),
        RouteRule(.get, "/budgets/{id}", of: "budget", .owner(.fine)),
        RouteRule(.post, "/budgets/{id}", of: "budget", .owner(.moved), body: "amount=7&stop_at=100"),
        RouteRule(.get, "/budgets/{id}/deletion", of: "budget", .owner(.fine)),
        RouteRule(.post, "/budgets/{id}/deletion", of: "budget", .owner(.moved), body: ""),

        RouteRule(.get, "/agents", .signedIn(.fine)),
        RouteRule(.get, "/agents/new", .signedIn(.fine)),
        RouteRule(
            .post,
            "/agents/new",
            .signedIn(.moved),
            body: "display_name=Made+by+form&instruction=Be+brief&active=1"
        ),
        RouteRule(.get, "/agents/{id}", of: "agent", .owner(.fine)),
        RouteRule(.get, "/agents/{id}/edit", of: "agent", .owner(.fine)),
        RouteRule(
            .post,
            "/agents/{id}/edit",
            of: "agent",
            .owner(.moved),
            body: "display_name=Own&instruction=Be+brief&active=1"
        ),
        RouteRule(.get, "/agents/{id}/deletion", of: "agent", .owner(.fine)),
        RouteRule(.post, "/agents/{id}/deletion", of: "agent", .owner(.moved), body: ""),

        RouteRule(.get, "/tools", .signedIn(.fine)),
        RouteRule(.get, "/tools/new", .signedIn(.fine)),
        RouteRule(
            .post,
            "/tools/new",
            .signedIn(.moved),
            body:
                "kind=script&name=formed&description=x&schema=%7B%22type%22%3A%22object%22%7D&time_limit=5&language=shell&code=cat"
        ),
        RouteRule(.post, "/tools/making", .signedIn(.moved), body: "members=1"),
        RouteRule(.get, "/tools/{id}/edit", of: "own", .owner(.fine)),
        RouteRule(
            .post,
            "/tools/{id}/edit",
            of: "own",
            .owner(.moved),
            body:
                "kind=script&name=formed&description=x&schema=%7B%22type%22%3A%22object%22%7D&time_limit=5&language=shell&code=cat"
        ),
        RouteRule(.post, "/tools/{id}/test", of: "own", .owner(.fine), body: "input=%7B%7D"),
        RouteRule(.post, "/tools/{id}/versions/{version}/restoration", of: "own", .owner(.missing), body: ""),
        RouteRule(.get, "/tools/{id}/deletion", of: "own", .owner(.fine)),
        RouteRule(.post, "/tools/{id}/deletion", of: "own", .owner(.moved), body: ""),
        RouteRule(.get, "/tools/{id}", of: "tool", .signedIn(.fine)),
        RouteRule(.post, "/tools/policies", .signedIn(.moved), body: "level.privileged=deny"),
        RouteRule(.post, "/tools/{id}/policy", of: "tool", .signedIn(.moved), body: "decision=ask"),
        RouteRule(.get, "/skills", .signedIn(.fine)),
        RouteRule(.get, "/skills/new", .signedIn(.fine)),
        RouteRule(
            .post,
            "/skills/new",
            .signedIn(.moved),
            body: "skill_md=---%0Aname%3A+formed%0Adescription%3A+x%0A---%0ADo+it."
        ),
        RouteRule(.get, "/skills/{id}", of: "skill", .owner(.fine)),
        RouteRule(
            .post,
            "/skills/{id}",
            of: "skill",
            .owner(.moved),
            body: "skill_md=---%0Aname%3A+other%0Adescription%3A+x%0A---%0ADo+it."
        ),
        RouteRule(.post, "/skills/upload", .signedIn(.refused), body: ""),
        RouteRule(.get, "/skills/{id}/archive", of: "skill", .owner(.fine)),
        RouteRule(.post, "/skills/{id}/archive", of: "skill", .owner(.refused), body: ""),
        RouteRule(.post, "/skills/{id}/versions/{version}/restoration", of: "skill", .owner(.missing), body: ""),
        RouteRule(.post, "/agents/{id}/skills", of: "agent", .owner(.moved), body: "skill=own"),
        RouteRule(.post, "/skills/{id}/files", of: "skill", .owner(.moved), body: "path=b.txt&content=b"),
        RouteRule(.post, "/skills/{id}/files/deletion", of: "skill", .owner(.moved), body: "path=a.txt"),
        RouteRule(.get, "/skills/{id}/deletion", of: "skill", .owner(.fine)),
        RouteRule(.post, "/skills/{id}/deletion", of: "skill", .owner(.moved), body: ""),
        RouteRule(.get, "/instructions", .signedIn(.fine)),
        RouteRule(.post, "/instructions", .signedIn(.moved), body: "organization=Be+kind"),

        RouteRule(.get, "/organisations", .signedIn(.fine)),
        RouteRule(.post, "/organisations", .signedIn(.moved), body: "name=x"),
        RouteRule(.get, "/organisations/{id}", of: "team", .ownerAndAdministrator(.fine)),
        RouteRule(.post, "/organisations/{id}", of: "team", .ownerAndAdministrator(.moved), body: "name=x"),
        RouteRule(.post, "/organisations/{id}/entry", of: "team", .owner(.moved), body: ""),
        RouteRule(
            .post,
            "/organisations/{id}/members/{user}",
            of: "team",
            .ownerAndAdministrator(.moved),
            body: "role=owner"
        ),
        RouteRule(
            .get,
            "/organisations/{id}/members/{user}/removal",
            of: "team",
            .ownerAndAdministrator(.fine)
        ),
        // The last owner.
        RouteRule(
            .post,
            "/organisations/{id}/members/{user}/removal",
            of: "team",
            .ownerAndAdministrator(.refused),
            body: ""
        ),
        RouteRule(
            .post,
            "/organisations/{id}/invitations",
            of: "team",
            .ownerAndAdministrator(.fine),
            body: "role=member&uses=1"
        ),
        RouteRule(
            .post,
            "/organisations/{id}/invitations/{invitation}/withdrawal",
            of: "team",
            .owner(.missing),
            body: ""
        ),
        RouteRule(.get, "/join", .everybody(.refused), query: "?token=x"),
        RouteRule(.post, "/join", .signedIn(.refused), body: "token=x"),
        RouteRule(.get, "/admin/organisations", .administrator(.fine)),

        RouteRule(.get, "/settings", .signedIn(.fine)),
        RouteRule(.post, "/settings/profile", .signedIn(.moved), body: "nickname=x&timezone=UTC%2B1:00&language=en"),
        RouteRule(
            .post,
            "/settings/password",
            .signedIn(.moved),
            body: "current_password={password}&new_password=another+horse+9"
        ),
        RouteRule(.post, "/settings/sessions/end", .signedIn(.moved), body: ""),
        RouteRule(.post, "/settings/sessions/{id}/end", of: "session", .owner(.moved), body: ""),

        RouteRule(
            .post,
            "/settings/secrets",
            .signedIn(.moved),
            body: "secret_name=BY-FORM&secret_value=not-to-be-seen&secret_hosts=api.example.org"
        ),
        RouteRule(.post, "/settings/secrets/{id}/deletion", of: "secret", .owner(.moved), body: ""),

        RouteRule(.get, "/admin/users", .administrator(.fine)),
        RouteRule(.post, "/admin/users/actions", .administrator(.moved), body: "action=approve&user={applicant}"),
        RouteRule(.get, "/admin/users/new", .administrator(.fine)),
        // The server of these tests sends no mail: the page shows the link.
        RouteRule(.post, "/admin/users", .administrator(.fine), body: "email={newcomer}&language=en&role=member"),
        RouteRule(.get, "/admin/users/{id}", of: "user", .administrator(.fine)),
        RouteRule(.post, "/admin/users/{id}", of: "user", .administrator(.moved), body: "nickname=x&email={email}"),
        RouteRule(.post, "/admin/users/{id}/status", of: "applicant", .administrator(.moved), body: "status=active"),
        RouteRule(.post, "/admin/users/{id}/password-link", of: "user", .administrator(.fine), body: ""),
        RouteRule(.get, "/admin/users/{id}/deletion", of: "user", .administrator(.fine)),
        RouteRule(.post, "/admin/users/{id}/deletion", of: "applicant", .administrator(.moved), body: ""),
        RouteRule(.post, "/admin/users/{id}/sessions/end", of: "suspended", .administrator(.missing), body: ""),
        RouteRule(
            .post,
            "/admin/users/{id}/sessions/{session}/end",
            of: "user",
            .administrator(.moved),
            body: ""
        ),
        RouteRule(
            .post,
            "/admin/users/{id}/keys/{key}/revocation",
            of: "user",
            .administrator(.moved),
            body: ""
        ),
        RouteRule(.post, "/admin/registration", .administrator(.moved), body: "mode=open"),

        RouteRule(.get, "/admin/search", .administrator(.fine)),
        RouteRule(.post, "/admin/search", .administrator(.moved), body: "service=duckduckgo"),
        RouteRule(.get, "/settings/keys", .signedIn(.fine)),
        RouteRule(.post, "/settings/keys", .signedIn(.fine), body: "name=x&scope=mcp&days=30"),
        RouteRule(.post, "/settings/keys/{id}/revocation", of: "key", .owner(.moved), body: ""),

        RouteRule(.get, "/admin/mcp", .administrator(.fine)),
        RouteRule(
            .post,
            "/admin/mcp",
            .administrator(.moved),
            body: "name=by-form&transport=http&place=https://mcp.example.org/mcp&enabled=1"
        ),
        RouteRule(.get, "/admin/mcp/new", .administrator(.fine)),
        RouteRule(
            .get,
            "/admin/mcp/authorisation",
            .administrator(.moved),
            query: "?state={mcp}.x&code=y"
        ),
        RouteRule(.post, "/admin/mcp/{id}/authorisation", of: "mcp", .administrator(.fine), body: ""),
        RouteRule(.get, "/admin/mcp/{id}", of: "mcp", .administrator(.fine)),
        RouteRule(.get, "/admin/mcp/{id}/edit", of: "mcp", .administrator(.fine)),
        RouteRule(
            .post,
            "/admin/mcp/{id}/edit",
            of: "mcp",
            .administrator(.moved),
            body: "place=https://mcp.example.org/mcp&enabled=1"
        ),
        RouteRule(.post, "/admin/mcp/{id}/test", of: "mcp", .administrator(.moved), body: ""),
        RouteRule(.post, "/admin/mcp/{id}/approvals", of: "mcp", .administrator(.moved), body: ""),
        RouteRule(.get, "/admin/mcp/{id}/deletion", of: "mcp", .administrator(.fine)),
        RouteRule(.post, "/admin/mcp/{id}/deletion", of: "mcp", .administrator(.moved), body: ""),

        RouteRule(.get, "/assets/{name}", of: "asset", .everybody(.fine)),
        RouteRule(.get, "/favicon.ico", .everybody(.moved)),
    ]
}
