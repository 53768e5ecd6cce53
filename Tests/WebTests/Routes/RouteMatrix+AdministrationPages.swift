import Engine
import HTTPTypes

// The pages on which people, organisations, models and the instance are managed.

extension RouteMatrix {
    static let administrationPages: [RouteRule] = [
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
        RouteRule(.get, "/usage", .signedIn(.fine)),
        RouteRule(.get, "/usage/export", .signedIn(.fine)),
        RouteRule(.get, "/runs", .signedIn(.fine)),
        RouteRule(.get, "/settings/audit", .signedIn(.fine)),
        RouteRule(.get, "/settings/audit/export", .signedIn(.fine)),
        RouteRule(.get, "/admin", .administrator(.fine, .userRead)),
        RouteRule(.get, "/admin/audit", .administrator(.fine, .auditRead)),
        RouteRule(.get, "/admin/audit/export", .administrator(.fine, .auditRead)),
        RouteRule(.get, "/admin/audit/tool-calls", .administrator(.fine, .auditRead)),
        RouteRule(.get, "/admin/audit/tool-calls/export", .administrator(.fine, .auditRead)),
        RouteRule(.get, "/admin/settings", .administrator(.fine)),
        RouteRule(.post, "/admin/settings", .administrator(.moved), body: "registration=closed"),
        RouteRule(.get, "/admin/backups", .administrator(.fine)),
        RouteRule(.post, "/admin/backups", .administrator(.moved), body: ""),
        RouteRule(.get, "/admin/backups/{name}", of: "user", .administrator(.missing)),
        RouteRule(.get, "/admin/backups/{name}/deletion", of: "user", .administrator(.missing)),
        RouteRule(.post, "/admin/backups/{name}/deletion", of: "user", .administrator(.missing), body: ""),
        RouteRule(.get, "/admin/health", .administrator(.fine, .systemRead)),
        RouteRule(.post, "/admin/health/mail", .administrator(.forbidden), body: ""),
        RouteRule(.get, "/admin/runs", .administrator(.fine, .runRead)),
        RouteRule(.post, "/admin/runs/{id}/cancellation", of: "run", .administrator(.moved, .runCancel), body: ""),
        RouteRule(.get, "/admin/usage", .administrator(.fine, .usageRead)),
        RouteRule(.get, "/admin/usage/export", .administrator(.fine, .usageRead)),
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
        RouteRule(.get, "/instructions", .signedIn(.fine)),
        RouteRule(.post, "/instructions", .signedIn(.moved), body: "organization=Be+kind"),
        RouteRule(.get, "/organisations", .signedIn(.fine)),
        RouteRule(.post, "/organisations", .signedIn(.moved), body: "name=x"),
        RouteRule(.get, "/organisations/{id}", of: "team", .ownerAndAdministrator(.fine, .organizationRead)),
        RouteRule(
            .post,
            "/organisations/{id}",
            of: "team",
            .ownerAndAdministrator(.moved, .organizationUpdate),
            body: "name=x"
        ),
        RouteRule(.get, "/organisations/{id}/deletion", of: "team", .ownerAndAdministrator(.fine, .systemManage)),
        // The administrator was there first.
        RouteRule(
            .post,
            "/organisations/{id}/deletion",
            of: "team",
            .owner(.missing).administered(.moved),
            body: ""
        ),
        RouteRule(.post, "/admin/organisations/{id}/restoration", of: "closed", .administrator(.moved), body: ""),
        RouteRule(.post, "/organisations/{id}/entry", of: "team", .owner(.moved), body: ""),
        RouteRule(
            .post,
            "/organisations/{id}/members/{user}",
            of: "team",
            .ownerAndAdministrator(.moved, .memberUpdate),
            body: "role=owner"
        ),
        RouteRule(
            .get,
            "/organisations/{id}/members/{user}/removal",
            of: "team",
            .ownerAndAdministrator(.fine, .organizationRead)
        ),
        // The last owner.
        RouteRule(
            .post,
            "/organisations/{id}/members/{user}/removal",
            of: "team",
            .ownerAndAdministrator(.refused, .memberRemove),
            body: ""
        ),
        RouteRule(
            .post,
            "/organisations/{id}/invitations",
            of: "team",
            .ownerAndAdministrator(.fine, .memberInvite),
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
        RouteRule(.get, "/admin/organisations", .administrator(.fine, .organizationRead)),
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
        RouteRule(.get, "/admin/users", .administrator(.fine, .userRead)),
        RouteRule(
            .post,
            "/admin/users/actions",
            .administrator(.moved, .userUpdate),
            body: "action=approve&user={applicant}"
        ),
        RouteRule(.get, "/admin/users/new", .administrator(.fine, .userCreate)),
        // The server of these tests sends no mail: the page shows the link.
        RouteRule(
            .post,
            "/admin/users",
            .administrator(.fine, .userCreate),
            body: "email={newcomer}&language=en&role=member"
        ),
        RouteRule(.get, "/admin/users/{id}", of: "user", .administrator(.fine, .userRead)),
        RouteRule(
            .post,
            "/admin/users/{id}",
            of: "user",
            .administrator(.moved, .userUpdate),
            body: "nickname=x&email={email}"
        ),
        RouteRule(
            .post,
            "/admin/users/{id}/status",
            of: "applicant",
            .administrator(.moved, .userUpdate),
            body: "status=active"
        ),
        RouteRule(
            .post,
            "/admin/users/{id}/organisations",
            of: "applicant",
            .administrator(.moved, .memberInvite),
            body: "organisation={team}&member_role=member"
        ),
        RouteRule(.post, "/admin/users/{id}/password-link", of: "user", .administrator(.fine, .userUpdate), body: ""),
        RouteRule(.get, "/admin/users/{id}/deletion", of: "user", .administrator(.fine, .userDelete)),
        RouteRule(.post, "/admin/users/{id}/deletion", of: "applicant", .administrator(.moved, .userDelete), body: ""),
        RouteRule(
            .post,
            "/admin/users/{id}/sessions/end",
            of: "suspended",
            .administrator(.missing, .userUpdate),
            body: ""
        ),
        RouteRule(
            .post,
            "/admin/users/{id}/sessions/{session}/end",
            of: "user",
            .administrator(.moved, .userUpdate),
            body: ""
        ),
        RouteRule(
            .post,
            "/admin/users/{id}/keys/{key}/revocation",
            of: "user",
            .administrator(.moved, .userUpdate),
            body: ""
        ),
        RouteRule(.post, "/admin/registration", .administrator(.moved), body: "mode=approval"),
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
    ]
}
